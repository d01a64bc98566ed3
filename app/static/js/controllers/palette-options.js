// What stands in the list behind ⌘K: asked of the server, with the prospects seen last. Only their ids are kept in the
// browser: names, and whether one may see them, come from the server each time.
const KEY = `scoutboard-recent-${document.body.dataset.user}`;
const MOST = 6;

function recent() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "[]").filter((id) => /^\d+$/.test(id));
  } catch {
    return []; // what stands there is not ours, or nothing may be kept
  }
}

const here = location.pathname.match(/^\/p\/[^/]+\/prospects\/(\d+)/)?.[1];
if (here) localStorage.setItem(KEY, JSON.stringify([here, ...recent().filter((id) => id !== here)].slice(0, MOST)));

// Returns the options as HTML; null where the session has ended and the sign-in page comes instead.
export async function optionsFor({ url, program }, typed, signal) {
  const asked = new URLSearchParams({ q: typed, p: program });
  if (!typed) asked.set("recent", recent().join(","));
  const headers = { "HX-Request": "true", "HX-Current-URL": location.href };
  const answer = await fetch(`${url}?${asked}`, { signal, headers });
  if (answer.status === 401) return location.assign(answer.headers.get("HX-Redirect") ?? "/login") ?? null;
  if (!answer.ok) throw new Error(`the search answered ${answer.status}`);
  return answer.text();
}
