// Each control names its key in the page: keys become clicks, `?` lists them; dialogs are opened here.

import { by, element } from "./dom.js";
import { _ } from "./words.js";

const OFF = "desk.no-single-keys";
const extra = new Map(); // keys without a control of their own
let isGoing = false; // G was pressed: the next letter names a page

export function onKey(key, does, act) {
  extra.set(key, { does, act });
}

const shown = (selector) => [...document.querySelectorAll(selector)].filter(
  (one) => one.checkVisibility() && !one.closest("[inert]"),
);
const found = (name, key) => shown(`[data-${name}="${CSS.escape(key)}"]`)[0];

function isWriting(target) {
  return target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]");
}

// A step of the edition is a place to go to, as the rooms are.
function goes(key) {
  const step = { w: "write", l: "look" }[key];
  return step ? document.querySelector(`[data-step="${step}"]`) : document.querySelector(`[data-go="${CSS.escape(key)}"]`);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isWriting(event.target)) return;
  if (document.querySelector("dialog[open]")) return; // Esc closes it by itself
  if (localStorage.getItem(OFF) && event.key !== "?") return;
  const place = isGoing && goes(event.key);
  isGoing = event.key === "g" && !isGoing;
  const control = place || found("key", event.key);
  if (!control && !extra.has(event.key)) return;
  event.preventDefault();
  if (control) control.click();
  else extra.get(event.key).act();
});

function listed() {
  const places = [["G T", _("Today; W Write, L Look, C Calendar, R Readers, S Sends, E Settings")]];
  const controls = shown("[data-key]").map((one) => [
    one.dataset.key.toUpperCase(),
    one.dataset.does ?? one.getAttribute("aria-label") ?? one.textContent.trim(),
  ]);
  return [...places, ...controls, ...[...extra].map(([key, { does }]) => [key.toUpperCase(), does])];
}

function listKeys() {
  document.querySelector(".keys").replaceChildren(...listed().flatMap(([keys, does]) => [
    element("dt", "", {}, ...keys.split(" ").map((key) => element("kbd", key))),
    element("dd", does),
  ]));
}

by("single-keys").checked = !localStorage.getItem(OFF);
by("single-keys").addEventListener("change", ({ target }) => {
  if (target.checked) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "yes");
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (!opener || opener.getAttribute("aria-disabled") === "true") return;
  const dialog = by(opener.dataset.opens);
  if (dialog.id === "help") listKeys();
  opener.closest("dialog")?.close(); // one takes the place of the other
  dialog.returnValue = "";
  dialog.showModal();
});

// The bar's height decides where what is scrolled to comes to stand.
const bar = document.querySelector(".top");
if (bar) {
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--top", `${bar.offsetHeight}px`);
  }).observe(bar);
}
