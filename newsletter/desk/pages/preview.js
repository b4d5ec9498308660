// The desk's page: asks for the state, draws it, and draws it again when the server says so.
// What is chosen stands in the address, so that it can be bookmarked or handed on.

const CHOICES = {
  view: ["html", "text", "source", "inbox"],
  width: ["both", "680", "375"],
  scheme: ["light", "dark", "forced"],
  lens: ["whole", "images", "styles", "outlook"],
};
const KEYS = { 1: ["view", "html"], 2: ["view", "text"], 3: ["view", "source"], 4: ["view", "inbox"] };
const GAP = 24; // between the two devices, as in the style sheet

const by = (id) => document.getElementById(id);
const devices = [...document.querySelectorAll(".device")];
const chosen = readChoices();
let version = 0; // of the render on the desk

// --- choices -------------------------------------------------------------------------------------

function readChoices() {
  const asked = new URLSearchParams(location.search);
  const pick = ([name, values]) => [name, values.includes(asked.get(name)) ? asked.get(name) : values[0]];
  return Object.fromEntries(Object.entries(CHOICES).map(pick));
}

function choose(name, value) {
  chosen[name] = value;
  history.replaceState(null, "", "?" + new URLSearchParams(chosen));
  if (name === "lens") load();
  arrange();
}

function next(name) {
  const values = CHOICES[name];
  choose(name, values[(values.indexOf(chosen[name]) + 1) % values.length]);
}

function arrange() {
  for (const group of document.querySelectorAll("[data-choice]")) {
    const name = group.dataset.choice;
    for (const button of group.children) {
      button.setAttribute("aria-pressed", button.value === chosen[name]);
      button.disabled = name !== "view" && chosen.view !== "html";
    }
  }
  for (const panel of document.querySelectorAll("[data-panel]")) {
    panel.hidden = panel.dataset.panel !== chosen.view;
  }
  for (const device of devices) {
    const wanted = chosen.width === "both" && chosen.lens === "outlook" ? "680" : chosen.width;
    device.hidden = ![device.dataset.width, "both"].includes(wanted); // classic Outlook has no phone
  }
  document.body.classList.toggle("dark-mail", chosen.scheme === "dark");
  document.body.classList.toggle("forced-mail", chosen.scheme === "forced");
  for (const device of devices) recolour(device.querySelector("iframe"));
  fit();
}

// --- frames --------------------------------------------------------------------------------------

// The mail is laid out at its true width and drawn smaller where the window is too narrow.
function fit() {
  const visible = devices.filter((device) => !device.hidden);
  const stage = by("stage");
  const padding = parseFloat(getComputedStyle(stage).paddingLeft) * 2;
  const stacked = getComputedStyle(visible[0].parentElement).flexDirection === "column";
  const widths = visible.map((device) => Number(device.dataset.width) + 2);
  const wanted = stacked ? Math.max(...widths) : widths.reduce((a, b) => a + b) + GAP * (widths.length - 1);
  const scale = Math.min(1, (stage.clientWidth - padding) / wanted);
  for (const device of visible) draw(device, scale);
}

function draw(device, scale) {
  const frame = device.querySelector("iframe");
  const width = Number(device.dataset.width);
  const mail = frame.contentDocument;
  if (mail?.body?.childElementCount) {
    frame.style.height = "0"; // else a mail that became shorter would keep its height
    frame.style.height = `${mail.documentElement.scrollHeight}px`;
  }
  frame.style.transform = scale < 1 ? `scale(${scale})` : "";
  const box = frame.parentElement.style;
  box.width = `${width * scale + 2}px`;
  box.height = `${frame.offsetHeight * scale + 2}px`;
  const percent = Math.round(scale * 100);
  const shown = percent < 100 ? `, shown at ${percent} %` : "";
  device.querySelector("figcaption span").textContent = `${width} px${shown}`;
}

// Forced dark turns every colour round; pictures are turned back, as such clients leave them alone.
function recolour(frame) {
  for (const image of frame.contentDocument?.images ?? []) {
    image.style.filter = chosen.scheme === "forced" ? "invert(1) hue-rotate(180deg)" : "";
  }
}

function load() {
  for (const device of devices) {
    const frame = device.querySelector("iframe");
    frame.onload = () => {
      for (const link of frame.contentDocument.links) link.target = "_blank";
      recolour(frame);
      fit();
    };
    frame.src = `/mail?version=${version}&lens=${chosen.lens}`;
  }
}

// --- the state -----------------------------------------------------------------------------------

