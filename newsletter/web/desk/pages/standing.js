// Where the edition stands, as the ledger has it at this moment.

import { by } from "./dom.js";
import { ask } from "./stream.js";

// Returns what else is known of it, such as what may be done; null where nobody can say.
export async function showStanding(preview) {
  const { digest = "", holds = false } = preview ?? {};
  const asked = new URLSearchParams({ digest, ...(holds && { holds: "" }) });
  const answer = await ask(`decision?${asked}`).catch(() => null);
  by("standing").hidden = !answer?.ok;
  if (!answer?.ok) return null;
  const known = JSON.parse(answer.text);
  by("chip").dataset.status = known.status;
  by("verdict").textContent = known.label;
  by("verdict-sentence").textContent = known.sentence;
  return known;
}
