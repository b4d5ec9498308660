// Decisions: where the edition stands, and what may be done about it. The desk has the last word.

import { chosen } from "./choices.js";
import "./coding.js";
import { by, element } from "./dom.js";
import { showStanding } from "./standing.js";
import { showSteps } from "./steps.js";
import { lost } from "./stream.js";
import { _, number } from "./words.js";

const ADDRESSES = "desk.test-addresses"; // remembered in this browser alone
let shown = null; // the preview that is looked at
let may = null; // what may be done

function tell({ told = "", message = "", hint = "" }) {
  by("told").textContent = [told, message, hint].filter(Boolean).join(" ");
  by("told").classList.toggle("wrong", Boolean(message));
  if (message) by("told").scrollIntoView({ block: "nearest" });
}

async function post(path, values) {
  try {
    const answer = await fetch(path, { method: "POST", body: new URLSearchParams(values), headers: { Accept: "application/json" } });
    const told = await answer.json();
    tell(told);
    await showDecision(shown);
    showSteps();
    return answer.ok;
  } catch {
    lost();
    return false;
  }
}

export async function showDecision(preview) {
  shown = preview;
  may = await showStanding(preview);
  if (!may) return;
  const set = { approve: may.can_approve, correct: may.waiting > 0, withdraw: may.can_withdraw, test: may.can_test };
  for (const [id, is] of Object.entries(set)) for (const one of [by(id), by(`${id}-on-phone`)]) if (one) one.hidden = !is;
  by("approve").textContent = may.status === "changed" ? _("Approve again …") : _("Approve …");
  by("correcting-left").textContent = number(may.waiting);
  if (may.can_approve) ask();
  opened();
}

// Says when and to how many, before anybody says yes.
function ask() {
  const whom = may.readers === 1 ? _("reader") : _("readers");
  by("approving-title").textContent = may.is_late ? _("Approve and send now?") : _("Approve this brief?");
  by("approving-at").textContent = may.at;
  by("approving-when").textContent = may.when;
  by("approving-readers").textContent = number(may.readers);
  by("approving-whom").textContent = whom;
  by("approving-subject").textContent = shown.subject;
  const left = shown.groups.filter(({ key }) => key === "accepted" || key === "warning").flatMap(({ findings }) => findings.map(({ title }) => title));
  by("approving-left-row").hidden = !left.length;
  by("approving-left").replaceChildren(...left.map((title) => element("p", title)));
  by("approving-code").hidden = may.is_late || !may.has_code;
  by("approving-then").textContent = may.is_late
    ? _("It begins ten seconds after you press, so that you can still say no.")
    : _("Until {at} you can take it back. After that a mail that is sent stays sent.", { at: may.at });
  by("approving-go").textContent = may.is_late
    ? _("Send to {count} {readers}", { count: number(may.readers), readers: whom })
    : _("Approve for {at}", { at: may.at });
}

// `?approve` and `?test` of the address open their dialogs, once.
function opened() {
  const asked = new URLSearchParams(location.search);
  for (const [name, id] of [["approve", "approving"], ["test", "testing"]]) {
    if (!asked.has(name)) continue;
    history.replaceState(null, "", location.pathname);
    const button = by(name);
    if (!button.hidden) by(id).showModal();
  }
}

export function askReason({ code, title }) {
  by("leaving").dataset.code = code;
  by("leaving-what").textContent = title;
  by("reason").value = "";
  by("leaving").returnValue = "";
  by("leaving").showModal();
}

const on = (id, act) => by(id).addEventListener("close", () => by(id).returnValue && act());

by("not-you")?.addEventListener("click", () => {
  by("by-name").hidden = by("not-you").hidden = true;
  by("by").hidden = false;
  by("by").select();
});
on("approving", async () => {
  const values = { digest: shown.digest, by: by("by").value };
  const path = may.is_late ? "send-now" : "approve";
  if (await post(path, values)) location.assign("today");
});
on("correcting", async () => {
  if (await post("correct", { note: by("note").value, by: by("by").value })) location.assign("today");
});
for (const id of ["withdraw", "withdraw-on-phone"]) by(id).addEventListener("click", () => post("withdraw", {}));

by("addresses").value = localStorage.getItem(ADDRESSES) ?? "";
on("testing", () => {
  const addresses = by("addresses").value;
  localStorage.setItem(ADDRESSES, addresses);
  tell({ told: _("Sending the test …") });
  post("test", { addresses, reader: chosen.reader });
});
on("leaving", () => post("accept", { code: by("leaving").dataset.code, reason: by("reason").value }));
