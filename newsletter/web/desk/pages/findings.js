// What the checks found, in three kinds, each with a button to the field; sizes only near a limit.

import { choose, chosen } from "./choices.js";
import { askReason } from "./decide.js";
import { by, element } from "./dom.js";
import { point } from "./frames.js";
import { _, number } from "./words.js";

const TITLES = { error: _("To correct"), warning: _("Worth a look"), info: _("Good to know"), accepted: _("Left as it is") };
const DRAWN = {
  error: "M10 3 2 17h16zM10 8v4M10 14.5v.01",
  warning: "M10 3 2 17h16zM10 8v4M10 14.5v.01",
  info: "M10 2.800a7.2 7.2 0 1 0 0 14.400a7.2 7.2 0 1 0 0-14.400zM10 9v4.500M10 6.500v.01",
  none: "m4 10.5 4 4 8-9",
  accepted: "m4 10.5 4 4 8-9",
};

function icon(key) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of [["class", "icon"], ["viewBox", "0 0 20 20"], ["aria-hidden", "true"]]) made.setAttribute(name, value);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", DRAWN[key]);
  made.append(path);
  return made;
}

export function showMeters(meters) {
  by("meters").replaceChildren(...meters.filter(({ level }) => level !== "fine").map(({ level, note, used, limit }) =>
    element("div", "", { class: "hint", "data-tone": level === "over" ? "bad" : "warn" }, icon("warning"),
      element("div", "", {}, element("b", level === "over" ? _("Gmail cuts it off") : _("Gmail will soon cut it off")), ` ${note} `,
        element("span", _("{used} of {limit} KB", { used: number(Math.round(used / 1000)), limit: number(Math.floor(limit / 1000)) }), { class: "small" })))));
}

export function showFindings(groups) {
  const open = groups.filter(({ key }) => key === "error" || key === "warning");
  const count = open.reduce((sum, one) => sum + one.count, 0);
  const first = by("one-thing");
  first.hidden = !count;
  first.replaceChildren(element("a", count === 1 ? _("One thing worth a look") : _("{count} things worth a look", { count }), { href: "#findings" }));
  const rest = element("section", "", {}, element("div", "", { class: "finding", "data-severity": "none" }, icon("none"),
    element("div", "", {}, element("b", groups.length ? _("Everything else is in order") : _("Everything is in order")),
      element("p", _("Links, pictures, size, and how mail apps show it."), { class: "small" }))));
  by("findings").replaceChildren(...groups.map(group), rest);
}

function group({ key, findings }) {
  return element("section", "", {}, element("h2", TITLES[key]), ...findings.map((one) => finding(one, key)));
}

function finding(one, key) {
  const { title, text, button, path, place, accepted, severity } = one;
  const goes = place && (place.tag || place.line || place.excerpt || place.part !== "header");
  const made = element("div", "", { class: "finding", "data-severity": key });
  const buttons = element("p", "", { class: "buttons" });
  if (!accepted && path) buttons.append(element("a", button, { class: "button slim", href: path }));
  if (goes) {
    const show = element("button", _("Show it"), { type: "button", class: "button plain slim" });
    show.addEventListener("click", () => go(place, made));
    buttons.append(show);
  }
  if (severity === "error" && !accepted) {
    const leave = element("button", _("Leave it"), { type: "button", class: "button plain slim" });
    leave.addEventListener("click", () => askReason(one));
    buttons.append(leave);
  }
  made.append(icon(key), element("div", "", {}, element("b", title, { dir: "auto" }), element("p", accepted ? _("Left: {reason}", { reason: accepted }) : text, { class: "small", dir: "auto" }),
    ...(buttons.childElementCount ? [buttons] : []), measured(one)));
  return made;
}

// Names and measures are for whoever set this up.
function measured({ code, message, hint, measured: found, limit, place }) {
  const lines = [message, hint, found && `${found}${limit ? ` · ${limit}` : ""}`, place && placed(place)].filter(Boolean);
  return element("details", "", {}, element("summary", _("For whoever set this up")), element("code", code), ...lines.map((line) => element("p", line)));
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
  if (chosen.lens === "whole") return point(place);
  addEventListener("drawn", () => point(place), { once: true });
  return choose("lens", "whole"); // the only lens through which elements keep their number
}

function line(view, at) {
  choose("view", view);
  const list = by(view);
  for (const before of list.querySelectorAll(".marked")) before.classList.remove("marked");
  const item = list.children[at - 1];
  item?.classList.add("marked");
  item?.scrollIntoView({ block: "center", behavior: "instant" });
}

// The next thing to correct, and on to the first again.
export function nextFinding() {
  const cards = [...document.querySelectorAll(".finding:has(.buttons)")];
  if (!cards.length) return;
  const at = cards.findIndex((card) => card.contains(document.activeElement));
  cards[(at + 1) % cards.length].querySelector(".buttons > *").focus();
}

export function showFacts({ text_bytes: textBytes, digest, meters }) {
  const facts = [
    ...meters.map(({ name, used, limit }) => [name, `${(used / 1000).toFixed(1)} / ${Math.floor(limit / 1000)} KB`]),
    [_("Text part"), `${(textBytes / 1000).toFixed(1)} KB`],
    [_("Fingerprint"), digest.slice(0, 12)],
  ];
  by("facts").replaceChildren(...facts.map(([term, value]) => element("div", "", {}, element("dt", term), element("dd", value))));
}
