// A picture: dropped, pasted or chosen, cut to the shape of the mail, kept at once; then asked about.

import { by, element } from "./dom.js";
import { _ } from "./words.js";

const SHAPE = 16 / 9;
const WIDEST = 1280;
const boxOf = (target) => target.closest?.("[data-picture]:not([data-locked])");
const imageOf = (box, key) => box.querySelector(`[data-image="${key}"]`);
const fieldOf = (box, key) => by("form").elements[`${box.dataset.picture}.image.${key}`];

function tell(box, words, { hint = "", setup = "", tone = "warn" } = {}) {
  const more = setup ? [element("details", "", {}, element("summary", _("For whoever set this up")), element("p", setup))] : [];
  const said = element("div", "", {}, element("b", words), ` ${hint}`, ...more);
  box.querySelector("[data-tells]").replaceChildren(...(words ? [element("div", "", { class: "hint", "data-tone": tone }, said)] : []));
}

async function take(box, file) {
  tell(box, "");
  const most = Number(box.querySelector("input[type=file]").dataset.most);
  if (!/^image\//.test(file.type)) return tell(box, _("This is no picture."), { hint: _("JPEG, PNG, GIF and WebP are taken.") });
  if (file.size > most) return tell(box, _("This file is larger than 10 MB."), { hint: _("Make it smaller, and try again.") });
  let source;
  try {
    source = await createImageBitmap(file);
  } catch {
    return tell(box, _("This picture cannot be read."), { hint: _("Save it as JPEG or PNG, and try again.") });
  }
  const part = await asked(source, file);
  if (part) await keep(box, part, file.name || _("picture"));
}

async function keep(box, blob, name) {
  const body = new FormData();
  body.append("picture", blob, name);
  tell(box, _("Keeping it …"), { tone: "plain" });
  let answer;
  try {
    answer = await fetch("picture", { method: "POST", body, headers: { Accept: "application/json" } });
  } catch {
    return tell(box, _("No connection to the desk."), { hint: _("Try it again when it is back.") });
  }
  const told = await answer.json();
  if (!answer.ok) return tell(box, told.message, told);
  tell(box, "");
  for (const [key, value] of Object.entries(told.fields)) imageOf(box, key).value = value;
  const shown = box.querySelector(".shown");
  const image = shown.querySelector("img");
  image.src = told.shown;
  image.hidden = shown.hidden = false;
  box.querySelector(".elsewhere").hidden = box.querySelector("[data-drop]").hidden = true;
  by("form").dispatchEvent(new Event("input", { bubbles: true }));
  (["alt", "credit"].map((key) => fieldOf(box, key)).find((field) => !field.value) ?? fieldOf(box, "alt")).focus();
}

function remove(box) {
  for (const key of ["url", "width", "height"]) imageOf(box, key).value = "";
  for (const key of ["alt", "credit"]) fieldOf(box, key).value = "";
  box.querySelector(".shown").hidden = true;
  box.querySelector("[data-drop]").hidden = false;
  tell(box, "");
  by("form").dispatchEvent(new Event("input", { bubbles: true }));
  box.querySelector("[data-drop] [data-chooses]").focus();
}

// --- the part that is seen ------------------------------------------------------------------------

let frame; // x, y and width of the part, in pixels of the picture

function draw(source) {
  const shown = by("crop-image");
  const scale = shown.clientWidth / source.width;
  const style = by("crop-frame").style;
  style.left = `${shown.offsetLeft + frame.x * scale}px`;
  style.top = `${shown.offsetTop + frame.y * scale}px`;
  style.width = `${frame.width * scale}px`;
  style.height = `${frame.width / SHAPE * scale}px`;
}

function place(source, { x = frame.x, y = frame.y, width = frame.width }) {
  const most = Math.min(source.width, source.height * SHAPE);
  width = Math.max(Math.min(most, width), Math.min(most, 300));
  const limit = (value, room) => Math.max(0, Math.min(room, value));
  frame = { x: limit(x, source.width - width), y: limit(y, source.height - width / SHAPE), width };
  draw(source);
}

async function asked(source, file) {
  const dialog = by("cropping");
  const shown = by("crop-image");
  drawWhole(shown, source);
  dialog.returnValue = "";
  dialog.showModal();
  const width = Math.min(source.width, source.height * SHAPE);
  frame = { x: (source.width - width) / 2, y: (source.height - width / SHAPE) / 2, width };
  place(source, {});
  const stop = steer(source);
  by("crop-frame").focus();
  await new Promise((closed) => dialog.addEventListener("close", closed, { once: true }));
  stop();
  if (dialog.returnValue === "whole") return file;
  return dialog.returnValue === "crop" ? cut(source, frame, file.type) : null;
}

// Drawn, not shown: the page may load its own pictures alone, and this one is not sent yet.
function drawWhole(canvas, source) {
  const scale = Math.min(1, 1000 / source.width);
  canvas.width = Math.round(source.width * scale);
  canvas.height = Math.round(source.height * scale);
  canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
}

function canvasOf(source, { x, y, width, height }, wide, high) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(wide);
  canvas.height = Math.round(high);
  canvas.getContext("2d").drawImage(source, x, y, width, height, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function cut(source, { x, y, width }, type) {
  const wide = Math.min(WIDEST, width);
  const canvas = canvasOf(source, { x, y, width, height: width / SHAPE }, wide, wide / SHAPE);
  return new Promise((made) => canvas.toBlob(made, type === "image/png" ? type : "image/jpeg", 0.92));
}

function steer(source) {
  const box = by("crop-frame");
  const step = source.width / 50;
  const moves = {
    ArrowLeft: () => ({ x: frame.x - step }), ArrowRight: () => ({ x: frame.x + step }),
    ArrowUp: () => ({ y: frame.y - step }), ArrowDown: () => ({ y: frame.y + step }),
    "+": () => ({ width: frame.width + 2 * step, x: frame.x - step, y: frame.y - step / SHAPE }),
    "-": () => ({ width: frame.width - 2 * step, x: frame.x + step, y: frame.y + step / SHAPE }),
  };
  const ended = new AbortController();
  const on = (target, name, act) => target.addEventListener(name, act, { signal: ended.signal });
  on(box, "keydown", (event) => {
    if (event.key === "Enter") return by("cropping").close("crop");
    const move = moves[event.key === "=" ? "+" : event.key];
    if (!move) return undefined;
    event.preventDefault();
    return place(source, move());
  });
  on(box, "pointerdown", (event) => {
    box.setPointerCapture(event.pointerId);
    const [atX, atY, { x, y }] = [event.clientX, event.clientY, frame];
    const scale = source.width / by("crop-image").clientWidth;
    box.onpointermove = (move) => place(source, { x: x + (move.clientX - atX) * scale, y: y + (move.clientY - atY) * scale });
    box.onpointerup = box.onpointercancel = () => (box.onpointermove = null);
  });
  on(window, "resize", () => draw(source));
  return () => ended.abort();
}

// --- how a picture comes --------------------------------------------------------------------------

async function again(box) {
  const image = box.querySelector(".shown img");
  let blob;
  try {
    blob = await (await fetch(image.src)).blob();
  } catch {
    return tell(box, _("No connection to the desk."), { hint: _("Try it again when it is back.") });
  }
  return take(box, new File([blob], image.src.split("/").pop(), { type: blob.type }));
}

document.addEventListener("click", ({ target }) => {
  const box = boxOf(target);
  if (!box) return;
  if (target.closest("[data-chooses]")) box.querySelector("input[type=file]").click();
  if (target.closest("[data-removes]")) remove(box);
  if (target.closest("[data-does-crop]")) again(box);
});

document.addEventListener("change", ({ target }) => {
  const box = boxOf(target);
  if (!box || target.type !== "file" || !target.files.length) return;
  take(box, target.files[0]);
  target.value = "";
});

for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    event.preventDefault();
    const box = boxOf(event.target) ?? document.querySelector("[data-picture]:not([data-locked])");
    for (const one of document.querySelectorAll("[data-drop]")) one.classList.toggle("over", name === "dragover" && box?.contains(one));
    if (name === "drop" && box && event.dataTransfer.files.length) take(box, event.dataTransfer.files[0]);
  });
}

document.addEventListener("paste", (event) => {
  const file = [...(event.clipboardData?.files ?? [])].find((one) => /^image\//.test(one.type));
  const box = boxOf(event.target) ?? event.target.closest?.(".story")?.querySelector("[data-picture]") ?? document.querySelector("[data-picture]:not([data-locked])");
  if (!file || !box || event.clipboardData.types.includes("text/html")) return;
  event.preventDefault();
  take(box, file);
}, true);
