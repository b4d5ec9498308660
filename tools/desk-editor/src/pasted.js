// What Word, Google Docs and the web put on the clipboard, without what only they need.

const REDIRECT = /^https?:\/\/(www\.)?google\.[a-z.]+\/url\?/;

export function cleaned(html) {
  const page = new DOMParser().parseFromString(html.replace(/<!--\[if[^]*?<!\[endif\]-->/g, ""), "text/html");
  for (const one of page.querySelectorAll("style, script, meta, link, title, xml, img, svg, button, form, nav, iframe, object, [hidden], [aria-hidden=true]")) one.remove();
  for (const one of page.querySelectorAll("*")) if (one.tagName.includes(":")) one.replaceWith(...one.childNodes); // o:p
  for (const one of page.querySelectorAll("[style*='mso-list'], .MsoListParagraph, [class^=MsoListParagraph]")) listed(one);
  for (const one of page.querySelectorAll("[style]")) styled(one);
  for (const one of page.querySelectorAll("div, section, article, main, td, th")) paragraphed(one);
  for (const one of page.querySelectorAll("a[href]")) one.setAttribute("href", unwrapped(one.getAttribute("href")));
  for (const one of page.querySelectorAll("p, h1, h2, h3, h4, h5, h6, li")) {
    if (!one.textContent.trim() && !one.querySelector("br")) one.remove();
  }
  return page.body.innerHTML;
}

// The desk's policy lets no style attribute count, so its words are read here: Google Docs says by
// them what is bold, and wraps everything it copies in a <b> of normal weight.
function styled(one) {
  const style = one.getAttribute("style").toLowerCase();
  one.removeAttribute("style");
  const weight = style.match(/(?:^|[\s;])font-weight:\s*([a-z0-9]+)/)?.[1] ?? "";
  if (/^(b|strong)$/i.test(one.tagName) && /^(normal|[1-5]00)$/.test(weight)) {
    one.replaceWith(...one.childNodes);
    return;
  }
  if (one.tagName !== "SPAN") return;
  if (/^(bold|bolder|[6-9]00)$/.test(weight)) wrap(one, "strong");
  if (/(?:^|[\s;])font-style:\s*italic/.test(style)) wrap(one, "em");
}

function wrap(one, name) {
  const made = one.ownerDocument.createElement(name);
  made.append(...one.childNodes);
  one.append(made);
}

// Word writes a list as paragraphs that begin with a sign it hides.
function listed(paragraph) {
  const sign = [...paragraph.querySelectorAll("span[style*='mso-list']")].map((one) => {
    const text = one.textContent.trim();
    one.remove();
    return text;
  }).join("");
  const kind = /^\(?[0-9a-z]{1,3}[.)]/i.test(sign) ? "ol" : "ul";
  const item = paragraph.ownerDocument.createElement("li");
  item.append(...paragraph.childNodes);
  const before = paragraph.previousElementSibling;
  if (before?.dataset.word === kind) {
    before.append(item);
    paragraph.remove();
    return;
  }
  const list = paragraph.ownerDocument.createElement(kind);
  list.dataset.word = kind;
  list.append(item);
  paragraph.replaceWith(list);
}

// A box of words alone is a paragraph.
function paragraphed(box) {
  if (box.querySelector("p, div, section, article, ul, ol, h1, h2, h3, h4, h5, h6, blockquote, table")) return;
  const made = box.ownerDocument.createElement("p");
  made.append(...box.childNodes);
  box.append(made);
}

function unwrapped(address) {
  if (!REDIRECT.test(address)) return address;
  const within = new URL(address).searchParams;
  return within.get("q") ?? within.get("url") ?? address;
}
