// A frame on which a mail is drawn again and again: what is alike stays, so that it never goes blank,
// no picture loads twice, and the place in it is kept.

import { morph } from "./dom.js";

export class Sheet {
  #frame;
  #onShown;
  #isReady = false;
  #html = "";

  // `onReady` is called once, with the empty sheet; `onShown` after each drawing, before it is painted.
  constructor(frame, { onReady = () => {}, onShown = () => {} }) {
    this.#frame = frame;
    this.#onShown = onShown;
    frame.addEventListener("load", () => {
      if (!this.document) return; // the desk is gone, and the browser's own page stands there
      this.#isReady = true;
      onReady(this.document);
      if (this.#html) this.show(this.#html);
    });
    frame.src = "draft";
  }

  get document() { return this.#frame.contentDocument; }

  show(html) {
    this.#html = html;
    if (!this.#isReady || !this.document) return;
    // The frame's own parser: what it reads is under the frame's policy, which lets a mail have styles.
    const fresh = new this.#frame.contentWindow.DOMParser().parseFromString(html, "text/html");
    morph(this.document.documentElement, fresh.documentElement);
    this.#onShown(this.document);
  }
}
