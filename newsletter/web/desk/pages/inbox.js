// The row of the mail in an inbox, as several programs cut it.

import { by, element, plural } from "./dom.js";

export function showInboxes(preview) {
  const advice = preview.advice.map((sentence) => element("p", sentence, { class: "notice" }));
  by("inboxes").replaceChildren(...preview.inboxes.map((shown) => row(shown, preview)), ...advice);
}

function row({ inbox, subject, preheader, lost }, preview) {
  const made = element("div", "", { class: "row" },
    element("span", preview.sender.slice(0, 1), { class: "face", "aria-hidden": "true" }),
    element("span", preview.sender, { class: "sender" }),
    element("span", "", { class: "line" },
      element("span", subject, { class: "subject", dir: "auto" }),
      element("span", " – ", { class: "dash" }),
      element("span", preheader, { class: "preheader", dir: "auto" })));
  made.querySelector(".sender").after(element("span", "07:00", { class: "time" }));
  const lengths = lost
    ? `Cut at ${inbox.subject} characters; “${lost}” is not seen.`
    : `The subject is shown whole: ${plural(preview.subject.length, "character")} of ${inbox.subject}.`;
  return element("section", "", { class: `inbox ${["phone", "watch"].includes(inbox.key) ? "phone" : ""} ${inbox.key}` },
    element("h2", inbox.name), made, element("p", lengths, { class: "small" }));
}
