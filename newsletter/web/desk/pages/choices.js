// What is chosen stands in the address, so that it can be bookmarked or handed on.

const VALUES = {
  view: ["html", "text", "source", "inbox"],
  width: ["both", "680", "375"],
  scheme: ["light", "dark", "forced"],
  lens: ["whole", "images", "styles", "outlook"],
  reader: [...document.querySelectorAll('[data-choice="reader"] option')].map((one) => one.value),
};
// What an editor calls a view, and what it is made of.
const VIEWS = {
  reader: { view: "html", lens: "whole" },
  images: { view: "html", lens: "images" },
  text: { view: "text" },
  inbox: { view: "inbox" },
  forced: { view: "html", lens: "whole", scheme: "forced" },
  outlook: { view: "html", lens: "outlook" },
  styles: { view: "html", lens: "styles" },
  source: { view: "source" },
};

export const chosen = read();

function read() {
  const asked = new URLSearchParams(location.search);
  const pick = ([name, values]) => [name, values.includes(asked.get(name)) ? asked.get(name) : values[0]];
  return Object.fromEntries(Object.entries(VALUES).map(pick));
}

// Tells the page by an event: who draws what is not known here.
export function choose(name, value) {
  if (chosen[name] === value) return;
  chosen[name] = value;
  history.replaceState(null, "", "?" + new URLSearchParams(chosen));
  press();
  dispatchEvent(new CustomEvent("chosen", { detail: name }));
}

function chooseView(key) {
  const made = VIEWS[key];
  if (made.view === "html") choose("scheme", made.scheme ?? (chosen.scheme === "forced" ? "light" : chosen.scheme));
  for (const [name, value] of Object.entries(made)) choose(name, value);
}

function current() {
  if (chosen.view !== "html") return chosen.view;
  if (chosen.scheme === "forced") return "forced";
  return chosen.lens === "whole" ? "reader" : chosen.lens;
}

const radios = () => [...document.querySelectorAll('#views [name="view"]')];

export function nextView() {
  const keys = radios().map((one) => one.value);
  chooseView(keys[(keys.indexOf(current()) + 1) % keys.length]);
}

export function press() {
  for (const button of document.querySelectorAll('[data-choice="scheme"] button')) {
    button.setAttribute("aria-pressed", button.value === chosen.scheme);
    button.disabled = chosen.view !== "html";
  }
  for (const one of radios()) {
    one.checked = one.value === current();
    if (one.checked) document.getElementById("view-name").textContent = (one.parentElement.querySelector("b") ?? one.parentElement).textContent.trim();
  }
  document.getElementById("reader").value = chosen.reader;
  for (const panel of document.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== chosen.view;
}

document.addEventListener("click", (event) => {
  const group = event.target.closest("[data-choice]");
  if (group && event.target.matches("button")) choose(group.dataset.choice, event.target.value);
});

document.addEventListener("change", ({ target }) => {
  if (target.matches("select[data-choice]")) choose(target.dataset.choice, target.value);
  if (target.matches('#views [name="view"]')) chooseView(target.value);
});
