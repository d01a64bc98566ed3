// The split layout: a click or j / k opens a prospect beside the list, Enter (or a middle click) opens it on its own.
import { openMoveMenu } from "./board-menu.js";

const pane = document.getElementById("pane");
const isWide = () => pane.offsetParent !== null;
const cards = () => [...document.querySelectorAll("[data-split] .sb-card")];
const opened = () => document.querySelector(".sb-card-open");
const isTyping = (element) =>
  element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName) || element.closest("dialog, [popover]");

let waiting;
function open(card, wait_ms = 120) {
  opened()?.classList.remove("sb-card-open");
  card.classList.add("sb-card-open");
  const link = card.querySelector(".sb-card-link");
  link.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
  const address = new URL(location.href);
  address.searchParams.set("open", card.dataset.id);
  history.replaceState(history.state, "", address);
  // Who runs through the list with a key held down wants the last one only.
  clearTimeout(waiting);
  waiting = setTimeout(() => htmx.ajax("GET", link.href, { source: pane, target: pane, select: "#main > *", swap: "innerHTML show:top" }), wait_ms);
}

function step(by) {
  const all = cards();
  const at = all.indexOf(opened() ?? document.activeElement.closest(".sb-card"));
  const next = all[at < 0 ? 0 : at + by];
  if (next) open(next);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-split] .sb-card-link");
  if (!link || !isWide() || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(link.closest(".sb-card"));
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const acts = {
    j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1),
    m: () => opened() && openMoveMenu(opened()),
    n: () => pane.querySelector("#activity textarea")?.focus(),
    u: () => [...document.querySelectorAll("[data-undo] button")].at(-1)?.click(),
    "/": () => document.getElementById("filter-q")?.focus(),
    "?": () => document.getElementById("shortcuts").showModal(),
    Enter: () => { location.href = opened().querySelector(".sb-card-link").href; },
  };
  if (event.key.startsWith("Arrow") && pane.contains(event.target)) return;
  if (event.key === "Enter" && (!opened() || !event.target.closest("[data-split], body:focus"))) return;
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

document.querySelector("[data-shortcuts]")?.addEventListener("click", () => document.getElementById("shortcuts").showModal());

// Cards that come anew do not know which of them is open.
document.addEventListener("htmx:afterSettle", (event) => {
  if (!event.target.matches("#board-area, .sb-cards")) return;
  document.getElementById(`card-${new URLSearchParams(location.search).get("open")}`)?.classList.add("sb-card-open");
});

const wanted = new URLSearchParams(location.search).get("open");
const first = (wanted && document.getElementById(`card-${wanted}`)) || cards()[0];
if (first && isWide()) open(first, 0);
