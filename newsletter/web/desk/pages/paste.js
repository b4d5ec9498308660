// A pasted page is kept in this browser until it is used; each line can be said to be something else.

import { markupFor } from "./copied.js";
import { by, element, morph } from "./dom.js";
import { clock, openDraft } from "./drafts.js";
import "./keys.js";
import { _ } from "./words.js";

const form = by("page");
const text = by("text");
const said = by("said");
const markup = by("markup");
const dialog = by("meanings");
const now = by("from-now-on");
const draft = await openDraft(form.dataset.draft);
const undone = []; // what was said before each change, the newest last
let chosen = []; // numbers of lines
let anchor = null;
let asked = 0; // a late answer is none

function tell(words, tone = "good") {
  by("kept")?.remove();
  form.prepend(element("p", words, { class: "hint", "data-tone": tone, role: "status", id: "kept" }));
}

function keep() {
  const fields = { text: text.value, said: said.value };
  try {
    draft.keep({ ...fields, markup: markup.value });
  } catch {
    keepWords(fields);
  }
}

function keepWords(fields) {
  try {
    draft.keep(fields);
  } catch {
    tell(_("This browser has no room to keep the text until it is used."), "bad");
  }
}

// --- reading ------------------------------------------------------------------------------------

const buttons = () => [...document.querySelectorAll(".says")].filter((one) => one.checkVisibility());
const button = (number) => document.querySelector(`.says[data-line="${number}"]`);
const line = (number) => by(`line-${number}`);

// A word before a line can be pressed from when it is heard, not before.
function listens(page) {
  for (const one of page.querySelectorAll(".says")) one.disabled = false;
}

