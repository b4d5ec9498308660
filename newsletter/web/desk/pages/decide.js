// Decisions: where the edition stands, and what may be done about it. The desk has the last word.

import { chosen } from "./choices.js";
import { by } from "./dom.js";
import { showStanding } from "./standing.js";

const ADDRESSES = "desk.test-addresses"; // remembered in this browser alone
let shown = null; // the preview that is looked at

function tell({ told = "", message = "", hint = "" }) {
  by("told").textContent = [told, message, hint].filter(Boolean).join(" ");
  by("told").classList.toggle("wrong", Boolean(message));
}

async function post(path, values) {
  const answer = await fetch(path, { method: "POST", body: new URLSearchParams(values) });
  tell(await answer.json());
  await showDecision(shown);
}

export async function showDecision(preview) {
  shown = preview;
  const may = await showStanding(preview);
  if (!may) return;
  by("approving-subject").textContent = preview.subject;
  by("approving-when").textContent = may.asks;
  by("approve").hidden = !may.can_approve;
  by("withdraw").hidden = !may.can_withdraw;
  by("test").hidden = !may.can_test;
}

export function askReason(code) {
  by("accepting-code").textContent = code;
  by("reason").value = "";
  by("accepting").showModal();
}

by("approving").addEventListener("close", () => {
  if (by("approving").returnValue === "approve") post("approve", { digest: shown.digest });
  by("approving").returnValue = "";
});
by("withdraw").addEventListener("click", () => post("withdraw", {}));

by("addresses").value = localStorage.getItem(ADDRESSES) ?? "";
by("testing").addEventListener("close", () => {
  if (by("testing").returnValue !== "send") return;
  const addresses = by("addresses").value;
  localStorage.setItem(ADDRESSES, addresses);
  tell({ told: "Handing over …" });
  post("test", { addresses, reader: chosen.reader });
});

by("accepting").addEventListener("close", () => {
  if (by("accepting").returnValue !== "accept") return;
  post("accept", { code: by("accepting-code").textContent, reason: by("reason").value });
});
