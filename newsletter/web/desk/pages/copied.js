// What a browser copied of a page, made small: what tells its lines apart, and nothing that is loaded.

const MOST = 480_000; // signs; a longer one stays away, and the text counts
const SILENT = "script, style, template, noscript, svg, math, iframe, object, audio, video, canvas, "
  + "select, textarea, button, title, meta, link, base";
const KEPT = new Set(["href", "src", "alt", "class", "id", "role", "lang", "rel", "itemprop", "datetime", "hidden",
  "start", "value", "colspan", "rowspan", "width", "height"]);

// Nothing of a parsed document is loaded or run; the desk's policy forbids styles even there.
export function markupOf(html) {
  if (!html) return "";
  const plain = html.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/i, " data-style="));
  const page = new DOMParser().parseFromString(plain, "text/html");
  for (const one of page.querySelectorAll(SILENT)) one.remove();
  for (const one of page.body.querySelectorAll("*")) strip(one);
  const small = page.body.innerHTML.replace(/<!--[^]*?-->/g, "").replace(/\s+/g, " ");
  return small.length > MOST ? "" : small;
}

function strip(one) {
  const style = one.getAttribute("data-style") ?? "";
  if (/(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)/i.test(style)) one.setAttribute("hidden", "");
  for (const { name, value } of [...one.attributes]) {
    if (!KEPT.has(name) || /^\s*(?:data|javascript|blob):/i.test(value)) one.removeAttribute(name);
  }
}

// The markup of a paste that is all there is in a field now; nothing where it was put among other words.
export function markupFor(field, text, html) {
  const words = (one) => one.replace(/\s+/g, "");
  return words(field) === words(text) ? markupOf(html) : "";
}
