// The four steps of the bar, as far as the edition has come.

import { element } from "./dom.js";
import { _ } from "./words.js";

const SAID = { done: _("done"), amber: _("to correct") };

export async function showSteps() {
  const answer = await fetch("steps");
  if (!answer.ok) return;
  for (const { name, label, state } of await answer.json()) {
    const link = document.querySelector(`[data-step="${name}"]`);
    link.dataset.state = state;
    link.querySelector(".ring + span").textContent = label;
    link.querySelector(".away")?.remove();
    if (SAID[state]) link.append(element("span", `, ${SAID[state]}`, { class: "away" }));
  }
}
