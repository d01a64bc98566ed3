// One's day: j and k walk, Enter opens (it is a link), e is done, s later, a gives away, u undoes, ? lists the keys.
// A row that was worked on leaves at once, and comes back where the server refuses; why is said in a message.
import { say } from "../words.js";
import { announce } from "../toasts.js";

const day = document.getElementById("day");
const shortcuts = document.getElementById("shortcuts");
const typing = (target) => target.closest("input, textarea, select, dialog, [contenteditable]");
const rows = () => [...day.querySelectorAll(".td-row:not(.td-leaving)")];
const here = () => document.activeElement.closest?.(".td-row");
const leaving = new Set();

function focusRow(row) {
  row?.querySelector("[data-row-link]").focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  const at = all.indexOf(here());
  day.querySelectorAll("details[open]").forEach((menu) => { menu.open = false; });
  focusRow(at < 0 ? all[by > 0 ? 0 : all.length - 1] : all[at + by] ?? all[at]);
}

// "8+" is still true when one of them goes: the next one comes with the answer.
function count(row, by) {
  const number = row.closest("section").querySelector("[data-count]");
  if (/^\d+$/.test(number.textContent)) number.textContent = Number(number.textContent) + by;
}

function leave(row) {
  const all = rows();
  const at = all.indexOf(row);
  if (at < 0) return;
  if (row.contains(document.activeElement)) focusRow(all[at + 1] ?? all[at - 1]);
  row.classList.add("td-leaving");
  count(row, -1);
}

function comeBack(row) {
  if (row?.classList.replace("td-leaving", "td-row")) count(row, 1);
}

const idOf = (form) => form.dataset.row ?? form.closest(".td-row").id;
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.target.matches("[data-leaves]")) return;
  const id = idOf(event.target);
  document.getElementById("dialog").close();
  leaving.add(id);
  leave(document.getElementById(id));
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { elt } = event.detail.requestConfig;
  if (!elt.matches("[data-leaves]")) return;
  const row = document.getElementById(idOf(elt));
  leaving.delete(idOf(elt));
  comeBack(row);
  if (event.detail.xhr.status >= 300 || !event.detail.xhr.status) focusRow(row);
});

// The answer brings the whole day anew: what is under way stays away, one goes on where one was, an open menu stays open.
let place = null;
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (event.detail.target !== day) return;
  const menu = day.querySelector("details[open]");
  place = { id: here()?.id, at: rows().indexOf(here()), menu, menuRow: menu?.closest(".td-row").id, active: document.activeElement };
});
new MutationObserver(() => {
  leaving.forEach((id) => { const row = document.getElementById(id); if (row) leave(row); });
  const { id, at, menu, menuRow, active } = place ?? {};
  place = null;
  const fresh = menu && document.getElementById(menuRow)?.querySelector(".td-menu");
  fresh?.replaceWith(menu);
  if (fresh) htmx.process(menu);
  if (fresh && menu.contains(active)) active.focus();
  else if (id) focusRow(rows().find((row) => row.id === id) ?? rows().at(Math.min(at, rows().length - 1)));
  if (!rows().length) announce(say("Nothing waits for you any more."));
}).observe(day, { childList: true });

const press = (key) => here()?.querySelector(`[data-key="${key}"]`);
const ACTS = {
  j: () => step(1), ArrowDown: () => step(1),
  k: () => step(-1), ArrowUp: () => step(-1),
  e: () => press("e")?.requestSubmit(),
  s: () => {
    const menu = press("s");
    if (!menu) return;
    menu.open = true;
    menu.querySelector("button").focus();
  },
  a: () => press("a")?.click(),
  u: () => [...document.querySelectorAll("[data-undo] button")].at(-1)?.click(),
  "?": () => shortcuts.showModal(),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !ACTS[event.key]) return;
  event.preventDefault();
  ACTS[event.key]();
});
document.querySelector("[data-shortcuts]").addEventListener("click", ACTS["?"]);
