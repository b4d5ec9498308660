// The form: kept while it is typed, saved by itself, the mail beside it as it will be.

import { mountChoices } from "./choose.js";
import { by, element } from "./dom.js";
import { clock, openDraft } from "./drafts.js";
import "./keys.js";
import { Mail } from "./mail.js";
import "./picture.js";
import { goToProse, mountProse, refreshProse } from "./prose.js";
import { showSteps } from "./steps.js";
import { ask, follow, found as connected, lost as cut, settle } from "./stream.js";
import { _ } from "./words.js";

const QUIET = 1500; // milliseconds after the last key: then it is saved by itself
const form = by("form");
const draft = await openDraft(form.dataset.draft);
let isLost = false;
let isSaving = false;
let saving;

const isDirty = () => form.dataset.unsaved !== undefined;
const texts = () => Object.fromEntries([...new FormData(form)].filter(([name, value]) => typeof value === "string" && !/^_(fact|quote|word)$/.test(name)));

// --- what is typed is kept, and saved --------------------------------------------------------------

function keep() {
  form.dataset.unsaved = "";
  try {
    draft.keep(texts());
    if (!isLost) settle(_("Not saved yet"));
  } catch {
    settle(_("Not saved yet, and this browser keeps no words: save soon."), "wrong");
  }
  clearTimeout(saving);
  // What would take an approval back is saved when somebody asks for it.
  if (form.dataset.approved === undefined && form.dataset.frozen === undefined) saving = setTimeout(saveQuietly, QUIET);
}

function saveQuietly() {
  if (isSaving || !isDirty() || document.querySelector("dialog[open]:not(#preview)")) return;
  const body = new URLSearchParams(texts());
  body.set("_quiet", "");
  body.delete("_aside");
  send(body);
}

async function restore() {
  const found = draft.found();
  if (!found || form.dataset.frozen !== undefined || isDirty()) return;
  const now = texts();
  const names = new Set([...Object.keys(now), ...Object.keys(found.fields)]);
  names.delete("_seen");
  if ([...names].every((name) => (now[name] ?? "") === (found.fields[name] ?? ""))) {
    draft.drop();
    return;
  }
  await send(new URLSearchParams({ ...found.fields, _do: "show" }));
  clearTimeout(saving); // she sees them first
  const away = element("button", _("Drop them"), { type: "button", class: "link" });
  away.addEventListener("click", () => {
    draft.drop();
    delete form.dataset.unsaved;
    location.replace("write");
  });
  by("hints").prepend(element("div", "", { class: "hint", "data-tone": "good", role: "status", id: "restored" },
    element("div", "", {}, element("b", _("Your last words are back.")), ` ${_("Those of {time} were not saved yet; they are in the text now.", { time: clock(found.at) })} `, away)));
}

function lost() {
  isLost = true;
  cut();
}

async function send(body) {
  const sent = texts();
  isSaving = true;
  try {
    const answer = await fetch("write", { method: "POST", body, headers: { Accept: "application/json" } });
    isLost = false;
    connected();
    if (answer.status === 403) signIn();
    else if (answer.headers.get("Content-Type").startsWith("application/json")) saved(await answer.json(), sent);
    else swap(await answer.text(), sent);
  } catch {
    lost();
  } finally {
    isSaving = false;
  }
}

function signIn() {
  settle(_("Not signed in"), "wrong");
  if (by("signed-out")) return;
  by("hints").prepend(element("div", "", { class: "hint", "data-tone": "warn", role: "alert", id: "signed-out" },
    element("div", "", {}, element("b", _("The desk was started anew.")), ` ${_("Your words are kept in this browser.")} `,
      element("a", _("Sign in again"), { href: location.pathname }))));
}

