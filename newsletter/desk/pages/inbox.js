// One row of an inbox, as two programs cut it.

import { by, element, plural } from "./dom.js";

export function showInboxes(preview) {
  by("inboxes").replaceChildren(...preview.inboxes.map((inbox) => row(inbox, preview)));
}

function row(inbox, preview) {
  const made = element("div", "", { class: "row" },
    element("span", preview.sender.slice(0, 1), { class: "face", "aria-hidden": "true" }),
    element("span", preview.sender, { class: "sender" }),
    element("span", "", { class: "line" },
      element("span", inbox.subject, { class: "subject", dir: "auto" }),
      element("span", " – ", { class: "dash" }),
      element("span", inbox.preheader, { class: "preheader", dir: "auto" })),
    element("span", "07:00", { class: "time" }));
  const lengths = `${length("Subject", preview.subject, inbox.subject_limit)}; ` +
    length("preheader", preview.preheader, inbox.preheader_limit);
  return element("section", "", { class: `inbox ${inbox.key}` },
    element("h2", inbox.name), made, element("p", lengths, { class: "small" }));
}

function length(name, text, limit) {
  const verdict = text.length > limit ? `cut at ${limit}` : "shown in full";
  return `${name} ${plural(text.length, "character")}, ${verdict}`;
}
