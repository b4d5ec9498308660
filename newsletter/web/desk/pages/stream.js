// The line to the desk: it tells when there is a newer render, and says so where it is cut.

import { by } from "./dom.js";
import { clock } from "./drafts.js";
import { _ } from "./words.js";

let lostAt = 0;
let settled = { tone: "quiet", words: "" };

function show({ tone, words }) {
  if (by("status").textContent !== words) by("status").textContent = words;
  by("status").dataset.tone = tone;
}

// What stands there when nothing is under way: "Saved 05:47".
export function settle(words, tone = "quiet") {
  settled = { tone, words };
  if (!lostAt) show(settled);
}

export function lost() {
  lostAt ||= Date.now();
  show({ tone: "wrong", words: _("No connection since {time}", { time: clock(lostAt) }) });
}

export function found() {
  lostAt = 0;
  show(settled);
}

// The desk did not answer, or not to the end.
class Lost extends Error {}

// Returns what a page of the desk answers; raises `Lost` where it does not.
export async function ask(path) {
  try {
    const answer = await fetch(path);
    return { ok: answer.ok, status: answer.status, text: await answer.text() };
  } catch {
    throw new Lost();
  }
}

const AGAIN = 1000;

// Calls `changed` for each new state, and before it `drawn` for each new mail: that is there first, and
// what was found in it follows. Never twice at once, never while nobody sees the page, and again
// where one of them raised `Lost`; `data-live` is for whoever waits.
export function follow(changed, drawn = () => {}) {
  const events = new EventSource("events");
  let newest = { version: -1, mail: 0 };
  const done = { ...newest };
  let working = Promise.resolve();
  const next = () => (working = working.then(draw, draw)); // whatever became of the one before

  async function draw() {
    if (document.hidden) return; // and drawn when it is not
    const { version, mail } = newest;
    try {
      if (mail !== done.mail) await drawn();
      done.mail = mail;
      if (version !== done.version) await changed();
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      lost();
      setTimeout(next, AGAIN);
      return;
    }
    if (lostAt) found();
    done.version = version;
    document.body.dataset.drawn = version;
  }

  events.onmessage = ({ data }) => {
    const { busy, ...told } = JSON.parse(data);
    newest = told;
    if (lostAt) found();
    document.body.dataset.live = busy ? "busy" : "yes";
    next();
  };
  events.onerror = () => {
    document.body.dataset.live = "gone";
    lost();
  };
  document.addEventListener("visibilitychange", next);
}
