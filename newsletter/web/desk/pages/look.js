// The viewing page: asks for the state, draws it, and draws it again when the desk says so.

import { chosen, nextView, press } from "./choices.js";
import { showDecision } from "./decide.js";
import { by, element } from "./dom.js";
import { nextFinding, showFacts, showFindings, showMeters } from "./findings.js";
import { arrange, fit, show as showMail } from "./frames.js";
import { showInboxes } from "./inbox.js";
import { onKey } from "./keys.js";
import { showSteps } from "./steps.js";
import { ask, follow, lost } from "./stream.js";
import { _ } from "./words.js";

let texts = {}; // of the views that show lines
let asked = 0; // a late answer is none
let drawings = 0; // nor is a late mail

// The mail itself comes first.
async function draw() {
  const turn = (drawings += 1);
  const { ok, text } = await ask(`mail?${new URLSearchParams({ lens: chosen.lens, reader: chosen.reader })}`);
  if (turn !== drawings || !ok) return;
  arrived();
  showMail(text);
  dispatchEvent(new Event("drawn"));
}

async function refresh() {
  const turn = (asked += 1);
  const state = JSON.parse((await ask(`state?reader=${chosen.reader}`)).text);
  if (turn !== asked) return;
  arrived();
  showProblem(state);
  fit(); // the stage may have been away
  if (state.preview) show(state.preview);
  showSteps();
}

function show(preview) {
  by("line-sender").textContent = preview.sender;
  by("line-subject").textContent = preview.subject;
  by("line-preview").textContent = preview.preheader;
  texts = { text: preview.text, source: preview.html };
  showLines();
  showInboxes(preview);
  showMeters(preview.meters);
  showFindings(preview.groups);
  showFacts(preview);
  showDecision(preview);
}

// The source has hundreds of lines: they are laid out when somebody looks at them.
function showLines() {
  const text = texts[chosen.view];
  if (text !== undefined) by(chosen.view).replaceChildren(...lines(text));
}

const lines = (text) => text.split("\n").map((line) => element("li", line || " "));

const TITLES = {
  fault: _("The mail cannot be made"),
  empty: _("Nothing for this day yet"),
  blank: _("A day without an edition"),
};

function showProblem({ problem, preview }) {
  const kind = problem?.kind ?? "fault";
  const isFault = Boolean(problem) && kind === "fault";
  by("problem").hidden = !problem;
  by("problem-place").textContent = problem?.place ?? "";
  by("problem-message").textContent = kind === "empty" ? _("There is no story yet.") : problem?.message ?? "";
  by("problem-hint").textContent = isFault ? problem.hint : "";
  by("problem").dataset.kind = kind;
  by("problem-title").textContent = TITLES[kind];
  by("problem-begin").hidden = isFault;
  by("problem-below").hidden = !preview;
  by("stage").hidden = by("rail").hidden = !preview;
  document.body.classList.toggle("stale", Boolean(problem));
  by("stage").inert = by("rail").inert = Boolean(problem); // nobody decides on what is no longer so
}

addEventListener("chosen", ({ detail }) => {
  if (detail === "view") showLines();
  if (detail === "lens" || detail === "reader") draw().catch(lost);
  if (detail === "reader") refresh().catch(lost);
  arrange();
});
addEventListener("resize", fit);
onKey("n", _("Next thing to correct"), nextFinding);
onKey("v", _("Next view of the mail"), nextView);

// Grey shapes where it takes longer than a moment.
const waiting = setTimeout(() => (by("skeleton").hidden = false), 200);

function arrived() {
  clearTimeout(waiting);
  by("skeleton").hidden = true;
}

press();
arrange();
follow(refresh, draw);
