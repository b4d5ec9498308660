// The line to the desk: it tells when there is a newer render, and whether one is under way.

import { by } from "./dom.js";

let settled = ["waiting", "Connecting"];

function say([state, word]) {
  by("status").dataset.state = state;
  by("status").textContent = word;
}

// What the dot goes back to when nothing is under way.
export function settle(state, word) {
  settled = [state, word];
  say(settled);
}

// Calls `changed` for each new render, never twice at once.
export function follow(changed) {
  const events = new EventSource("events");
  let drawn = -1;
  let working = Promise.resolve();
  events.onmessage = ({ data }) => {
    const { version, busy } = JSON.parse(data);
    if (busy) say(["busy", "Rebuilding"]);
    working = working.then(async () => {
      if (version !== drawn) await changed();
      else if (!busy) say(settled);
      drawn = version;
    });
  };
  events.onerror = () => say(["gone", "Not connected"]);
}
