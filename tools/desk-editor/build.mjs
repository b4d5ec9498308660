// Bundle the editor into the desk's pages: `npm install --no-package-lock && npm run build`, after a
// change here. The bundle's first line says what it was made from, and a test compares.

import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const here = new URL(".", import.meta.url);
const pages = new URL("../../newsletter/web/desk/pages/", here);
const read = (path) => readFileSync(new URL(path, here), "utf8");

const sources = ["package.json", "build.mjs", ...readdirSync(new URL("src/", here)).sort().map((name) => `src/${name}`)];
const digest = createHash("sha256");
for (const path of sources) digest.update(`${path}\n${read(path)}\n`);
const about = { source: digest.digest("hex"), versions: {} };

const outcome = await build({
  entryPoints: [new URL("src/editor.js", here).pathname],
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  write: false,
});
const names = new Set(Object.keys(outcome.metafile.inputs).map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]).filter(Boolean));
let licences = "The desk's text editor (editor.bundle.js) is made of these packages, each under its licence.\n";
for (const name of [...names].sort()) {
  const told = JSON.parse(read(`node_modules/${name}/package.json`));
  about.versions[name] = told.version;
  const file = readdirSync(new URL(`node_modules/${name}/`, here)).find((one) => /^licen[cs]e/i.test(one));
  licences += `\n${"=".repeat(80)}\n${name} ${told.version} (${told.license})\n${"=".repeat(80)}\n\n`;
  licences += file ? read(`node_modules/${name}/${file}`).trim() : `Licence: ${told.license}.`;
  licences += "\n";
}
const [made] = outcome.outputFiles;
writeFileSync(new URL("editor.bundle.js", pages), `// ${JSON.stringify(about)}\n${made.text}`);
writeFileSync(new URL("editor.licences.txt", pages), licences);
console.log(`${made.text.length} bytes from ${names.size} packages`);
