// The mail beside its words: it follows what is typed, shows the part that is edited, and a press in
// it leads back to the field.

import { element } from "./dom.js";
import { Sheet } from "./sheet.js";
import { _ } from "./words.js";

const flat = (text) => text.replace(/[\s\u00a0]+/g, " ").trim();
const shows = (one) => one.checkVisibility?.() ?? true;

export class Mail {
  #place;
  #frame;
  #sheet;
  #width = 375;
  #here = null; // the words that are edited, or a picture's address
  #asked = null; // what these were when the mail that is shown was asked for
  #isSought = false; // what is edited has yet to be brought into sight

  constructor(place, { onPick, onSeen }) {
    this.#place = place;
    this.#frame = element("iframe", "", {
      title: _("The mail as it will be"), tabindex: "-1",
      sandbox: "allow-same-origin allow-popups allow-popups-to-escape-sandbox",
    });
    this.#sheet = new Sheet(this.#frame, {
      onReady: (page) => page.addEventListener("click", (event) => {
        event.preventDefault();
        onPick(picked(event.target));
      }),
      onShown: () => this.#lead(),
    });
    place.append(this.#frame);
    new ResizeObserver(() => {
      this.fit();
      onSeen();
    }).observe(place);
  }

  get isSeen() { return this.#place.clientWidth > 0; }

  set width(width) {
    this.#width = width;
    this.fit();
  }

  // Laid out at its true width, drawn smaller where there is less room.
  fit() {
    const scale = Math.min(1, this.#place.clientWidth / this.#width);
    const style = this.#frame.style;
    style.width = `${this.#width}px`;
    style.height = `${this.#place.clientHeight / scale}px`;
    style.transform = scale < 1 ? `scale(${scale})` : "";
    style.marginInlineStart = scale === 1 ? `${(this.#place.clientWidth - this.#width) / 2}px` : "";
  }

  get here() { return this.#here; }

  // `here` is what was edited when the mail was asked for: it may be other words by now.
  show(html, here = null) {
    this.#asked = here;
    this.#place.querySelector("[data-skeleton]")?.remove();
    this.#sheet.show(html);
  }

  // Outlines the part with some words, and brings it into sight; words that were typed a moment ago
  // come with the next drawing, and until then the outline stays where it is.
  goTo(here) {
    this.#here = here;
    this.#isSought = true;
    this.#lead();
  }

  #lead() {
    const page = this.#sheet.document;
    const target = found(page, this.#here) ?? found(page, this.#asked);
    if (!target) return;
    this.#mark(target);
    if (!this.#isSought) return;
    this.#isSought = false;
    const box = target.getBoundingClientRect();
    const view = this.#frame.contentWindow;
    const isWhole = box.top > 40 && box.bottom < view.innerHeight - 40;
    const isAround = box.top < view.innerHeight / 2 && box.bottom > view.innerHeight / 2;
    if (isWhole || isAround) return;
    view.scrollTo({ top: view.scrollY + box.top - view.innerHeight / 4, behavior: "instant" });
  }

  #mark(target) {
    for (const before of this.#sheet.document.querySelectorAll("[data-here]")) {
      before.removeAttribute("data-here");
      before.style.outline = "";
    }
    target.setAttribute("data-here", "");
    target.style.outline = "3px solid #1a5aa8";
    target.style.outlineOffset = "4px";
  }
}

function found(page, here) {
  const { words = "", picture = "" } = here ?? {};
  if (picture) return [...page.images].find((one) => one.getAttribute("src").endsWith(picture));
  const wanted = flat(words).slice(0, 80);
  if (wanted.length < 2) return null;
  return flat(page.body.textContent).includes(wanted) ? smallest(page.body, wanted) : null;
}

// The first of the smallest elements in which some words stand and are seen.
function smallest(one, words) {
  const holding = [...one.children].filter((child) => flat(child.textContent).includes(words));
  if (!holding.length) return shows(one) ? one : null;
  for (const child of holding) {
    const inner = smallest(child, words);
    if (inner) return inner;
  }
  return null;
}

// What was pressed: a picture's address, or the words of the smallest block.
function picked(target) {
  if (target.tagName === "IMG") return { picture: target.getAttribute("src") };
  const block = target.closest("p, h1, h2, h3, h4, li, blockquote, td, a") ?? target;
  return { words: flat(block.textContent) };
}
