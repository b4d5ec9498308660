// Markdown becomes a document of which each untouched block still knows the very signs it came from.

import MarkdownIt from "markdown-it";
import { schema } from "./schema.js";

const reader = new MarkdownIt("commonmark", { html: false }).enable(["table"]);
reader.validateLink = () => true; // who shows them decides
reader.normalizeLink = (url) => url;
reader.normalizeLinkText = (url) => url;

const { nodes, marks } = schema;
const BLOCKS = new Set(["paragraph", "heading", "blockquote", "bullet_list", "ordered_list", "list_item"]);
// Raw HTML, sub- and superscript, struck words, footnotes: shown as they are written.
const FOREIGN = /(^|[^\\])(\\\\)*([~^]|<[a-z/!?](?![a-z0-9+.-]*:)|\[\^)/i;
const CODE = /\\[^]|(?<!`)(`+)(?!`)[^]*?[^`]\1(?!`)/g;

class Unknown extends Error {}

// Where a node of the top level came from; nodes are never changed in place, so one that is still
// the same is still untouched, after undo as well.
export const origins = new WeakMap();

export function parse(text, markup = "markdown") {
  const source = text.replace(/\r\n?/g, "\n");
  const parts = markup === "text" ? plainParts(source) : markdownParts(source);
  if (!parts.length) return nodes.doc.create(null, nodes.paragraph.create());
  let last = null;
  const made = parts.map(({ node, source: own, gap }) => {
    origins.set(node, { source: own, gap, before: last, markup });
    last = node;
    return node;
  });
  const doc = nodes.doc.create(null, made);
  origins.get(last).isLast = true;
  return doc;
}

// `gap` is what stands before a part: blank lines, which nobody sees and nobody changes.
function plainParts(text) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(/\S[^]*?(?=\n[ \t]*\n|\s*$)/g)) {
    const words = found[0].trim();
    if (!words) continue;
    const inline = words.split(/\s+/).join(" ");
    parts.push({ node: nodes.paragraph.create(null, schema.text(inline)), source: words, gap: text.slice(at, found.index) });
    at = found.index + words.length;
  }
  return parts;
}

function markdownParts(text) {
  const lines = text.split("\n");
  const parts = [];
  let at = 0; // the first line that is in no part yet
  let isBlank = "";
  const take = (from, to, make) => {
    while (to > from && !lines[to - 1].trim()) to -= 1;
    if (to <= from) return;
    const own = lines.slice(from, to).join("\n");
    parts.push({ node: make(own), source: own, gap: isBlank });
    isBlank = "\n";
    at = to;
  };
  const skip = (to) => {
    while (at < to && !lines[at].trim()) {
      isBlank += `${lines[at]}\n`;
      at += 1;
    }
  };
  const raw = (own) => nodes.raw.create({ source: own });
  for (const group of groups(reader.parse(text, {}))) {
    const [from, to] = group[0].map;
    skip(from);
    if (at < from) take(at, from, raw); // definitions of links: no token tells of them
    skip(from);
    take(from, to, (own) => block(group, own) ?? raw(own));
  }
  skip(lines.length);
  if (at < lines.length) take(at, lines.length, raw);
  return parts;
}

function groups(tokens) {
  const found = [];
  for (const token of tokens) {
    if (token.level === 0 && token.nesting >= 0) found.push([]);
    found.at(-1).push(token);
  }
  return found.filter((group) => group[0].map);
}

function block(tokens, source) {
  if (FOREIGN.test(source.replace(CODE, (one) => (one[0] === "\\" ? one : "")))) return null;
  try {
    const stack = [{ content: [] }];
    for (const token of tokens) step(token, stack);
    const [node] = stack[0].content;
    node.check();
    return node;
  } catch (error) {
    if (error instanceof Unknown || error instanceof RangeError) return null;
    throw error;
  }
}

function step(token, stack) {
  const name = token.type.replace(/_(open|close)$/, "");
  if (token.type === "inline") {
    stack.at(-1).content.push(...inline(token.children));
  } else if (!BLOCKS.has(name)) {
    throw new Unknown(token.type);
  } else if (token.nesting > 0) {
    if (name === "paragraph" && !token.hidden) for (const one of stack) if (one.attrs?.tight !== undefined) one.loose = true;
    stack.push({ name, attrs: attrs(name, token), content: [] });
  } else {
    const { content, attrs: given, loose } = stack.pop();
    if (name === "heading" && !content.length) throw new Unknown("an empty heading");
    const known = given?.tight === undefined ? given : { ...given, tight: !loose };
    stack.at(-1).content.push(nodes[name].createChecked(known, content));
  }
}

function attrs(name, token) {
  if (name === "heading") return { level: Number(token.tag.slice(1)) };
  if (name === "bullet_list") return { tight: true };
  if (name === "ordered_list") return { tight: true, order: Number(token.attrGet("start") ?? 1) };
  return null;
}

function inline(tokens) {
  const found = [];
  let open = [];
  const put = (text, extra) => text && found.push(schema.text(text, extra ? extra.addToSet(open) : open));
  for (const token of tokens) {
    const name = token.type.replace(/_(open|close)$/, "");
    if (["text", "text_special"].includes(name)) put(token.content);
    else if (name === "softbreak") put(" ");
    else if (name === "hardbreak") found.push(nodes.hard_break.create());
    else if (name === "code_inline") put(token.content, marks.code.create());
    else if (!marks[name]) throw new Unknown(token.type);
    else if (token.nesting > 0) open = mark(name, token).addToSet(open);
    else open = open.filter((one) => one.type !== marks[name]);
  }
  return found.reduce(joined, []);
}

// Neighbours with the same marks are one text.
function joined(before, node) {
  const last = before.at(-1);
  if (last?.isText && node.isText && last.sameMarkup(node)) before[before.length - 1] = last.withText(last.text + node.text);
  else before.push(node);
  return before;
}

function mark(name, token) {
  if (name !== "link") return marks[name].create();
  return marks.link.create({ href: token.attrGet("href"), title: token.attrGet("title") });
}
