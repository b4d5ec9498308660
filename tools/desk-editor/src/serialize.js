// A document becomes Markdown again: what was not touched word for word, what was in plain CommonMark.

import { origins } from "./parse.js";
import { schema } from "./schema.js";

const { nodes, marks } = schema;

export function serialize(doc, markup = "markdown") {
  const isPlain = markup === "text" && plain(doc);
  const kind = isPlain ? "text" : "markdown";
  let out = "";
  let before = null;
  doc.forEach((node) => {
    const origin = origins.get(node);
    const isKept = origin?.markup === kind;
    const own = isKept && !meets(before, node) ? origin.source : isPlain ? node.textContent.trim() : written(node, before);
    if (!own) return;
    const isBeside = isKept && origin.before === before && (before === null || origins.get(before)?.markup === kind);
    out += (isBeside ? origin.gap : before ? "\n\n" : "") + own;
    before = node;
  });
  return { text: out, markup: kind };
}

// What Markdown does not need: paragraphs of words alone, none of which could be taken for a sign of it.
function plain(doc) {
  let is = true;
  doc.forEach((node) => {
    is &&= node.type === nodes.paragraph;
    node.forEach((one) => (is &&= one.isText && !one.marks.length));
  });
  return is;
}

const isList = (node) => node?.type === nodes.bullet_list || node?.type === nodes.ordered_list;
// Two lists of a kind that were not neighbours before would become one.
const meets = (before, node) => isList(node) && before?.type === node.type && origins.get(node)?.before !== before;

function written(node, before) {
  if (node.type === nodes.raw) return node.attrs.source;
  return block(node, isList(node) && before?.type === node.type);
}

function block(node, isSecond = false) {
  switch (node.type) {
    case nodes.heading: return node.childCount ? `${"#".repeat(node.attrs.level)} ${line(inline(node))}` : "";
    case nodes.paragraph: return inline(node);
    case nodes.blockquote: return indented(children(node), "> ", "> ", ">");
    case nodes.bullet_list: return list(node, () => (isSecond ? "* " : "- "));
    case nodes.ordered_list: return list(node, (at) => `${node.attrs.order + at}${isSecond ? ")" : "."} `);
    default: return node.attrs.source ?? "";
  }
}

