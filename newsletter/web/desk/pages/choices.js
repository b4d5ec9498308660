// What is chosen stands in the address, so that it can be bookmarked or handed on.

const VALUES = {
  view: ["html", "text", "source", "inbox"],
  width: ["both", "680", "375"],
  scheme: ["light", "dark", "forced"],
  lens: ["whole", "images", "styles", "outlook"],
  reader: [...document.querySelectorAll('[data-choice="reader"] option')].map((one) => one.value),
};

export const chosen = read();

function read() {
  const asked = new URLSearchParams(location.search);
  const pick = ([name, values]) => [name, values.includes(asked.get(name)) ? asked.get(name) : values[0]];
  return Object.fromEntries(Object.entries(VALUES).map(pick));
}

export function next(name) {
  const values = VALUES[name];
  choose(name, values[(values.indexOf(chosen[name]) + 1) % values.length]);
}

// Tells the page by an event: who draws what is not known here.
export function choose(name, value) {
  if (chosen[name] === value) return;
  chosen[name] = value;
  history.replaceState(null, "", "?" + new URLSearchParams(chosen));
  press();
  dispatchEvent(new CustomEvent("chosen", { detail: name }));
}

export function press() {
  for (const group of document.querySelectorAll("[data-choice]")) {
    const name = group.dataset.choice;
    const isIdle = ["width", "scheme", "lens"].includes(name) && chosen.view !== "html";
    if (group.matches("select")) group.value = chosen[name];
    else for (const button of group.children) {
      button.setAttribute("aria-pressed", button.value === chosen[name]);
      button.disabled = isIdle;
    }
  }
  for (const panel of document.querySelectorAll("[data-panel]")) {
    panel.hidden = panel.dataset.panel !== chosen.view;
  }
}

document.addEventListener("click", (event) => {
  const group = event.target.closest("[data-choice]");
  if (group && event.target.matches("button")) choose(group.dataset.choice, event.target.value);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-choice]")) choose(event.target.dataset.choice, event.target.value);
});
