// The form: kept while it is typed, saved without leaving the page, the mail beside it as the file has it.

import { by, element } from "./dom.js";
import { clock, openDraft } from "./drafts.js";
import { arrange, fit, load } from "./frames.js";
import "./keys.js";
import { showStanding } from "./standing.js";
import { showSteps } from "./steps.js";
import { follow } from "./stream.js";

const form = by("form");
const draft = await openDraft(form.dataset.draft);
let lostAt = 0; // since when there is no connection
let isSaving = false;

const isDirty = () => form.dataset.unsaved !== undefined;
const texts = () => Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string"));

function tell(words, { wrong = false, link } = {}) {
  const parts = [words, ...(link ? [" ", element("a", link.words, { href: link.to })] : [])];
  // A screen reader says it once, not at every key.
  if (by("dirty")?.textContent !== parts.map((part) => part.textContent ?? part).join("")) by("dirty")?.replaceChildren(...parts);
  by("dirty")?.classList.toggle("wrong", wrong);
}

// --- what is typed is kept -----------------------------------------------------------------------

function keep() {
  form.dataset.unsaved = "";
  try {
    draft.keep(texts());
    if (!lostAt) tell("Not saved yet. Your words are kept in this browser.");
  } catch {
    tell("Not saved yet, and this browser keeps no words: save soon.", { wrong: true });
  }
}

async function restore() {
  const found = draft.found();
  if (!found || form.dataset.frozen !== undefined || isDirty()) return;
  const now = texts();
  const names = new Set([...Object.keys(now), ...Object.keys(found.fields)]);
  names.delete("_seen");
  if ([...names].every((name) => (now[name] ?? "") === (found.fields[name] ?? ""))) return draft.drop();
  await send(new URLSearchParams({ ...found.fields, _do: "show" }));
  const away = element("button", "Throw them away", { type: "button", class: "button small-button" });
  away.addEventListener("click", () => {
    draft.drop();
    delete form.dataset.unsaved;
    location.replace("write");
  });
  form.prepend(element("p", `Your words from ${clock(found.at)} are back. They are not saved yet. `,
    { class: "notice", role: "status", id: "restored" }, away));
}

// --- what is kept is saved -----------------------------------------------------------------------

function lost(words, link) {
  lostAt ||= Date.now();
  tell(`${words} since ${clock(lostAt)}. Your words are kept in this browser.`, { wrong: true, link });
}

async function send(body) {
  const sent = texts();
  isSaving = true;
  tell("Saving …");
  try {
    const answer = await fetch("write", { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer.status === 403) {
      lost("Not signed in: the desk was started anew,", { words: "Sign in again", to: location.pathname });
    } else if (answer.headers.get("Content-Type").startsWith("application/json")) saved(await answer.json(), sent);
    else swap(await answer.text(), sent);
  } catch {
    lost("No connection to the desk");
  } finally {
    isSaving = false;
  }
}

function saved({ told, seen, leadsTo, message, hint }, sent) {
  lostAt = 0;
  if (message) return tell(`${message} ${hint}`, { wrong: true });
  const now = texts();
  const isSame = Object.keys({ ...now, ...sent }).every((name) => now[name] === sent[name]);
  form.elements._seen.value = seen;
  if (!isSame) return keep();
  delete form.dataset.unsaved;
  draft.drop();
  if (leadsTo) return leave(leadsTo);
  for (const old of form.querySelectorAll(".notice, .fault")) old.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  tell(told.replace("Saved.", `Saved at ${clock()}.`));
}

// A mark of the place alone would load nothing.
function leave(to) {
  location.assign(to);
  if (location.pathname.endsWith("/write") && !location.search && to.startsWith("#")) location.reload();
}

// The desk lays the form out anew: with a fault named, a story more, the words of somebody else.
function swap(html, sent) {
  lostAt = 0;
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("form");
  if (!fresh) return tell("The desk could not take this. Look at the edition anew.", { wrong: true });
  const now = texts();
  const files = [...form.querySelectorAll("input[type=file]")];
  form.replaceChildren(...fresh.childNodes);
  for (const [name, value] of Object.entries(now)) {
    if (name !== "_seen" && value !== sent[name] && form.elements[name]) form.elements[name].value = value;
  }
  for (const file of files) if (form.elements[file.name] && file.files.length) form.elements[file.name].replaceWith(file);
  count();
  keep();
  tell("Not saved");
  form.querySelector("[role=alert]")?.setAttribute("tabindex", "-1");
  form.querySelector("[role=alert]")?.focus();
}

form.addEventListener("input", keep);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!isSaving) send(new FormData(form, event.submitter));
});
addEventListener("beforeunload", (event) => isDirty() && event.preventDefault());

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key !== "s") return;
  event.preventDefault();
  form.querySelector(".saving button")?.click();
});

// --- lengths, as inboxes cut them ----------------------------------------------------------------

function count() {
  for (const field of form.querySelectorAll("[data-counts]")) {
    const shown = element("span", "", { class: "count", "aria-hidden": "true" });
    field.before(shown);
    const show = () => {
      const limit = Number(field.dataset.counts);
      shown.textContent = field.value ? `${field.value.length} of ${limit}` : "";
      shown.classList.toggle("over", field.value.length > limit);
    };
    field.addEventListener("input", show);
    show();
  }
}

// --- a picture that is too large is told before it is sent ---------------------------------------

form.addEventListener("change", ({ target }) => {
  if (target.type !== "file") return;
  const isLarge = [...target.files].some((file) => file.size > Number(target.dataset.most));
  target.setCustomValidity(isLarge ? "This file is larger than 10 MB." : "");
  target.reportValidity();
});

// --- the mail beside it --------------------------------------------------------------------------

async function refresh() {
  showSteps();
  const { version, problem, preview } = await (await fetch("state")).json();
  const isFault = problem?.kind === "fault";
  by("trouble").hidden = !isFault;
  by("trouble").textContent = isFault ? [problem.place, problem.message].filter(Boolean).join(": ") : "";
  
  if (preview) load(version);
  await showStanding(preview);
  await notice();
}

// Somebody changed the file while it is open here: shown at once, or told where words would be lost.
async function notice() {
  const seen = form.elements._seen?.value;
  const answer = await fetch("seen");
  if (!answer.ok || isSaving || !seen || await answer.text() === form.elements._seen.value) return;
  if (isDirty()) tell("The file was changed elsewhere; saving will ask");
  else location.replace("write");
}

addEventListener("resize", fit);
count();
arrange();
await restore();
follow(refresh);
