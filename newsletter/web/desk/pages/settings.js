// Settings: the head of the mail follows what is typed; sections are moved; leaving asks.

import "./dialogs.js";
import { by } from "./dom.js";
import "./keys.js";

const form = by("settings");
const named = (name) => form.elements.namedItem(name);
const shown = { "publication.name": "nameplate", "publication.tagline": "tagline" };
let isTouched = !("empty" in by("saving").dataset);

function follow() {
  for (const [name, id] of Object.entries(shown)) by(id).textContent = named(name)?.value ?? "";
  const palette = form.querySelector('[name="template.palette"]:checked');
  if (palette) document.querySelector(".head").dataset.palette = palette.value;
}

// What was shown as new is not what is saved any more: look again before it is written.
function touched() {
  isTouched = true;
  follow();
  form.querySelector('[value="save"]')?.remove();
  by("look").classList.add("act");
}

form.addEventListener("input", touched);
form.addEventListener("submit", () => {
  isTouched = false;
});
addEventListener("beforeunload", (event) => {
  if (isTouched) event.preventDefault();
});

form.addEventListener("click", (event) => {
  const item = event.target.closest("[data-up]")?.closest("li");
  if (!item?.previousElementSibling) return;
  item.previousElementSibling.before(item);
  by("order").value = [...item.parentElement.children].map((one) => one.dataset.value).join(" ");
  (item.previousElementSibling ? event.target : item.querySelector("input")).focus();
  touched();
});

document.querySelector('.saving a[href="./"]')?.addEventListener("click", () => {
  isTouched = false;
});
