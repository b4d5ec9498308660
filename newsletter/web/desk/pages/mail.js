// The mail beside its words: it follows what is typed, shows the part that is edited, and a press in
// it leads back to the field.

import { element, morph } from "./dom.js";
import { _ } from "./words.js";

const flat = (text) => text.replace(/[\s\u00a0]+/g, " ").trim();
const shows = (one) => one.checkVisibility?.() ?? true;

export class Mail {
  #place;
  #frame;
  #width = 375;
  #here = null; // the words that are edited, or a picture's address
  #html = "";

  constructor(place, { onPick }) {
    this.#place = place;
    this.#frame = element("iframe", "", {
      title: _("The mail as it will be"), src: "draft", tabindex: "-1",
      sandbox: "allow-same-origin allow-popups allow-popups-to-escape-sandbox",
    });
    this.#frame.addEventListener("load", () => {
      this.#document.addEventListener("click", (event) => {
        event.preventDefault();
        onPick(picked(event.target));
      });
      if (this.#html) this.show(this.#html);
    });
    place.append(this.#frame);
    new ResizeObserver(() => this.fit()).observe(place);
  }

  get #document() { return this.#frame.contentDocument; }

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

  show(html) {
    this.#html = html;
    if (this.#document?.readyState !== "complete") return;
    this.#place.querySelector("[data-skeleton]")?.remove();
    // The frame's own parser: what it reads is under the frame's policy, which lets a mail have styles.
    const fresh = new this.#frame.contentWindow.DOMParser().parseFromString(html, "text/html");
    morph(this.#document.documentElement, fresh.documentElement);
    this.#mark();
  }

  // Outlines the part with some words, and brings it into sight.
  goTo(here) {
    this.#here = here;
    const target = this.#mark();
    if (!target) return;
    const box = target.getBoundingClientRect();
    const view = this.#frame.contentWindow;
    if (box.top > 40 && box.bottom < view.innerHeight - 40) return;
    view.scrollTo({ top: view.scrollY + box.top - view.innerHeight / 4, behavior: "instant" });
  }

  #mark() {
    const page = this.#document;
    for (const before of page.querySelectorAll("[data-here]")) {
      before.removeAttribute("data-here");
      before.style.outline = "";
    }
    const target = this.#here && found(page, this.#here);
    if (!target) return null;
    target.setAttribute("data-here", "");
    target.style.outline = "3px solid #1a5aa8";
    target.style.outlineOffset = "4px";
    return target;
  }
}

function found(page, { words = "", picture = "" }) {
  if (picture) return [...page.images].find((one) => one.getAttribute("src").endsWith(picture));
  const wanted = flat(words).slice(0, 80);
  if (wanted.length < 2) return null;
  const holding = [...page.body.querySelectorAll("*")].filter((one) => flat(one.textContent).includes(wanted) && shows(one));
  return holding.find((one) => ![...one.children].some((child) => flat(child.textContent).includes(wanted)));
}

// What was pressed: a picture's address, or the words of the smallest block.
function picked(target) {
  if (target.tagName === "IMG") return { picture: target.getAttribute("src") };
  const block = target.closest("p, h1, h2, h3, h4, li, blockquote, td, a") ?? target;
  return { words: flat(block.textContent) };
}
