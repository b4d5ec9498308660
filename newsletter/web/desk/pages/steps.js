// The four steps of the bar, as far as the edition has come.

import { element } from "./dom.js";
import { ask } from "./stream.js";
import { _ } from "./words.js";

const SAID = { done: _("done"), amber: _("to correct") };

export async function showSteps() {
  const answer = await ask("steps").catch(() => null); // that the desk is away is told elsewhere
  if (!answer?.ok) return;
  for (const { name, label, state } of JSON.parse(answer.text)) {
    const link = document.querySelector(`[data-step="${name}"]`);
    link.dataset.state = state;
    link.querySelector(".ring + span").textContent = label;
    link.querySelector(".away")?.remove();
    if (SAID[state]) link.append(element("span", `, ${SAID[state]}`, { class: "away" }));
  }
}
