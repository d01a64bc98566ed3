// What colleagues change appears within seconds: their rows are drawn anew, those that left the filter go, a short list is
// fetched again where one joined it. An answer of 304 says that nothing happened.
import { announce } from "../toasts.js";
import { say } from "../words.js";
import { putRow } from "./table-rows.js";

const isLive = (element) => element.id === "table-live";
const isEditing = () => document.querySelector("[data-cell-form]");
let isBehind = false;

document.addEventListener("htmx:configRequest", (event) => {
  if (!isLive(event.detail.elt)) return;
  if (document.hidden) return event.preventDefault();
  event.detail.headers["If-None-Match"] = event.detail.elt.dataset.tag;
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 304) event.detail.shouldSwap = false;
});

function count({ total, said, allSaid }) {
  document.getElementById("table-count").textContent = said;
  const box = document.querySelector("#bulk [data-all]");
  if (!box) return;
  box.dataset.all = total;
  box.closest("label").querySelector(".form-check-label").textContent = allSaid;
  document.dispatchEvent(new Event("rows-changed"));
}

// Where one stands in the list is kept: the row and its cell.
async function drawAnew() {
  const row = document.activeElement.closest("tr[data-row]");
  const place = row && [row.id, [...row.querySelectorAll("a")].indexOf(document.activeElement)];
  await htmx.ajax("GET", location.href, { target: "#table-area", select: "#table-area", swap: "outerHTML" });
  if (place) document.getElementById(place[0])?.querySelectorAll("a")[Math.max(0, place[1])]?.focus();
}

function show() {
  isBehind = isBehind && isEditing();
  if (isBehind) return;
  drawAnew();
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (!isLive(event.target)) return;
  const live = document.getElementById("table-live");
  const rows = [...(live.querySelector("template")?.content.querySelectorAll("tr[data-row]") ?? [])];
  const joined = rows.filter((row) => !document.getElementById(row.id));
  for (const row of rows) if (!joined.includes(row)) putRow(row.dataset.row, row);
  for (const gone of live.querySelectorAll("[data-gone]")) putRow(gone.dataset.gone, null);
  for (const words of live.querySelectorAll("[data-says]")) announce(words.textContent);
  const total = live.querySelector("[data-total]");
  if (total) count(total.dataset);
  const isShort = !document.querySelector("#rows .tb-more");
  if (live.dataset.many === undefined && !(joined.length && isShort)) return;
  if (live.dataset.many !== undefined) announce(say("Much has changed: the table is drawn anew."));
  isBehind = true;
  if (!isEditing()) show();
});
document.addEventListener("cell-left", () => isBehind && show());
