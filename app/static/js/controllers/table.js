import { say, sayCount } from "../words.js";

// Rows: tick one, a range with Shift, all that are shown; j and k walk, x ticks. The boxes belong to the bulk form.
const area = () => document.getElementById("table-area");
const bulk = () => document.getElementById("bulk");
const boxes = () => [...document.querySelectorAll("#rows input[name=ids]")];
const rows = () => [...document.querySelectorAll("#rows tr[data-row]")];
const all = () => bulk()?.querySelector("[data-all]");
let last = null;

function show() {
  if (!bulk()) return;
  const shown = boxes();
  const ticked = shown.filter((box) => box.checked);
  const isAll = all().checked;
  const count = isAll ? Number(all().dataset.all) : ticked.length;
  bulk().classList.toggle("tb-bulk-idle", !count);
  bulk().querySelector("[data-chosen-count]").textContent = count ? sayCount("%(num)s chosen", "%(num)s chosen", count) : say("Nothing is ticked");
  for (const box of shown) box.closest("tr").classList.toggle("tb-ticked", isAll || box.checked);
  const head = document.querySelector("[data-tick-all]");
  head.checked = isAll || (shown.length > 0 && ticked.length === shown.length);
  head.indeterminate = !head.checked && ticked.length > 0;
}

function tick(box, value, isRange) {
  const list = boxes();
  // By its number, for a row that was changed meanwhile has a new box.
  const start = list.findIndex((each) => each.value === last);
  const [from, to] = isRange && start >= 0 ? [start, list.indexOf(box)].sort((a, b) => a - b) : [0, -1];
  for (const each of list.slice(from, to + 1)) each.checked = value;
  box.checked = value;
  last = box.value;
  show();
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("#rows input[name=ids]");
  if (box) return tick(box, box.checked, event.shiftKey);
  if (event.target.closest("[data-choose-none]")) {
    for (const each of boxes()) each.checked = false;
    all().checked = false;
    show();
  }
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) {
    for (const each of boxes()) each.checked = event.target.checked;
    if (!event.target.checked) all().checked = false;
    show();
  } else if (event.target.matches("[data-all]")) show();
});
// Rows that come later belong to "all" too; rows drawn again keep their tick.
const ticked = new Set();
document.addEventListener("htmx:beforeSwap", () => {
  ticked.clear();
  for (const box of boxes()) if (box.checked) ticked.add(box.value);
});
document.addEventListener("htmx:afterSettle", () => {
  for (const box of boxes()) if (ticked.has(box.value)) box.checked = true;
  show();
});
document.addEventListener("pageshow", show);
document.addEventListener("rows-changed", show);

const isTyping = (element) => element.isContentEditable || element.closest("input:not([type=checkbox]), textarea, select, dialog, [popover]");
function step(by) {
  const list = rows();
  const here = list.indexOf(document.activeElement.closest("tr[data-row]"));
  const row = list[here < 0 ? 0 : Math.min(list.length - 1, Math.max(0, here + by))];
  if (!row) return;
  // Along a column one stays in it.
  const cell = document.activeElement.matches(STOPS) ? row.children[document.activeElement.closest("td, th").cellIndex] : null;
  (cell?.querySelector(STOPS) ?? row.querySelector("[data-open]")).focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

const STOPS = "[data-open], a[data-cell], a[data-move-menu]";
function aside(by) {
  const stops = [...(document.activeElement.closest("tr[data-row]")?.querySelectorAll(STOPS) ?? [])];
  const next = stops[stops.indexOf(document.activeElement) + by];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest", inline: "nearest" });
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const here = document.activeElement.closest("tr[data-row]");
  const box = here?.querySelector("input[name=ids]");
  if (event.key === "j" || event.key === "ArrowDown") step(1);
  else if (event.key === "k" || event.key === "ArrowUp") step(-1);
  else if (event.key === "ArrowRight" && here) aside(1);
  else if (event.key === "ArrowLeft" && here) aside(-1);
  else if (event.key.toLowerCase() === "x" && box) tick(box, event.shiftKey || !box.checked, event.shiftKey);
  else if (event.key === "/") document.getElementById("filter-q")?.focus();
  else if (event.key === "?") document.getElementById("shortcuts").showModal();
  else return;
  event.preventDefault();
});
if (area()) show();
