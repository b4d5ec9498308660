// Another fact, quote or word: a list to choose from, with a search; what is chosen is used at once.

import { element } from "./dom.js";
import { _ } from "./words.js";

const WAIT = 250; // milliseconds after the last key

class List {
  constructor(card, { form, onChosen }) {
    this.card = card;
    this.form = form;
    this.onChosen = onChosen;
    this.opener = card.querySelector("[data-choose]");
    this.part = this.opener.dataset.choose;
    this.box = card.querySelector("[data-choices]");
    this.old = this.current();
    this.turn = 0; // of what the list was asked: a late answer is none
    this.words = ""; // which the list was searched for
    this.told = element("p", "", { class: "small", role: "status" });
    this.search = element("input", "", { type: "search", "aria-label": _("Search by word, author or work"), placeholder: _("Search by word, author or work"), autocomplete: "off" });
    this.search.addEventListener("input", (event) => {
      event.stopPropagation(); // it is no word of the edition
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.load(), WAIT);
    });
    this.search.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
    this.list = element("div", "", { role: "radiogroup", "aria-label": _("To choose from"), class: "candidates" });
    this.back = element("button", _("Put the old one back"), { type: "button", class: "button slim", hidden: "" });
    this.back.addEventListener("click", () => this.putBack());
    const own = element("button", _("Write my own"), { type: "button", class: "button plain slim" });
    own.addEventListener("click", () => this.writeOwn());
    this.box.replaceChildren(this.search, this.told, this.list, element("p", "", { class: "buttons" }, this.back, own));
    this.opener.addEventListener("click", () => this.show(this.box.hidden));
  }

  names() {
    return [...this.form.elements].filter((one) => one.name.startsWith(`${this.part}.`)).map((one) => one.name);
  }

  current() {
    return Object.fromEntries(this.names().map((name) => [name, this.form.elements[name].value]));
  }

  show(is) {
    this.box.hidden = !is;
    this.opener.setAttribute("aria-expanded", is);
    this.opener.textContent = is ? _("Close") : _("Choose another");
    if (!is) return this.opener.focus();
    this.search.focus();
    return this.load();
  }

  async load({ tells = true } = {}) {
    const turn = (this.turn += 1);
    const words = this.search.value;
    if (!this.list.childElementCount) this.list.replaceChildren(...[1, 2, 3].map(() => element("div", "", { class: "shape" })));
    const asked = new URLSearchParams({ words });
    try {
      const answer = await fetch(`choices/${this.part}?${asked}`, { headers: { Accept: "application/json" } });
      const told = await answer.json();
      if (turn !== this.turn) return undefined;
      if (!answer.ok) return this.say(`${told.message} ${told.hint}`);
      if (tells) this.say(told.told);
      this.words = words;
      this.list.replaceChildren(...told.choices.map((one) => this.candidate(one)));
    } catch {
      this.say(_("No connection to the desk."));
    }
    return undefined;
  }

  say(words) { this.told.textContent = words; }

  candidate({ key, fields, origin, is_here: isHere }) {
    const named = (name) => fields[`${this.part}.${name}`] ?? "";
    const text = named("word") ? `${named("word")}: ${named("definition")}` : named("text");
    const credit = [named("author"), named("source"), origin, isHere ? _("in the mail now") : _("not in the last year")].filter(Boolean).join(" · ");
    const input = element("input", "", { type: "radio", name: `_${this.part}`, value: key });
    input.checked = isHere;
    input.addEventListener("change", () => this.use(key));
    return element("label", "", { class: "candidate" }, input,
      element("span", "", {}, element("b", this.part === "quote" ? `“${text}”` : text, { dir: "auto" }), element("small", credit, { dir: "auto" })));
  }

  async use(key) {
    const body = new FormData(this.form);
    body.set("_choice", key);
    clearTimeout(this.timer);
    this.turn += 1; // what the list is asked for just now would say what was there before
    this.say(_("Saving …"));
    try {
      const answer = await fetch(`choices/${this.part}`, { method: "POST", body, headers: { Accept: "application/json" } });
      const told = await answer.json();
      if (!answer.ok) return this.say(`${told.message} ${told.hint}`);
      this.fill(told.fields);
      this.say(_("In the mail now"));
      this.back.hidden = false;
      if (this.search.value !== this.words) this.load({ tells: false });
      return this.onChosen(told.seen);
    } catch {
      return this.say(_("No connection to the desk."));
    }
  }

  fill(fields) {
    for (const name of this.names()) this.form.elements[name].value = fields[name] ?? "";
    this.retell();
  }

  retell() {
    const value = (name) => this.form.elements[`${this.part}.${name}`]?.value ?? "";
    this.card.querySelector("[data-said]").textContent = value("word") ? `${value("word")}: ${value("definition")}` : value("text");
    this.card.querySelector("[data-credited]").textContent = ["author", "source", "pos", "pronunciation"].map(value).filter(Boolean).join(", ");
  }

  putBack() {
    this.fill(this.old);
    this.back.hidden = true;
    for (const one of this.list.querySelectorAll(":checked")) one.checked = false;
    this.say(_("The old one is back."));
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  writeOwn() {
    this.show(false);
    const own = this.card.querySelector("details.own");
    own.open = true;
    own.querySelector("input, textarea").focus();
  }
}

export function mountChoices(form, onChosen) {
  for (const card of form.querySelectorAll(".feature:has([data-choose])")) {
    const list = new List(card, { form, onChosen });
    card.addEventListener("input", ({ target }) => target.name?.startsWith(`${list.part}.`) && list.retell());
  }
}
