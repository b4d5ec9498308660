// Today: what the page says is asked again whenever something changes, and as the minutes pass.

import "./coding.js";
import { by, morph } from "./dom.js";
import "./keys.js";
import { ask, follow, found, lost } from "./stream.js";

const OFTEN = 1000;
const SELDOM = 20_000;

const SAID = 10_000; // what a press led to stays on the page for so long, whatever else changes

let asked = 0;
let saidAt = -SAID;
let shown = 0;
let isOwed = false; // whether what the last press led to is still to be drawn

async function refresh() {
  const turn = (asked += 1);
  const { status, text } = await ask("today");
  if (status === 403) return location.reload();
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const old = by("today");
  const next = fresh.getElementById("today");
  found();
  if (!next || turn !== asked) return; // a later answer is under way, or was shown
  morph(by("steps"), fresh.getElementById("steps"));
  const isAnother = next.dataset.kind !== old.dataset.kind;
  if (!isAnother || isOwed || performance.now() - saidAt < SAID) {
    next.querySelector("#told").replaceWith(by("told").cloneNode(true));
  }
  isOwed = false;
  shown = turn;
  if (isAnother) replace(old, next);
  else morph(old, next);
}

// Everything is another, but the mail is not loaded anew, and the focus stays on the same name.
function replace(old, next) {
  const kept = old.querySelector(".thumbnail");
  const focus = document.activeElement?.closest("#today") && name(document.activeElement);
  const place = next.querySelector(".thumbnail");
  old.dataset.kind = next.dataset.kind;
  if (kept && place) place.replaceWith(kept);
  old.replaceChildren(...next.childNodes);
  if (focus) [...old.querySelectorAll("a, button")].find((one) => name(one) === focus)?.focus();
}

const name = (one) => one.dataset.post ?? one.getAttribute("href");

async function post(path, button) {
  button.disabled = true;
  try {
    const answer = await fetch(path, { method: "POST", body: new URLSearchParams(), headers: { Accept: "application/json" } });
    const { told = "", message = "", hint = "" } = await answer.json();
    const turn = asked + 1;
    await refresh();
    isOwed = shown < turn;
    by("told").textContent = [told, message, hint].filter(Boolean).join(" ");
    by("told").classList.toggle("wrong", Boolean(message));
    saidAt = performance.now();
    by("told").scrollIntoView({ block: "nearest" });
  } catch {
    lost();
  }
  button.disabled = false;
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-post]");
  if (button) post(button.dataset.post, button);
});

// A page pasted anywhere here goes to the page that reads it.
document.addEventListener("paste", async (event) => {
  const [text, html] = ["text/plain", "text/html"].map((type) => event.clipboardData.getData(type));
  if (!text.trim() || document.querySelector("dialog[open]")) return;
  try {
    const [{ openDraft }, { markupOf }] = await Promise.all([import("./drafts.js"), import("./copied.js")]);
    const form = new DOMParser().parseFromString((await ask("paste")).text, "text/html").querySelector("[data-draft]");
    const draft = await openDraft(form.dataset.draft);
    try {
      draft.keep({ text, markup: markupOf(html), isPasted: true });
    } catch {
      draft.keep({ text });
    }
    location.assign("paste");
  } catch {
    lost();
  }
});

const moves = new Set(["going", "counting"]);
async function again() {
  try {
    if (document.visibilityState === "visible") await refresh();
  } catch {
    lost();
  }
  setTimeout(again, moves.has(by("today").dataset.kind) ? OFTEN : SELDOM);
}

follow(refresh);
setTimeout(again, moves.has(by("today").dataset.kind) ? OFTEN : SELDOM);