function saved({ told, seen, leadsTo, waits, message, hint }, sent) {
  if (waits) return settle(waits, "wrong");
  if (message) return settle(`${message} ${hint}`, "wrong");
  const now = texts();
  form.elements._seen.value = seen;
  if (Object.keys({ ...now, ...sent }).some((name) => name !== "_seen" && now[name] !== sent[name])) return keep();
  clean();
  if (leadsTo) return leave(leadsTo);
  for (const old of form.querySelectorAll("#hints > *, .fault")) old.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  if (form.dataset.approved !== undefined) {
    delete form.dataset.approved;
    by("hints").append(element("div", "", { class: "hint", "data-tone": "warn", role: "status" },
      element("div", "", {}, element("b", _("It waits for an approval again.")), ` ${_("Until you approve, nothing goes out.")} `,
        element("a", _("Look and approve"), { href: "./" }))));
  }
  settle(told === _("Saved") ? _("Saved {time}", { time: clock() }) : told);
  return showSteps();
}

function clean() {
  clearTimeout(saving);
  delete form.dataset.unsaved;
  draft.drop();
}

// A mark of the place alone would load nothing.
function leave(to) {
  location.assign(to);
  if (location.pathname.endsWith("/write") && !location.search && to.startsWith("#")) location.reload();
}

// The desk lays the form out anew: with a fault named, a story more, the words of somebody else.
function swap(html, sent) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("form");
  if (!fresh) return settle(_("The desk could not take this. Look at the edition anew."), "wrong");
  const now = texts();
  form.replaceChildren(...fresh.childNodes);
  for (const [name, value] of Object.entries(now)) {
    if (name !== "_seen" && value !== sent[name] && form.elements[name]) form.elements[name].value = value;
  }
  mount();
  keep();
  clearTimeout(saving); // it waits for her
  settle(_("Not saved"));
  form.querySelector("[role=alert]")?.setAttribute("tabindex", "-1");
  form.querySelector("[role=alert]")?.focus();
  return draw();
}

form.addEventListener("input", ({ target }) => {
  if (target.closest(".prose-text")) return; // the editor tells it when it has taken the key
  if (target.name && !target.name.startsWith("_") && !target.closest(".prose")) lead(target);
  draw();
  keep();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(saving);
  if (!isSaving) send(new FormData(form, event.submitter));
});
addEventListener("beforeunload", (event) => isDirty() && event.preventDefault());
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key !== "s") return;
  event.preventDefault();
  form.requestSubmit(form.querySelector('[value="save"]'));
});
// Leading on is saving first.
by("look-at-it")?.addEventListener("click", async (event) => {
  if (!isDirty() || form.dataset.frozen !== undefined) return;
  event.preventDefault();
  clearTimeout(saving);
  await send(new FormData(form, form.querySelector('[value="save"]')));
  if (!isDirty()) location.assign("./");
});

// --- the fields ------------------------------------------------------------------------------------

function count() {
  for (const field of form.querySelectorAll("[data-counts]")) {
    const shown = element("span", "", { class: "count", "aria-hidden": "true" });
    field.before(shown);
    const show = () => {
      const limit = Number(field.dataset.counts);
      const isNear = field.value.length > limit * 0.8;
      shown.textContent = isNear ? _("{length} of {limit} characters", { length: field.value.length, limit }) : "";
      shown.classList.toggle("over", field.value.length > limit);
    };
    field.addEventListener("input", show);
    show();
  }
}

// A headline has as many lines as it needs, and Enter begins none.
function grow() {
  for (const field of form.querySelectorAll(".grows")) {
    const fit = () => {
      field.style.height = "auto";
      field.style.height = `${field.scrollHeight}px`;
    };
    field.addEventListener("input", fit);
    field.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
    fit();
  }
}

function mount() {
  mountProse((words) => mail?.goTo({ words }));
  mountChoices(form, (seen) => {
    form.elements._seen.value = seen;
    clean();
    settle(_("Saved {time}", { time: clock() }));
    draw();
    showSteps();
  });
  count();
  grow();
  open();
}