// A heading ends with its line, and closing signs of it are no words.
const line = (text) => text.replace(/\\\n/g, " ").replace(/(\s)(#+)$/, "$1\\$2");

function children(node) {
  const made = [];
  let before = null;
  node.forEach((one) => {
    const text = block(one, isList(one) && before?.type === one.type);
    if (text) made.push(text);
    before = one;
  });
  return made.join("\n\n");
}

function indented(text, first, rest = " ".repeat(first.length), blank = "") {
  return text.split("\n").map((one, at) => (at === 0 ? first + one : one ? rest + one : blank)).join("\n").trimEnd();
}

function list(node, marker) {
  const items = [];
  let isTight = node.attrs.tight;
  node.forEach((item) => {
    let paragraphs = 0;
    item.forEach((one) => (paragraphs += one.type === nodes.paragraph ? 1 : 0));
    isTight &&= paragraphs < 2 && isTightInside(item);
  });
  node.forEach((item, _, at) => {
    const inside = [];
    let before = null;
    item.forEach((one) => {
      inside.push(block(one, isList(one) && before?.type === one.type));
      before = one;
    });
    items.push(indented(inside.join(isTight ? "\n" : "\n\n"), marker(at)));
  });
  return items.join(isTight ? "\n" : "\n\n");
}

// A list inside that is loose makes those around it loose, and one that does not begin at 1 cannot
// follow a paragraph without a blank line.
function isTightInside(item) {
  let is = true;
  item.forEach((one, _, at) => {
    if (!isList(one)) return;
    is &&= one.attrs.tight && !(at && one.type === nodes.ordered_list && one.attrs.order !== 1);
    is &&= !(item.child(at - 1)?.type === one.type);
    one.forEach((inner) => (is &&= isTightInside(inner) && paragraphs(inner) < 2 && Boolean(inner.firstChild.childCount)));
  });
  return is;
}

function paragraphs(item) {
  let count = 0;
  item.forEach((one) => (count += one.type === nodes.paragraph ? 1 : 0));
  return count;
}

// --- words --------------------------------------------------------------------------------------

const ORDER = ["link", "strong", "em"];
const wordy = /[\p{L}\p{N}]/u;
const isPunctuation = (sign = "") => sign !== "" && !wordy.test(sign) && !/\s/.test(sign);

// Pieces of text with their marks; white space at the edge of a mark stands outside of it, and
// emphasis never begins or ends with it.
function pieces(node) {
  const found = [];
  node.forEach((one) => {
    if (one.type === nodes.hard_break) return found.push({ text: "\\\n", is: new Map(), isBreak: true });
    const is = new Map(one.marks.filter((mark) => ORDER.includes(mark.type.name)).map((mark) => [mark.type.name, mark]));
    const isCode = marks.code.isInSet(one.marks);
    if (isCode) return found.push({ text: code(one.text), is, isCode: true });
    for (const text of one.text.replace(/\s*\n\s*/g, " ").split(/(\s+)/)) if (text) found.push({ text, is: new Map(is), isSpace: /^\s+$/.test(text) });
  });
  while (found.length && (found[0].isBreak || found[0].isSpace)) found.shift();
  while (found.length && (found.at(-1).isBreak || found.at(-1).isSpace)) found.pop();
  for (const at of found.keys()) settle(found, at);
  return found.filter((one, at) => !(one.isSpace && (found[at + 1]?.isBreak || found[at - 1]?.isBreak)));
}

// A space keeps only the marks that both its neighbours have, and a break none.
function settle(found, at) {
  const one = found[at];
  if (!one.isSpace) return;
  const sides = [found.slice(0, at).findLast((side) => !side.isSpace), found.slice(at + 1).find((side) => !side.isSpace)];
  for (const [name, mark] of one.is) {
    if (sides.some((side) => !side || side.isBreak || !side.is.get(name)?.eq(mark))) one.is.delete(name);
  }
}

function inline(node) {
  const found = pieces(node);
  const hasBreak = found.some((one) => one.isBreak);
  let out = "";
  let isStart = true;
  const open = []; // name, mark and delimiter, outermost first
  found.forEach((one, at) => {
    let text = one.isBreak || one.isCode ? one.text : escaped(one.text, { isStart, hasBreak });
    const keep = kept(open, one.is);
    while (open.length > keep) {
      const [name, mark, delimiter] = open.pop();
      // Behind a sign and before a letter nothing ends: the letter is written as a number.
      if (delimiter && !one.isCode && isPunctuation(out.at(-1)) && wordy.test(text[0])) text = encodedFirst(text);
      out += delimiter || `](${target(mark)})`;
    }
    // White space opens nothing: the word behind it does.
    const fresh = one.isSpace ? [] : ORDER.filter((name) => one.is.has(name) && !open.some(([known]) => known === name));
    fresh.sort((a, b) => reach(found, at, b) - reach(found, at, a) || ORDER.indexOf(a) - ORDER.indexOf(b));
    for (const name of fresh) {
      const delimiter = name === "link" ? "" : name === "strong" ? "**" : slant(found, at, out);
      if (delimiter && wordy.test(out.at(-1) ?? "") && (isPunctuation(text[0]) || fresh.length > 1)) out = encodedLast(out);
      out += delimiter || "[";
      open.push([name, one.is.get(name), delimiter]);
    }
    out += text;
    isStart = Boolean(one.isBreak);
  });
  while (open.length) {
    const [, mark, delimiter] = open.pop();
    out += delimiter || `](${target(mark)})`;
  }
  return out;
}

function kept(open, is) {
  const at = open.findIndex(([name, mark]) => !is.get(name)?.eq(mark));
  return at < 0 ? open.length : at;
}

// How many pieces a mark goes on for: what lasts longest is opened first.
function reach(found, at, name) {
  if (name === "link") return Infinity;
  const mark = found[at].is.get(name);
  let to = at;
  while (to < found.length && found[to].is.get(name)?.eq(mark)) to += 1;
  return to;
}

// Inside of a word only the star slants; elsewhere the line keeps it apart from what is strong.
function slant(found, at, out) {
  const after = found[reach(found, at, "em")]?.text?.[0] ?? "";
  return wordy.test(out.at(-1) ?? "") || wordy.test(after) || after === "_" || out.endsWith("_") ? "*" : "_";
}

const entity = (sign) => `&#${sign.codePointAt(0)};`;
const encodedFirst = (text) => entity([...text][0]) + [...text].slice(1).join("");
const encodedLast = (text) => [...text].slice(0, -1).join("") + entity([...text].at(-1));

function target({ attrs: { href, title } }) {
  const address = /[\s()<>\\*_`[\]]/.test(href) || !href ? `<${href.replace(/[<>\\]/g, "\\$&").replace(/\s/g, encodeURIComponent)}>` : href.replace(/&(?=#?\w+;)/g, "&amp;");
  return title ? `${address} "${title.replace(/["\\]/g, "\\$&").replace(/\s+/g, " ")}"` : address;
}

function code(text) {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = /^`|`$|^ .* $/.test(text) ? " " : "";
  return fence + pad + text.replace(/\n/g, " ") + pad + fence;
}

function escaped(text, { isStart, hasBreak }) {
  let out = text
    .replace(/[\\`*[\]<~^]/g, "\\$&")
    .replace(/&(?=#?\w+;)/g, "\\&")
    .replace(/_/g, (sign, at) => (wordy.test(text[at - 1] ?? "") && wordy.test(text[at + 1] ?? "") ? sign : "\\_"))
    .replace(/!$/, "\\!");
  if (hasBreak) out = out.replace(/\|/g, "\\|");
  if (isStart) out = out.replace(/^(\d{1,9})([.)])/, "$1\\$2").replace(/^[#>+=|:-]/, "\\$&");
  return out;
}
