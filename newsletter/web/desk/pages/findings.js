// The rail: how large the message is, what the checks found, and where.

import { choose, chosen } from "./choices.js";
import { askReason } from "./decide.js";
import { by, element, plural } from "./dom.js";
import { point } from "./frames.js";

const WORDS = { error: "error", warning: "warning", info: "note", accepted: "accepted" };
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;

export function showMeters(meters) {
  by("meters").replaceChildren(...meters.map(meter));
}

function meter({ key, name, used, limit, level, note }) {
  const bar = element("div", "", {
    class: "meter", id: `meter-${key}`, role: "meter", "aria-label": `${name} against its limit`,
    "aria-valuemin": 0, "aria-valuemax": limit, "aria-valuenow": used,
    "aria-valuetext": `${kilobytes(used)} of ${kilobytes(limit)}`, "data-level": level,
  }, element("i"));
  bar.firstElementChild.style.width = `${Math.min(1, used / limit) * 100}%`;
  const figures = element("p", "", { class: "figures" },
    element("span", name), element("b", kilobytes(used)), element("span", `of ${Math.floor(limit / 1000)} KB`));
  return element("div", "", { title: note }, figures, bar);
}

export function showFindings(groups) {
  const counts = groups.map(({ key, count }) =>
    element("span", key === "accepted" ? `${count} accepted` : plural(count, WORDS[key]), { "data-severity": key }));
  if (groups.every(({ key }) => key === "accepted")) {
    counts.unshift(element("span", "All checks passed", { class: "none" }));
  }
  by("counts").replaceChildren(...counts);
  by("findings").replaceChildren(...groups.map(group));
}

function group({ key, findings }) {
  return element("ul", "", { class: "findings", "data-severity": key, "aria-label": WORDS[key] },
    ...findings.map((one) => element("li", "", {}, finding(one), ...accepting(one))));
}

function accepting({ code, severity, accepted }) {
  if (accepted) return [element("p", `Accepted: ${accepted}`, { class: "accepted" })];
  if (severity !== "error") return [];
  const button = element("button", "Accept …", { type: "button", class: "button small-button" });
  button.addEventListener("click", () => askReason(code));
  return [button];
}

// The whole finding is one button where there is a place to go to.
function finding({ code, message, hint, measured, limit, place, accepted }) {
  const goes = place && (place.tag || place.line || place.excerpt || place.part !== "header");
  const made = element(goes ? "button" : "div", "", { class: "finding", ...(goes && { type: "button" }) });
  made.append(element("code", code), element("span", message, { class: "sentence" }));
  if (measured) {
    const against = limit ? ` · limit ${limit}` : "";
    made.append(element("span", `Measured ${measured}${against}`, { class: "measured" }));
  }
  if (hint && !accepted) made.append(element("span", hint, { class: "hint" }));
  const where = place && placed(place);
  if (where) made.append(element("span", where, { class: "place" }));
  if (goes) made.addEventListener("click", () => go(place, made));
  return made;
}

function placed({ template, part, tag, line, excerpt }) {
  if (template) return template;
  if (tag) return `<${tag}>${excerpt ? ` ${excerpt}` : ""}`;
  if (line) return `${part}, line ${line}`;
  return excerpt || "";
}

function go(place, card) {
  for (const before of document.querySelectorAll(".finding[aria-current]")) before.removeAttribute("aria-current");
  card.setAttribute("aria-current", "true");
  if (place.part === "text") return line("text", place.line ?? 1);
  if (place.part === "subject" || place.part === "preheader") return choose("view", "inbox");
  if (place.part === "html" && place.line && !place.tag) return line("source", place.line);
  choose("view", "html");
  if (chosen.lens === "whole") return pointAt(place);
  addEventListener("drawn", () => pointAt(place), { once: true });
  return choose("lens", "whole"); // the only lens through which elements keep their number
}

// What the mail does not show stands in the form.
function pointAt(place) {
  if (!point(place) && place.part === "edition") location.assign("write");
}

function line(view, number) {
  choose("view", view);
  const list = by(view);
  for (const before of list.querySelectorAll(".marked")) before.classList.remove("marked");
  const item = list.children[number - 1];
  item?.classList.add("marked");
  item?.scrollIntoView({ block: "center", behavior: "instant" });
}

export function step(onwards) {
  const cards = [...document.querySelectorAll("button.finding")];
  if (!cards.length) return;
  const at = cards.findIndex((card) => card.hasAttribute("aria-current"));
  const to = cards[(at + onwards + cards.length) % cards.length];
  to.focus();
  to.click();
}

export function showFacts({ subject, preheader, text_bytes: textBytes, digest }) {
  const facts = [
    ["Subject", subject],
    ["Preview line", preheader],
    ["Text part", kilobytes(textBytes)],
    ["Digest", digest.slice(0, 12)],
  ];
  by("facts").replaceChildren(...facts.map(([term, value]) =>
    element("div", "", {}, element("dt", term), element("dd", value))));
}
