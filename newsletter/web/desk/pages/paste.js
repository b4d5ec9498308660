// A pasted page is kept in this browser until it is used, and sent only where somebody listens.

import { by, element } from "./dom.js";
import { clock, openDraft } from "./drafts.js";
import "./keys.js";

const text = by("text");
const form = text.form;
const draft = await openDraft(form.dataset.draft);
const found = draft.found();
if (text.value) draft.keep({ text: text.value });
else if (found) {
  text.value = found.fields.text;
  tell(`Your text from ${clock(found.at)} is back.`);
}

function tell(words, kind = "good") {
  by("kept")?.remove();
  form.prepend(element("p", words, { class: `notice ${kind}`, role: "status", id: "kept" }));
}

text.addEventListener("input", () => {
  try {
    draft.keep({ text: text.value });
  } catch {
    tell("This browser has no room to keep the text until it is used.", "wrong");
  }
});

let isHeard = false;
form.addEventListener("submit", async (event) => {
  if (isHeard) return;
  event.preventDefault();
  const { submitter } = event;
  try {
    await fetch("paste", { method: "HEAD" });
  } catch {
    return tell("No connection to the desk. Your text is kept in this browser.", "wrong");
  }
  isHeard = true;
  if (submitter?.value === "keep") draft.drop();
  form.requestSubmit(submitter);
});
