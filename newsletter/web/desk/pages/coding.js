// The code of a proof: it approves what the mail showed. What is wrong with it is said beside it.

import { by } from "./dom.js";
import { lost } from "./stream.js";

function tell(told) {
  by("coding-told").textContent = told;
  by("coding-told").classList.toggle("wrong", Boolean(told));
}

by("coding-form").addEventListener("submit", async (event) => {
  const { submitter } = event;
  if (submitter?.value === "") return; // not yet: the dialog closes by itself
  event.preventDefault();
  const body = new URLSearchParams({ code: by("code").value, by: by("coding-by").value });
  try {
    const answer = await fetch("approve-code", { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer.ok) return location.assign("today");
    const { message = "", hint = "" } = await answer.json();
    tell([message, hint].filter(Boolean).join(" "));
    by("code").select();
  } catch {
    by("coding").close();
    lost();
  }
});

by("coding").addEventListener("close", () => {
  by("code").value = "";
  tell("");
});
