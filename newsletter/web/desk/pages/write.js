// The form: says what is not saved, saves by key, and shows the mail beside it as the file has it.

import { by, element } from "./dom.js";
import { arrange, fit, load } from "./frames.js";
import "./keys.js";
import { follow, settle } from "./stream.js";

const form = by("form");
const seen = form.elements._seen.value;
const isDirty = () => form.dataset.unsaved !== undefined;

form.addEventListener("input", () => {
  form.dataset.unsaved = "";
  by("dirty").textContent = "Not saved";
});
form.addEventListener("submit", () => delete form.dataset.unsaved);
addEventListener("beforeunload", (event) => isDirty() && event.preventDefault());

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key !== "s") return;
  event.preventDefault();
  form.querySelector(".saving button")?.click();
});

// --- lengths, as inboxes cut them ----------------------------------------------------------------

for (const field of form.querySelectorAll("[data-counts]")) {
  const count = element("span", "", { class: "count", "aria-hidden": "true" });
  field.before(count);
  const show = () => {
    const limit = Number(field.dataset.counts);
    count.textContent = field.value ? `${field.value.length} of ${limit}` : "";
    count.classList.toggle("over", field.value.length > limit);
  };
  field.addEventListener("input", show);
  show();
}

// --- a picture that is too large is told before it is sent ---------------------------------------

form.addEventListener("change", ({ target }) => {
  if (target.type !== "file") return;
  const isLarge = [...target.files].some((file) => file.size > Number(target.dataset.most));
  target.setCustomValidity(isLarge ? "This file is larger than 10 MB." : "");
  target.reportValidity();
});

// --- the mail beside it --------------------------------------------------------------------------

async function refresh() {
  const { version, problem, preview } = await (await fetch("state")).json();
  by("trouble").hidden = !problem;
  by("trouble").textContent = problem ? [problem.place, problem.message].filter(Boolean).join(": ") : "";
  settle(problem ? "problem" : "live", problem ? "Problem" : "Live");
  if (preview) load(version);
  await notice();
}

// Somebody changed the file while it is open here: shown at once, or told where words would be lost.
async function notice() {
  const now = await (await fetch("seen")).text();
  if (now === seen || !seen) return;
  if (isDirty()) by("dirty").textContent = "The file was changed elsewhere; saving will ask";
  else location.replace("write");
}

addEventListener("resize", fit);
arrange();
follow(refresh);