async function read(number = null, { isPasted = false } = {}) {
  const turn = (asked += 1);
  const _do = isPasted ? "paste" : "read";
  const body = new URLSearchParams({ text: text.value, said: said.value, markup: markup.value, _do });
  let answer;
  try {
    answer = await fetch("paste", { method: "POST", body });
  } catch {
    return tell(_("No connection to the desk. Your text is kept in this browser."), "bad");
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (turn !== asked) return undefined;
  const open = [...document.querySelectorAll(".folded details[open] .line:first-child")].map((one) => one.id);
  const hasLines = Boolean(fresh.querySelector(".lines"));
  markup.value = fresh.getElementById("markup")?.value ?? "";
  if (markup.value) text.value = fresh.getElementById("text").value;
  listens(fresh);
  for (const id of ["read", "status"]) morph(by(id), fresh.getElementById(id));
  morph(document.querySelector(".doing"), fresh.querySelector(".doing"));
  document.querySelector(".again").open = !hasLines;
  for (const id of open) by(id)?.closest("details")?.setAttribute("open", "");
  keep();
  chosen = [];
  if (number) {
    line(number)?.closest("details")?.setAttribute("open", "");
    button(number)?.focus();
  }
  return undefined;
}

const found = draft.found();
if (text.value) keep();
else if (found?.fields.text) {
  text.value = found.fields.text;
  said.value = found.fields.said ?? "";
  markup.value = found.fields.markup ?? "";
  await read(null, { isPasted: Boolean(found.fields.isPasted) });
  tell(_("Your text from {time} is back.", { time: clock(found.at) }));
}

text.addEventListener("input", () => {
  said.value = "";
  markup.value = "";
  undone.length = 0;
  keep();
});
text.addEventListener("paste", (event) => {
  const [words, html] = ["text/plain", "text/html"].map((type) => event.clipboardData?.getData(type) ?? "");
  setTimeout(() => {
    markup.value = markupFor(text.value, words, html);
    read(null, { isPasted: Boolean(markup.value) });
  }, 0);
});

// --- saying what lines are ----------------------------------------------------------------------

function told() {
  return new Map([...said.value.matchAll(/(\d+):(\w+\+?)/g)].map((match) => [match[1], match[2]]));
}

function write(sayings) {
  undone.push(said.value);
  said.value = [...sayings].map(([number, what]) => `${number}:${what}`).join(" ");
}

async function say(what, { always = false } = {}) {
  const sayings = told();
  const numbers = chosen.length ? chosen : [document.activeElement?.dataset?.line].filter(Boolean);
  if (!numbers.length) return;
  for (const number of numbers) sayings.set(String(number), what + (always ? "+" : ""));
  write(sayings);
  await read(numbers.at(-1));
  const word = button(numbers.at(-1))?.textContent.trim() ?? "";
  by("heard").textContent = _("Line {number} is now: {word}", { number: numbers.at(-1), word });
}

async function takeBack() {
  if (!undone.length) return;
  const focused = document.activeElement?.dataset?.line;
  said.value = undone.pop();
  await read(focused);
  by("heard").textContent = _("Taken back.");
}

function choose(number) {
  const all = buttons().map((one) => one.dataset.line);
  const [from, to] = [all.indexOf(anchor), all.indexOf(number)].sort((a, b) => a - b);
  chosen = from < 0 ? [number] : all.slice(from, to + 1);
  mark();
}

function mark() {
  for (const one of document.querySelectorAll(".line")) one.removeAttribute("data-chosen");
  for (const number of chosen) line(number)?.setAttribute("data-chosen", "");
}

function ask(control) {
  const number = control.dataset.line;
  if (!chosen.includes(number)) chosen = [number];
  mark();
  const whole = line(number).querySelector(".what").firstChild.textContent;
  const words = whole.length > 60 ? `${whole.slice(0, 60)}…` : whole;
  by("meanings-title").textContent = chosen.length > 1
    ? _("{count} lines are", { count: chosen.length })
    : _("“{text}” is", { text: words });
  const what = line(number).dataset.what;
  for (const one of dialog.querySelectorAll(".meanings button")) {
    one.setAttribute("aria-pressed", String(one.value === what));
  }
  now.checked = (told().get(number) ?? "").endsWith("+");
  dialog.returnValue = "";
  dialog.showModal();
  place(control);
  (dialog.querySelector('[aria-pressed="true"]') ?? dialog.querySelector("button")).focus();
}

// On a wide page the list stands below its line, or above where there is no room.
function place(control) {
  dialog.removeAttribute("style");
  if (innerWidth <= 700) return;
  const at = control.getBoundingClientRect();
  const high = dialog.offsetHeight;
  const top = at.bottom + 6 + high < innerHeight ? at.bottom + 6 : Math.max(8, at.top - high - 6);
  dialog.style.margin = "0";
  dialog.style.top = `${top}px`;
  dialog.style.left = `${Math.max(8, Math.min(at.left, innerWidth - dialog.offsetWidth - 8))}px`;
}

dialog.addEventListener("close", () => {
  const what = dialog.returnValue;
  const control = dialog.querySelector(`[value="${CSS.escape(what)}"]`);
  if (what) say(what, { always: now.checked && "learnable" in (control?.dataset ?? {}) });
  else button(chosen.at(-1))?.focus();
});
dialog.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const control = dialog.querySelector(`[data-letter="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!control) return;
  event.preventDefault();
  dialog.close(control.value);
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close("");
});

document.addEventListener("click", (event) => {
  const control = event.target.closest?.(".says");
  if (control && event.shiftKey) choose(control.dataset.line);
  else if (control) {
    anchor = control.dataset.line;
    ask(control);
  }
  const headline = event.target.closest?.("[data-headline]")?.dataset.headline;
  if (headline) {
    chosen = [headline];
    say("headline");
  }
  const forgotten = event.target.closest?.("[data-forget]")?.dataset.forget;
  if (forgotten) {
    const sayings = told();
    sayings.set(forgotten, sayings.get(forgotten).replace("+", ""));
    write(sayings);
    read(forgotten);
  }
});

// ↑ and ↓ go from line to line, with Shift they take it along; a letter says what it is.
document.addEventListener("keydown", (event) => {
  if (dialog.open || event.target.matches("input:not([type=checkbox]), textarea")) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
    event.preventDefault();
    takeBack();
    return;
  }
  const control = event.target.closest?.(".says");
  if (!control || event.ctrlKey || event.metaKey || event.altKey) return;
  const by_ = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by_) {
    event.preventDefault();
    const all = buttons();
    const next = all[all.indexOf(control) + by_];
    if (!next) return;
    if (!event.shiftKey) anchor = next.dataset.line;
    else if (!chosen.length) anchor = control.dataset.line;
    next.focus();
    if (event.shiftKey) choose(next.dataset.line);
    else {
      chosen = [];
      mark();
    }
    return;
  }
  const meaning = dialog.querySelector(`[data-letter="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!meaning || localStorage.getItem("desk.no-single-keys")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  say(meaning.value);
}, { capture: true });

// --- using it -----------------------------------------------------------------------------------

let isHeard = false;
form.addEventListener("submit", async (event) => {
  if (isHeard) return;
  event.preventDefault();
  const { submitter } = event;
  if (submitter?.value !== "keep") return read();
  try {
    await fetch("paste", { method: "HEAD" });
  } catch {
    return tell(_("No connection to the desk. Your text is kept in this browser."), "bad");
  }
  isHeard = true;
  draft.drop();
  form.requestSubmit(submitter);
});

listens(document);
