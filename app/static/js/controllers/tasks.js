// Tasks without a mouse, in the list and on a prospect's page: j and k walk, e is done (or open again), c or Enter
// changes, o opens the prospect, n writes a new one, u undoes. A prospect's page has keys of its own: there they hold
// once a task has the focus, which d gives it.
const typing = (target) => target.closest("input, textarea, select, dialog, [contenteditable]");
const rows = () => [...document.querySelectorAll(".tk-task")];
const here = () => document.activeElement.closest?.(".tk-task");
const isOwnPage = !document.getElementById("tasks");
const press = (key) => here()?.querySelector(`[data-key="${key}"]`);

function focusRow(row) {
  (row?.querySelector('[data-key="c"]') ?? row?.querySelector("button, a"))?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  const at = all.indexOf(here());
  focusRow(at < 0 ? all[by > 0 ? 0 : all.length - 1] : all[at + by] ?? all[at]);
}

const IN_ROW = {
  j: () => step(1), ArrowDown: () => step(1),
  k: () => step(-1), ArrowUp: () => step(-1),
  e: () => press("e")?.requestSubmit(),
  c: () => press("c")?.click(),
  o: () => press("o")?.click(),
};
const ON_PAGE = {
  ...IN_ROW,
  n: () => document.querySelector(".tk-add input[name=title]")?.focus(),
  u: () => [...document.querySelectorAll("[data-undo] button")].at(-1)?.click(),
  "?": () => document.getElementById("shortcuts").showModal(),
};
const onProspect = { d: () => focusRow(rows()[0]) };

// Heard before the page's own keys: in a task j is the next task, not the next prospect.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const act = (isOwnPage ? ON_PAGE : here() ? { ...onProspect, ...IN_ROW } : onProspect)[event.key];
  if (!act) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  act();
}, true);
if (isOwnPage) document.querySelector("[data-shortcuts]")?.addEventListener("click", ON_PAGE["?"]);

// After a task was worked on the page comes anew: go on where one was.
const KEY = "tasks-at";
const remember = (row) => row && sessionStorage.setItem(KEY, `${row.id} ${rows().indexOf(row)}`);
let changed = null;
document.addEventListener("submit", (event) => remember(event.target.closest(".tk-task")));
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches('[data-key="c"]')) changed = event.target.closest(".tk-task");
  else if (event.target.closest("#dialog")) remember(changed);
});
const [id, at] = (sessionStorage.getItem(KEY) ?? "").split(" ");
sessionStorage.removeItem(KEY);
if (id) focusRow(document.getElementById(id) ?? rows().at(Math.min(Number(at), rows().length - 1)));
