// Today: what the page says is asked again whenever something changes, and as the minutes pass.

import { by } from "./dom.js";
import "./keys.js";
import { follow, lost } from "./stream.js";

async function refresh() {
  const answer = await fetch("today");
  if (answer.status === 403) return location.reload();
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("desk");
  if (fresh && fresh.innerHTML !== by("desk").innerHTML) by("desk").replaceChildren(...fresh.childNodes);
  
}

document.addEventListener("click", async ({ target }) => {
  if (target.id !== "withdraw") return;
  await fetch("withdraw", { method: "POST", body: new URLSearchParams() });
  await refresh();
});

// A page pasted anywhere here goes to the page that reads it.
document.addEventListener("paste", async (event) => {
  const text = event.clipboardData.getData("text/plain");
  if (!text.trim()) return;
  const { openDraft } = await import("./drafts.js");
  const form = await new DOMParser().parseFromString(await (await fetch("paste")).text(), "text/html").forms[0];
  (await openDraft(form.dataset.draft)).keep({ text });
  location.assign("paste");
});

setInterval(() => refresh().catch(() => lost()), 30_000);
follow(refresh);
