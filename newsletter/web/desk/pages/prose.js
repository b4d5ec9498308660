// The text of a story in the editor, with its bar; the field below holds the Markdown, one key away.

import { by, element } from "./dom.js";
import { Editor } from "./editor.bundle.js";
import { _, number } from "./words.js";

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
const key = (letter) => (isMac ? `⌘${letter}` : `Ctrl ${letter}`);
const BUTTONS = [
  ["bold", "B", `${_("Bold")} (${key("B")})`],
  ["italic", "I", `${_("Italic")} (${key("I")})`],
  ["link", "", `${_("Link")} (${key("K")})`],
  ["heading", "H", _("Subheading")],
  ["list", "", _("List")],
  ["quote", "„“", _("Quotation")],
  ["undo", "", `${_("Undo")} (${key("Z")})`],
  ["redo", "", _("Redo")],
];
const DRAWN = {
  link: "M8.5 11.5a3 3 0 0 0 4.3 0l3-3a3 3 0 0 0-4.3-4.300l-1 1M11.5 8.500a3 3 0 0 0-4.3 0l-3 3a3 3 0 0 0 4.3 4.300l1-1",
  list: "M8 5.500h9M8 10h9M8 14.500h9M3.5 5.500h.01M3.5 10h.01M3.5 14.500h.01",
  undo: "M7 4 3.5 7.5 7 11M3.5 7.500H12a4.5 4.5 0 0 1 0 9H9",
  redo: "m13 4 3.5 3.500L13 11M16.5 7.500H8a4.5 4.5 0 0 0 0 9h3",
};

function drawn(name) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [at, value] of [["class", "icon"], ["viewBox", "0 0 20 20"], ["aria-hidden", "true"]]) made.setAttribute(at, value);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", DRAWN[name]);
  made.append(path);
  return made;
}

class Prose {
  constructor(box, onHere) {
    this.box = box;
    this.field = by(box.dataset.prose);
    this.markup = by(box.dataset.markup);
    this.buttons = new Map(BUTTONS.map(([name, sign, label]) => {
      const button = element("button", sign, { type: "button", "aria-label": label, title: label, class: name });
      if (DRAWN[name]) button.append(drawn(name));
      button.addEventListener("mousedown", (event) => event.preventDefault());
      button.addEventListener("click", () => (name === "link" ? this.askLink() : this.editor.run(name)));
      return [name, button];
    }));
    this.count = element("span", "", { class: "small tally" });
    this.toggle = element("button", _("Source"), { type: "button", class: "link small", title: key("."), "aria-pressed": "false" });
    this.toggle.addEventListener("click", () => this.showSource(!this.isSource));
    const bar = element("div", "", { role: "toolbar", "aria-label": _("Text"), class: "prose-bar" }, ...this.buttons.values(),
      element("span", "", { class: "prose-end" }, this.count, this.toggle));
    this.place = element("div", "", { class: "prose-text" });
    box.prepend(bar, this.place);
    this.editor = new Editor(this.place, {
      text: this.field.value,
      markup: this.markup.value,
      attributes: { "aria-label": _("Text"), id: `${this.field.id}-editor`, class: "ProseMirror",
        ...(this.field.getAttribute("aria-invalid") && { "aria-invalid": "true" }) },
      onChange: (value) => this.written(value),
      onSelect: () => this.pressed() || onHere(this.editor.here()),
    });
    this.isSource = false;
    this.known = this.field.value;
    this.place.parentElement.classList.add("rich");
    this.place.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("input", () => this.isSource && this.counted());
    this.pressed();
    this.counted();
  }

  written({ text, markup }) {
    this.field.value = this.known = text;
    this.markup.value = markup;
    this.counted();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Somebody else filled the field: a draft that came back, or a form that was laid out anew.
  refresh() {
    if (this.field.value !== this.known) this.editor.set(this.known = this.field.value, this.markup.value);
    this.counted();
  }

  key(event) {
    if (!(event.ctrlKey || event.metaKey)) return;
    if (event.key === ".") this.showSource(!this.isSource);
    else if (event.key === "k" && !this.isSource) this.askLink();
    else return;
    event.preventDefault();
  }

  showSource(is) {
    this.isSource = is;
    this.box.classList.toggle("in-source", is);
    this.toggle.setAttribute("aria-pressed", is);
    if (!is) this.refresh();
    for (const button of this.buttons.values()) button.disabled = is;
    if (is) this.field.focus();
    else this.editor.focus();
  }

  pressed() {
    if (!this.editor) return;
    const active = this.editor.active();
    for (const [name, button] of this.buttons) {
      if (name === "undo" || name === "redo") button.disabled = !this.editor.can(name);
      else button.setAttribute("aria-pressed", Boolean(active[name]));
    }
  }

  counted() {
    const count = this.isSource ? this.field.value.split(/\s+/).filter(Boolean).length : this.editor.words();
    this.count.textContent = count === 1 ? _("1 word") : _("{count} words", { count: number(count) });
  }

  askLink() {
    const link = this.editor.link();
    const dialog = by("linking");
    by("link-words").textContent = link.words || _("The address itself");
    by("link-href").value = link.href;
    dialog.returnValue = "";
    dialog.showModal();
    by("link-href").select();
    dialog.addEventListener("close", () => {
      const href = by("link-href").value.trim();
      if (dialog.returnValue === "link") this.editor.setLink({ ...link, href: whole(href) });
      else if (dialog.returnValue === "unlink") this.editor.setLink({ ...link, href: "" });
      else this.editor.focus();
    }, { once: true });
  }
}

// "example.org/page" is meant as an address, "anna@example.org" as one to write to.
function whole(href) {
  if (!href || /^(https?:\/\/|mailto:)/i.test(href)) return href;
  return /^[^\s/@]+@[^\s/@]+$/.test(href) ? `mailto:${href}` : `https://${href.replace(/^\/+/, "")}`;
}

let known = [];

export function mountProse(onHere) {
  known = [...document.querySelectorAll("[data-prose]:not(.rich, [data-locked])")].map((box) => new Prose(box, onHere));
}

export function refreshProse() {
  for (const one of known) one.refresh();
}

// Leads to some words in a text; says whether they stand there.
export const goToProse = (words) => known.some((one) => !one.isSource && one.editor.goTo(words));
