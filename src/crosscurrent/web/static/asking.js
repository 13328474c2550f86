// Asking the desk: one date for everything, what is asked is dropped when another date or view is chosen.
let current = new AbortController();

/** Drop what is still on its way. */
export function dropAll() {
  current.abort();
  current = new AbortController();
}

/** Ask for a path as of a date (the latest when empty); an Error with the desk's own sentence when it cannot answer. */
export async function ask(path, asOf, given) {
  const address = asOf ? `${path}?as_of=${encodeURIComponent(asOf)}` : path;
  const sent = given && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(given) };
  const answer = await fetch(given ? path : address, { ...sent, signal: current.signal });
  if (answer.status === 401) throw new Error("This desk was started anew. Open the address that crosscurrent serve has printed.");
  const told = await answer.json().catch((fault) => {
    if (fault.name === "AbortError") throw fault; // dropped half way: not an answer without words
    return {};
  });
  if (answer.ok) return told;
  throw new Error(told.error ?? (answer.status === 422 ? "That cannot be asked: it is too long or badly written." : `The desk answered ${answer.status}.`));
}
