// A send that is under way: its number follows; the page comes anew when it stands elsewhere.

import "./dialogs.js";
import { by } from "./dom.js";
import "./keys.js";
import { number } from "./words.js";

const send = by("send");
const EVERY = 2000;

async function look() {
  try {
    const answer = await fetch(send.dataset.state, { headers: { accept: "application/json" } });
    const { status, done } = await answer.json();
    if (status !== send.dataset.status) return location.replace(location.pathname);
    by("done").textContent = number(done);
    by("progress").value = Math.max(by("progress").value, done);
  } catch {
    // The desk is away for a moment; the next look tells.
  }
  setTimeout(look, EVERY);
}

if (send?.dataset.status === "open") setTimeout(look, EVERY);

const note = by("note");
note?.addEventListener("input", () => {
  by("seen").textContent = note.value || "…";
});
