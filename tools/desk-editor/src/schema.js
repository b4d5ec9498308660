// What the editor can express. Everything else of Markdown stands in a `raw` block, word for word.

import { Schema } from "prosemirror-model";

const carried = /^(https?:\/\/|mailto:)/i;

export const schema = new Schema({
  nodes: {
    doc: { content: "block+" },
    paragraph: {
      group: "block inner",
      content: "inline*",
      parseDOM: [{ tag: "p" }],
      toDOM: () => ["p", { dir: "auto" }, 0],
    },
    heading: {
      group: "block",
      content: "inline*",
      attrs: { level: { default: 2 } },
      defining: true,
      // A pasted page's title is a subheading here: the headline has a field of its own.
      parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({ tag: `h${level}`, attrs: { level: level < 3 ? 2 : 3 } })),
      toDOM: (node) => [`h${Math.min(node.attrs.level, 6)}`, { dir: "auto" }, 0],
    },
    blockquote: {
      group: "block",
      content: "inner+",
      defining: true,
      parseDOM: [{ tag: "blockquote" }],
      toDOM: () => ["blockquote", 0],
    },
    bullet_list: {
      group: "block inner",
      content: "list_item+",
      attrs: { tight: { default: true } },
      parseDOM: [{ tag: "ul" }],
      toDOM: () => ["ul", 0],
    },
    ordered_list: {
      group: "block inner",
      content: "list_item+",
      attrs: { tight: { default: true }, order: { default: 1 } },
      parseDOM: [{ tag: "ol", getAttrs: (dom) => ({ order: Number(dom.getAttribute("start") ?? 1) }) }],
      toDOM: (node) => ["ol", { start: node.attrs.order }, 0],
    },
    list_item: {
      content: "paragraph inner*",
      defining: true,
      parseDOM: [{ tag: "li" }],
      toDOM: () => ["li", 0],
    },
    raw: {
      group: "block",
      atom: true,
      selectable: true,
      attrs: { source: {} },
      parseDOM: [{ tag: "pre.raw", getAttrs: (dom) => ({ source: dom.textContent }) }],
      toDOM: (node) => ["pre", { class: "raw", dir: "auto" }, node.attrs.source],
    },
    hard_break: {
      group: "inline",
      inline: true,
      selectable: false,
      parseDOM: [{ tag: "br" }],
      toDOM: () => ["br"],
    },
    text: { group: "inline" },
  },
  marks: {
    link: {
      attrs: { href: {}, title: { default: null } },
      inclusive: false,
      parseDOM: [{
        tag: "a[href]",
        getAttrs: (dom) => carried.test(dom.getAttribute("href")) && { href: dom.getAttribute("href"), title: dom.getAttribute("title") },
      }],
      toDOM: (mark) => ["a", { href: mark.attrs.href, title: mark.attrs.title }, 0],
    },
    strong: {
      parseDOM: [
        { tag: "strong" },
        { tag: "b" },
      ],
      toDOM: () => ["strong", 0],
    },
    em: {
      parseDOM: [{ tag: "em" }, { tag: "i" }],
      toDOM: () => ["em", 0],
    },
    code: { parseDOM: [{ tag: "code" }], toDOM: () => ["code", 0] },
  },
});
