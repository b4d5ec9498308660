// The few things every page does with its document.

export const by = (id) => document.getElementById(id);

export const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

// Text is always put in as text: nothing an edition holds becomes markup of the desk.
export function element(name, text = "", attributes = {}, ...children) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// What a control does: one that does something else is another control, whatever it looks like.
const does = (node) => node.dataset?.post ?? node.getAttribute?.("href") ?? node.value ?? "";

// Makes one tree like another and keeps what is alike: no picture loads twice, nothing jumps, and
// a button that somebody is pressing stays under the finger.
export function morph(from, to) {
  if (from.nodeName !== to.nodeName || (from.matches?.("a, button") && does(from) !== does(to))) {
    from.replaceWith(from.ownerDocument.importNode(to, true));
    return;
  }
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return;
  }
  for (const { name } of [...from.attributes]) if (!to.hasAttribute(name)) from.removeAttribute(name);
  for (const { name, value } of to.attributes) if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  const [mine, theirs] = [[...from.childNodes], [...to.childNodes]];
  theirs.forEach((node, at) => {
    if (mine[at]) morph(mine[at], node);
    else from.append(from.ownerDocument.importNode(node, true));
  });
  for (const node of mine.slice(theirs.length)) node.remove();
}
