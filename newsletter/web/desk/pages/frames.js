// The mail in its two frames: laid out at its true width, drawn smaller where the window is narrow.

import { chosen } from "./choices.js";
import { by } from "./dom.js";
import { Sheet } from "./sheet.js";

const GAP = 24; // between the two devices, as in the style sheet
const MARK = "data-desk-mark";
const OUTLINE = `[${MARK}] { outline: 3px solid #d4351c !important; outline-offset: 3px !important; }`;

export const devices = [...document.querySelectorAll(".device")];
const frameOf = (device) => device.querySelector("iframe");
export const shown = () => devices.filter((device) => !device.hidden && device.checkVisibility());

export function arrange() {
  for (const device of devices) {
    const wanted = chosen.width === "both" && chosen.lens === "outlook" ? "680" : chosen.width;
    device.hidden = ![device.dataset.width, "both"].includes(wanted); // classic Outlook has no phone
    recolour(frameOf(device).contentDocument);
  }
  document.body.classList.toggle("dark-mail", chosen.scheme === "dark");
  document.body.classList.toggle("forced-mail", chosen.scheme === "forced");
  fit();
}

export function fit() {
  const stage = by("stage");
  const style = getComputedStyle(stage);
  const padding = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
  if (!shown().length) return; // another view is shown
  const widths = shown().map((device) => Number(device.dataset.width) + 2);
  const isStacked = getComputedStyle(devices[0].parentElement).flexDirection === "column";
  const gaps = isStacked ? 0 : GAP * (widths.length - 1);
  const wanted = isStacked ? Math.max(...widths) : widths.reduce((a, b) => a + b);
  const scale = Math.min(1, (stage.clientWidth - padding - gaps) / wanted);
  for (const device of shown()) draw(device, scale);
}

function draw(device, scale) {
  const frame = frameOf(device);
  const width = Number(device.dataset.width);
  const root = frame.contentDocument?.documentElement;
  if (frame.contentDocument?.body?.childElementCount) {
    // The root's own box, not its scroll height: that would never become less than the frame's.
    frame.style.height = `${Math.ceil(root.getBoundingClientRect().height)}px`;
  }
  frame.style.transform = scale < 1 ? `scale(${scale})` : "";
  const box = frame.parentElement.style;
  box.width = `${width * scale + 2}px`;
  box.height = `${frame.offsetHeight * scale + 2}px`;
  const percent = Math.round(scale * 100);
  device.querySelector("figcaption span").textContent = `${width} px${percent < 100 ? `, ${percent} %` : ""}`;
}

// Forced dark turns every colour round; pictures are turned back, as such clients leave them alone.
function recolour(mail) {
  for (const image of mail?.images ?? []) {
    image.style.filter = chosen.scheme === "forced" ? "invert(1) hue-rotate(180deg)" : "";
  }
}

const sheets = devices.map((device) => new Sheet(frameOf(device), { onReady: listen, onShown: prepare }));

// Draws a mail in both frames.
export function show(html) {
  for (const sheet of sheets) sheet.show(html);
  fit();
}

function listen(mail) {
  new ResizeObserver(fit).observe(mail.documentElement); // pictures come after the words
  mail.addEventListener("keydown", (event) => document.dispatchEvent(new KeyboardEvent("keydown", event)));
}

function prepare(mail) {
  for (const link of mail.links) link.target = "_blank";
  const style = mail.createElement("style");
  style.textContent = OUTLINE;
  mail.head.append(style);
  recolour(mail);
}

// Outlines the element a finding names, or the one with its words, and brings it into sight; says
// whether there is one.
export function point(place) {
  const marked = shown().map((device) => mark(device, place)).filter(Boolean);
  if (!marked.length) return false;
  const { device, target } = marked[0];
  const frame = frameOf(device);
  const scale = frame.getBoundingClientRect().width / frame.offsetWidth;
  const top = frame.getBoundingClientRect().top + target.getBoundingClientRect().top * scale;
  scrollTo({ top: scrollY + top - innerHeight / 3, behavior: "instant" });
  return true;
}

function mark(device, { tag, index, excerpt }) {
  const mail = frameOf(device).contentDocument;
  if (!mail) return null;
  for (const before of mail.querySelectorAll(`[${MARK}]`)) before.removeAttribute(MARK);
  const target = tag ? mail.querySelectorAll(tag)[index] : excerpt && withWords(mail, excerpt);
  target?.setAttribute(MARK, "");
  return target && mail.body.contains(target) ? { device, target } : null;
}

// The smallest element in which some words stand.
function withWords(mail, words) {
  const holding = [...mail.body.querySelectorAll("*")].filter((one) => one.textContent.includes(words));
  return holding.filter((one) => one.checkVisibility()).at(-1);
}
