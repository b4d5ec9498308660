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
