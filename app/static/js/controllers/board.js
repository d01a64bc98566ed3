// Cards: send a move, and let a card that arrives find its column by itself.
// Every answer carries the fresh card; where it stands follows from its data, so a move, an undo and a conflict
// need no code of their own.
import { announce } from "../toasts.js";
import { countOf, listFor } from "./board-lanes.js";

const boardQuery = () => document.querySelector("[data-board]")?.dataset.query ?? "";
const pen = document.getElementById("arrivals");
let focusId = null;

// The own link of a card (or of a row) names the prospect; moving it lies below that address, with the filter the
// counts go by.
const moveUrl = (card) => {
  const page = card.querySelector(".sb-card-link, [data-open]").pathname;
  return `${page}/move${boardQuery() ? `?${boardQuery()}` : ""}`;
};

export function keepFocus(card) { focusId = card.id; }

export function askMove(card, stage, afterId = "") {
  const values = { to: stage, version: card.dataset.version, after_id: afterId };
  return htmx.ajax("GET", moveUrl(card), { source: card, target: "#dialog-content", swap: "innerHTML", values });
}

export function sendMove(card, stage, afterId = "") {
  const values = { stage, version: card.dataset.version, after_id: afterId };
  card.classList.add("sb-card-busy");
  const done = () => card.classList.remove("sb-card-busy");
  return htmx.ajax("POST", moveUrl(card), { source: card, swap: "none", values }).then(done, done);
}

// Every card carries a text that sorts as it does; of equal fits the newer card comes first, of all else the older.
function comesBefore(card, other, sort) {
  const [mine, theirs] = [card.dataset.order, other.dataset.order];
  const sign = sort === "fit" ? -1 : 1;
  return mine < theirs || (mine === theirs && sign * (Number(card.dataset.id) - Number(other.dataset.id)) < 0);
}

// Put a card where its stage and rank say; a place beyond what is loaded yet is found by scrolling.
function place(card) {
  const home = listFor(card);
  if (!home) return card.remove();
  const others = [...home.querySelectorAll(":scope > .sb-card")].filter((other) => other !== card);
  const next = others.find((other) => comesBefore(card, other, home.dataset.sort));
  const more = home.querySelector(":scope > .sb-more");
  if (next) next.before(card);
  else if (more) card.remove();
  else home.append(card);
  if (focusId === card.id) {
    card.querySelector(".sb-card-link")?.focus();
    focusId = null;
  }
}

// A move steps the counts of two columns; who else moved something meanwhile comes with what is live.
function step({ from, to, lane }) {
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  for (const [stage, by] of [[from, -1], [to, 1]]) {
    const count = countOf(stage, lane);
    if (count) count.textContent = numbers.format(Math.max(0, Number(count.textContent.replace(/\D/g, "")) + by));
  }
}

// Answers put their parts into #arrivals; each replaces what has its id, cards then go where they belong.
function settle() {
  for (const part of [...pen.children]) {
    if (part.matches("[data-toast]")) {
      document.getElementById("toasts").append(part);
      continue;
    }
    if (part.matches("[data-step]")) {
      step(part.dataset);
      part.remove();
      continue;
    }
    if (part.matches("[data-says]")) {
      announce(part.textContent);
      part.remove();
      continue;
    }
    const known = [...document.querySelectorAll(`[id="${CSS.escape(part.id)}"]`)].find((other) => other !== part);
    if (part.matches("[data-gone]")) {
      known?.remove();
      part.remove();
      continue;
    }
    if (known?.contains(document.activeElement) && part.matches(".sb-card")) focusId = part.id;
    const isMoved = known?.dataset.order !== part.dataset.order || known?.dataset.stage !== part.dataset.stage;
    if (known?.classList.contains("sb-card-open")) part.classList.add("sb-card-open");
    if (known) known.replaceWith(part);
    if (part.matches(".sb-card")) {
      part.classList.toggle("sb-card-arrived", isMoved);
      place(part);
    } else if (!known) part.remove();
  }
}
new MutationObserver(() => pen.childElementCount && settle()).observe(pen, { childList: true });
