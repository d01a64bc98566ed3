// Fresh rows in the place of those on screen: ticks and focus stay, and a row that is being edited waits until its cell
// is left.
import { say } from "../words.js";

const waiting = new Map();

const focusOf = (element) => element?.dataset.cell ?? (element?.matches("[data-move-menu]") ? "stage" : "");
const linkIn = (row, key) => row.querySelector(key === "stage" ? "[data-move-menu]" : `[data-cell="${CSS.escape(key)}"]`);

// Put a fresh row (null: it is none of these any more) where the old one stands.
export function putRow(id, fresh) {
  const row = document.getElementById(`row-${id}`);
  if (!row) return;
  const form = row.querySelector("[data-cell-form]");
  if (form || "opening" in row.dataset) {
    waiting.set(id, fresh);
    if (form && fresh?.dataset.version !== row.dataset.version) tellIn(form);
    return;
  }
  if (fresh?.innerHTML === row.innerHTML && fresh.dataset.version === row.dataset.version) return;
  const hadFocus = row.contains(document.activeElement);
  const key = focusOf(document.activeElement);
  const next = fresh ?? row.nextElementSibling ?? row.previousElementSibling;
  const box = row.querySelector("input[name=ids]");
  if (fresh) {
    row.replaceWith(fresh);
    if (box?.checked) fresh.querySelector("input[name=ids]").checked = true;
    fresh.classList.add("tb-saved");
  } else row.remove();
  if (hadFocus) (linkIn(next, key) ?? next.querySelector("[data-open]"))?.focus();
  document.dispatchEvent(new Event("rows-changed"));
}

// What is typed stays; whether it may be saved is for the server to say, which knows what was seen.
function tellIn(form) {
  if (form.querySelector("[data-meanwhile]")) return;
  const note = Object.assign(document.createElement("div"), { className: "form-hint", role: "status" });
  note.dataset.meanwhile = "";
  form.append(note);
  note.textContent = say("Somebody changed this row meanwhile.");
}

export function rowOf(html) {
  const shell = document.createElement("template");
  shell.innerHTML = html.trim();
  return shell.content.querySelector("tr[data-row]");
}

// Without the place in the list: what comes back is one row, or the form of one cell.
export function cellUrl(id, values) {
  const url = new URL(`${document.querySelector("[data-table]").dataset.root}/${id}/cell`, location.href);
  for (const [name, value] of new URLSearchParams(location.search)) if (name !== "after") url.searchParams.append(name, value);
  for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
  return url;
}

export async function drawRow(id) {
  const answer = await fetch(cellUrl(id, { show: "1" }), { headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.ok) putRow(id, rowOf(await answer.text()));
}

// A cell was left: what came in meanwhile is shown now.
document.addEventListener("cell-left", () => {
  for (const [id, fresh] of [...waiting]) {
    waiting.delete(id);
    if (fresh) drawRow(id);
    else putRow(id, null);
  }
});
