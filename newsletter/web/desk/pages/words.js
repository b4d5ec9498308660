// The scripts' own words: English, or as the page's language has them.

const said = JSON.parse(document.querySelector('meta[name="desk-words"]')?.content ?? "{}");

// `_("Saved {time}", { time })`: what stands in braces is filled in.
export function _(sentence, values = {}) {
  return (said[sentence] ?? sentence).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export const language = document.documentElement.lang || "en";
export const number = (value) => value.toLocaleString(language);