// What a link leads to is open, and a fault inside of what is closed is seen.
function open() {
  const target = location.hash && by(location.hash.slice(1));
  for (const inner of [target, ...form.querySelectorAll("[aria-invalid]")]) {
    for (let one = inner; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
  }
}

function focusOn(hash) {
  const target = by(hash);
  if (!target) return;
  open();
  const field = target.matches("input, textarea") ? target : target.querySelector("textarea, input:not([type=hidden], [type=file])");
  field?.focus();
  target.scrollIntoView({ block: "center" });
}

// --- the mail beside it ----------------------------------------------------------------------------

let mail = null;
let onPhone = null;
let isDrawing = false;
let isStale = false;

const isSeen = () => [mail, onPhone].some((one) => one?.isSeen);

function draw() {
  isStale = true;
  return catchUp();
}

// At once, and never two at once: what is typed meanwhile comes with the next one, and the last
// words win. Where nobody sees the mail it is made when somebody does.
async function catchUp() {
  if (isDrawing) return;
  isDrawing = true;
  while (isStale && isSeen()) {
    await null; // a text says first where in it somebody types
    isStale = false;
    const { here } = mail;
    try {
      const answer = await fetch("draft", { method: "POST", body: new URLSearchParams(texts()), headers: { Accept: "application/json" } });
      if (answer.ok) {
        const html = await answer.text();
        mail.show(html, here);
        onPhone?.show(html);
      }
      const told = answer.status === 422 ? await answer.json() : {};
      by("trouble").textContent = told.message ? `${told.message} ${told.hint}` : "";
    } catch {
      break; // told where it is saved
    }
  }
  isDrawing = false;
}

const flat = (text) => text.replace(/[\s\u00a0]+/g, " ").trim();

// From a part of the mail to its field: the one whose words it has, the longest first.
function pick({ words = "", picture = "" }) {
  by("preview").close();
  if (picture) {
    const name = picture.split("/").pop();
    const box = [...form.querySelectorAll("[data-picture]")].find((one) => one.querySelector('[data-image="url"]').value.endsWith(name));
    return box && form.elements[`${box.dataset.picture}.image.alt`].focus();
  }
  const fields = [...form.elements].filter((one) => one.matches("input:not([type=hidden], [type=file], [type=radio]), textarea") && one.name && !one.closest(".source"));
  const near = fields.map((one) => [one, flat(one.value)]).filter(([, value]) => value.length > 2 && (value.includes(words) || words.includes(value)));
  const [best] = near.sort(([, one], [, other]) => other.length - one.length)[0] ?? [];
  if (!best) return goToProse(words);
  for (let one = best; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
  best.focus();
  return best.scrollIntoView({ block: "center" });
}

form.addEventListener("focusin", ({ target }) => lead(target));

// Leads to the part of the mail that a field is about; a text leads there itself.
function lead(target) {
  if (!mail || target.closest(".prose-text")) return;
  const picture = target.closest("[data-picture]")?.querySelector('[data-image="url"]').value.split("/").pop();
  mail.goTo(picture ? { picture } : { words: target.value ?? "" });
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.('[data-choice="beside"] button');
  if (!button) return;
  press(button.value);
  mail.width = Number(button.value);
});

function press(width) {
  for (const one of document.querySelectorAll('[data-choice="beside"] button')) one.setAttribute("aria-pressed", one.value === width);
}

by("see")?.addEventListener("click", () => {
  onPhone ??= new Mail(by("mail-on-phone"), { onPick: pick, onSeen: catchUp });
  draw();
});

// --- what happens elsewhere ------------------------------------------------------------------------

async function refresh() {
  showSteps();
  const before = form.elements._seen?.value;
  const { ok, text: now } = await ask("seen");
  // What was saved here meanwhile is no change of somebody else's: its own event follows.
  if (!ok || isSaving || !before || before !== form.elements._seen?.value || now === before) return;
  if (isDirty()) settle((await ask("seen?who")).text, "wrong");
  else location.replace(location.pathname);
}

if (form.elements._seen?.value !== undefined && by("mail")) mail = new Mail(by("mail"), { onPick: pick, onSeen: catchUp });
press("375");
mount();
await restore();
refreshProse();
// Somebody may have typed before this script was there to hear it.
const isTyped = (one) => one.matches("input:not([type=file], [type=radio]), textarea") && !/^_|^$/.test(one.name) && one.value !== one.defaultValue;
if (!isDirty() && [...form.elements].some(isTyped)) keep();
draw();
focusOn(location.hash.slice(1));
addEventListener("hashchange", () => focusOn(location.hash.slice(1)));
follow(refresh);