function element(name, text = "", attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;
const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

function show(state) {
  showProblem(state);
  if (!state.preview) return;
  const preview = state.preview;
  document.title = `${preview.date} · ${preview.publication}`;
  by("publication").textContent = preview.publication;
  by("date").textContent = preview.long_date;
  by("text").textContent = preview.text;
  by("source").replaceChildren(...preview.html.split("\n").map((line) => element("li", line || " ")));
  by("inboxes").replaceChildren(...preview.inboxes.map((inbox) => inboxRow(inbox, preview)));
  showSize(preview);
  showFindings(preview);
  showFacts(preview);
  const scrolled = window.scrollY;
  version = state.version;
  load();
  window.scrollTo({ top: scrolled });
}

function showProblem({ problem, preview }) {
  by("problem").hidden = !problem;
  by("problem-message").textContent = problem?.message ?? "";
  by("problem-hint").textContent = problem?.hint ?? "";
  by("problem-below").hidden = !preview;
  by("desk").hidden = !preview;
  document.body.classList.toggle("stale", Boolean(problem));
  status(problem ? "problem" : "live", problem ? "Problem" : "Live");
}

function showSize(preview) {
  const share = preview.html_bytes / preview.html_limit;
  by("size").textContent = kilobytes(preview.html_bytes);
  by("size-limit").textContent = `of ${Math.floor(preview.html_limit / 1000)} KB`;
  const bar = by("size-bar");
  bar.dataset.level = share >= 1 ? "over" : share > 0.8 ? "high" : "fine";
  bar.setAttribute("aria-valuemax", preview.html_limit);
  bar.setAttribute("aria-valuenow", preview.html_bytes);
  bar.firstElementChild.style.width = `${Math.min(1, share) * 100}%`;
}

function showFindings(preview) {
  const words = { error: "error", warning: "warning", info: "note" };
  const counts = Object.entries(preview.counts).filter(([, count]) => count);
  by("counts").replaceChildren(
    ...counts.map(([level, count]) => element("li", plural(count, words[level]), { "data-severity": level })),
  );
  if (!counts.length) by("counts").append(element("li", "All checks passed", { class: "none" }));
  by("findings").replaceChildren(...preview.findings.map(finding));
}

function finding({ code, severity, message, hint }) {
  const item = element("li", "", { "data-severity": severity });
  item.append(element("code", code), element("p", message));
  if (hint) item.append(element("p", hint, { class: "hint" }));
  return item;
}

function showFacts(preview) {
  const facts = [
    ["Subject", preview.subject],
    ["Preheader", preview.preheader],
    ["Text part", kilobytes(preview.text_bytes)],
    ["Digest", preview.digest.slice(0, 12)],
  ];
  by("facts").replaceChildren(
    ...facts.map(([term, value]) => {
      const pair = element("div");
      pair.append(element("dt", term), element("dd", value));
      return pair;
    }),
  );
}

function inboxRow(inbox, preview) {
  const made = element("section", "", { class: inbox.subject_limit < 50 ? "inbox phone" : "inbox" });
  const row = element("div", "", { class: "row" });
  const line = element("span", "", { class: "line" });
  line.append(
    element("span", inbox.subject, { class: "subject" }),
    element("span", " – ", { class: "preheader dash" }),
    element("span", inbox.preheader, { class: "preheader" }),
  );
  row.append(element("span", preview.sender, { class: "sender" }), line);
  const lengths = [
    length("Subject", preview.subject, inbox.subject_limit),
    length("preheader", preview.preheader, inbox.preheader_limit),
  ].join("; ");
  made.append(element("h2", inbox.name), row, element("p", lengths, { class: "small" }));
  return made;
}

function length(name, text, limit) {
  const verdict = text.length > limit ? `cut at ${limit}` : "shown in full";
  return `${name} ${plural(text.length, "character")}, ${verdict}`;
}

function status(state, word) {
  by("status").dataset.state = state;
  by("status").textContent = word;
}

async function refresh() {
  const answer = await fetch("/state");
  show(await answer.json());
}

// --- wiring --------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const group = event.target.closest("[data-choice]");
  if (group && event.target.value) choose(group.dataset.choice, event.target.value);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (KEYS[event.key]) choose(...KEYS[event.key]);
  if (event.key === "w") next("width");
  if (event.key === "d") next("scheme");
  if (event.key === "l") next("lens");
});

new ResizeObserver(([bar]) => {
  document.documentElement.style.setProperty("--bar", `${bar.target.offsetHeight}px`);
}).observe(document.querySelector(".bar"));
addEventListener("resize", fit);

const events = new EventSource("/events");
events.onmessage = refresh;
events.onerror = () => status("gone", "Not connected");

arrange();
