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

// Calls `changed` for each new render, never twice at once; `data-live` is for whoever waits.
export function follow(changed) {
  const events = new EventSource("events");
  let drawn = -1;
  let working = Promise.resolve();
  events.onmessage = ({ data }) => {
    const { version, busy } = JSON.parse(data);
    if (lostAt) found();
    document.body.dataset.live = busy ? "busy" : "yes";
    working = working.then(async () => {
      if (version !== drawn) await changed();
      drawn = version;
      document.body.dataset.drawn = version;
    });
  };
  events.onerror = () => {
    document.body.dataset.live = "gone";
    lost();
  };
}
