// The editor: a document in a box, the commands of its bar, and Markdown whenever it changes.

import { baseKeymap, chainCommands, exitCode, lift, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import { history, redo, undo } from "prosemirror-history";
import { inputRules, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { EditorState } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { parse } from "./parse.js";
import { cleaned } from "./pasted.js";
import { schema } from "./schema.js";
import { serialize } from "./serialize.js";

export { parse, schema, serialize };

const { nodes, marks } = schema;
const LISTS = [nodes.bullet_list, nodes.ordered_list];

const breakLine = chainCommands(exitCode, (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
});

const isIn = (state, type) => {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth -= 1) if ($from.node(depth).type === type) return true;
  return false;
};

const toggleHeading = (state, dispatch, view) =>
  setBlockType(isIn(state, nodes.heading) ? nodes.paragraph : nodes.heading, isIn(state, nodes.heading) ? null : { level: 2 })(state, dispatch, view);
const toggleQuote = (state, dispatch, view) => (isIn(state, nodes.blockquote) ? lift : wrapIn(nodes.blockquote))(state, dispatch, view);
const toggleList = (state, dispatch, view) =>
  (LISTS.some((type) => isIn(state, type)) ? liftListItem(nodes.list_item) : wrapInList(nodes.bullet_list))(state, dispatch, view);

export const COMMANDS = {
  bold: toggleMark(marks.strong),
  italic: toggleMark(marks.em),
  heading: toggleHeading,
  list: toggleList,
  quote: toggleQuote,
  undo,
  redo,
};

const keys = {
  "Mod-b": COMMANDS.bold,
  "Mod-i": COMMANDS.italic,
  "Mod-Alt-2": toggleHeading,
  "Mod-Shift-8": toggleList,
  "Mod-Shift-9": toggleQuote,
  "Mod-z": undo,
  "Mod-y": redo,
  "Mod-Shift-z": redo,
  "Shift-Enter": breakLine,
  Enter: splitListItem(nodes.list_item),
  // Not Tab: the key leads on to the next field.
  "Mod-]": sinkListItem(nodes.list_item),
  "Mod-[": liftListItem(nodes.list_item),
};

const rules = inputRules({
  rules: [
    textblockTypeInputRule(/^##\s$/, nodes.heading, { level: 2 }),
    textblockTypeInputRule(/^###\s$/, nodes.heading, { level: 3 }),
    wrappingInputRule(/^\s*[-*]\s$/, nodes.bullet_list),
    wrappingInputRule(/^(\d{1,4})\.\s$/, nodes.ordered_list, (found) => ({ order: Number(found[1]) })),
    wrappingInputRule(/^\s*>\s$/, nodes.blockquote),
  ],
});

const made = (text, markup) => EditorState.create({
  doc: parse(text, markup),
  plugins: [rules, keymap(keys), keymap(baseKeymap), history()],
});

export class Editor {
  #view;
  #markup;

  constructor(place, { text, markup, attributes, onChange = () => {}, onSelect = () => {} }) {
    this.#markup = markup;
    this.#view = new EditorView(place, {
      state: made(text, markup),
      attributes: { role: "textbox", "aria-multiline": "true", ...attributes },
      transformPastedHTML: cleaned,
      dispatchTransaction: (transaction) => {
        this.#view.updateState(this.#view.state.apply(transaction));
        if (transaction.docChanged) onChange(this.value());
        onSelect();
      },
      handleDOMEvents: { focus: () => void onSelect() },
    });
  }

  value() { return serialize(this.#view.state.doc, this.#markup); }

  set(text, markup) {
    this.#markup = markup;
    this.#view.updateState(made(text, markup));
  }

  run(name) {
    COMMANDS[name](this.#view.state, this.#view.dispatch, this.#view);
    this.#view.focus();
  }

  can(name) { return COMMANDS[name](this.#view.state); }

  active() {
    const { state } = this.#view;
    const { from, to, empty, $from } = state.selection;
    const has = (type) => (empty ? Boolean(type.isInSet(state.storedMarks ?? $from.marks())) : state.doc.rangeHasMark(from, to, type));
    return {
      bold: has(marks.strong), italic: has(marks.em), link: has(marks.link),
      heading: isIn(state, nodes.heading), quote: isIn(state, nodes.blockquote),
      list: LISTS.some((type) => isIn(state, type)),
    };
  }

  // The link the cursor stands in, with its reach; or what is selected, to become one.
  link() {
    const { state } = this.#view;
    let { from, to } = state.selection;
    let href = "";
    const around = marks.link.isInSet(state.selection.$from.marks()) ?? marks.link.isInSet(state.selection.$from.nodeAfter?.marks ?? []);
    if (around) {
      href = around.attrs.href;
      state.doc.nodesBetween(Math.max(0, from - 1), Math.min(state.doc.content.size, to + 1), (node, at) => {
        if (node.isText && around.isInSet(node.marks)) [from, to] = [Math.min(from, at), Math.max(to, at + node.nodeSize)];
      });
    }
    return { from, to, href, words: state.doc.textBetween(from, to, " ") };
  }

  setLink({ from, to, href }) {
    const { state } = this.#view;
    const bare = state.tr.removeMark(from, to, marks.link);
    if (href && from === to) bare.insertText(href, from);
    this.#view.dispatch(href ? bare.addMark(from, from === to ? from + href.length : to, marks.link.create({ href })) : bare);
    this.#view.focus();
  }

  focus() { this.#view.focus(); }

  // The words around the cursor, by which a page finds their place in the mail.
  here() { return this.#view.state.selection.$from.parent.textContent; }

  // Puts the cursor where some words stand; says whether they do.
  goTo(words) {
    let found = -1;
    this.#view.state.doc.descendants((node, at) => {
      if (found < 0 && node.isTextblock && node.textContent.includes(words)) found = at + 1;
      return found < 0;
    });
    if (found < 0) return false;
    const { state } = this.#view;
    const selection = state.selection.constructor.near(state.doc.resolve(found));
    this.#view.dispatch(state.tr.setSelection(selection).scrollIntoView());
    this.#view.focus();
    return true;
  }

  words() { return this.#view.state.doc.textBetween(0, this.#view.state.doc.content.size, " ", " ").split(/\s+/).filter(Boolean).length; }

  get dom() { return this.#view.dom; }
}
