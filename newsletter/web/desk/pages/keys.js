// Each control names its key in the page; here keys become clicks, and the overlay that lists them.

import { next } from "./choices.js";
import { by, element } from "./dom.js";

const extra = new Map(); // keys without a control of their own

export function onKey(key, does, act) {
  extra.set(key, { does, act });
}

function press(control) {
  if (control.querySelector(":disabled")) return; // it says nothing about what is shown now
  if (control.dataset.choice && !control.matches("button")) next(control.dataset.choice);
  else control.click();
}

const shown = (selector) => [...document.querySelectorAll(selector)].filter(
  (one) => one.checkVisibility() && !one.closest("[inert]"),
);

function isWriting(target) {
  return target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
  if (document.querySelector("dialog[open]")) return; // Esc closes it by itself
  const control = shown(`[data-key="${CSS.escape(event.key)}"]`)[0];
  if (!control && !extra.has(event.key)) return;
  event.preventDefault();
  if (control) press(control);
  else extra.get(event.key).act();
});

function listed() {
  const controls = shown("[data-key]").map((one) => [
    one.dataset.key,
    one.dataset.does ?? one.getAttribute("aria-label") ?? one.textContent.trim(),
  ]);
  return [...controls, ...[...extra].map(([key, { does }]) => [key, does])];
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (!opener) return;
  const dialog = by(opener.dataset.opens);
  if (dialog.id === "help") {
    const pairs = listed().map(([key, does]) =>
      element("div", "", {}, element("dt", "", {}, element("kbd", key)), element("dd", does)),
    );
    dialog.querySelector(".keys").replaceChildren(...pairs);
  }
  dialog.showModal();
});
