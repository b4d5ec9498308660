// Typed words outlive the program, the tab and the machine: they are kept in this browser until saved.
// Each tab has a draft of its own, held by a lock; one that nobody holds any more is taken over.

const PREFIX = "desk.draft.";
const hold = (name) => new Promise((told) => {
  navigator.locks.request(name, { ifAvailable: true }, (lock) => {
    told(Boolean(lock));
    return lock && new Promise(() => {}); // until this page is gone
  });
});

async function ownKey(of) {
  const known = sessionStorage.getItem(of);
  if (known && await hold(known)) return known;
  const left = Object.keys(localStorage).filter((key) => key.startsWith(`${of}.`)).sort();
  for (const key of left.reverse()) if (await hold(key)) return key;
  const fresh = `${of}.${Date.now()}.${crypto.randomUUID()}`;
  await hold(fresh);
  return fresh;
}

export async function openDraft(name) {
  const of = PREFIX + name;
  const key = await ownKey(of);
  sessionStorage.setItem(of, key);
  return {
    found: () => JSON.parse(localStorage.getItem(key)),
    keep: (fields) => localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields })),
    drop: () => localStorage.removeItem(key),
  };
}

export const clock = (at = Date.now()) => new Date(at).toTimeString().slice(0, 5);
