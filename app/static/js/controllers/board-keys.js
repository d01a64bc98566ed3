// The board without a mouse: arrows or h j k l between cards, Enter opens (it is a link), m moves, ? lists the keys.
import { openMoveMenu } from "./board-menu.js";

const isTyping = (element) =>
  element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName) || element.closest("dialog, [popover]");
const cardsOf = (lane) => [...lane.querySelectorAll(":scope > .sb-card")];
const lanes = () => [...document.querySelectorAll(".sb-cards")].filter((list) => list.checkVisibility());

function focusCard(card) {
  card?.querySelector(".sb-card-link").focus({ preventScroll: true });
  card?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

// Above and below a program's lane stand those of others: the same column there, else the first that holds a card.
function toLane(card, by) {
  const all = [...document.querySelectorAll(".pl-program")];
  const { stage } = card.closest(".sb-cards").dataset;
  for (let at = all.indexOf(card.closest(".pl-program")) + by; at >= 0 && at < all.length; at += by) {
    const filled = lanes().filter((list) => all[at].contains(list) && cardsOf(list).length);
    const list = filled.find((each) => each.dataset.stage === stage) ?? filled[0];
    if (list) return focusCard(cardsOf(list)[0]);
  }
}

function step(card, by) {
  const list = card.closest(".sb-cards");
  const cards = cardsOf(list);
  const next = cards[cards.indexOf(card) + by];
  if (next) focusCard(next);
  else if (by < 0 || !list.querySelector(":scope > .sb-more")) toLane(card, by);
}

function aside(card, by) {
  const all = lanes();
  const top = card.getBoundingClientRect().top;
  for (let at = all.indexOf(card.closest(".sb-cards")) + by; at >= 0 && at < all.length; at += by) {
    const cards = cardsOf(all[at]);
    if (!cards.length) continue;
    return focusCard(cards.find((other) => other.getBoundingClientRect().top >= top - 8) ?? cards.at(-1));
  }
}

const ACTS = {
  ArrowDown: (card) => step(card, 1), j: (card) => step(card, 1),
  ArrowUp: (card) => step(card, -1), k: (card) => step(card, -1),
  ArrowRight: (card) => aside(card, 1), l: (card) => aside(card, 1),
  ArrowLeft: (card) => aside(card, -1), h: (card) => aside(card, -1),
  J: (card) => toLane(card, 1), K: (card) => toLane(card, -1),
  m: (card) => openMoveMenu(card),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "?") {
    event.preventDefault();
    return document.getElementById("shortcuts").showModal();
  }
  if (event.key === "/") {
    event.preventDefault();
    return document.getElementById("filter-q")?.focus();
  }
  if (event.key === "u") return [...document.querySelectorAll("[data-undo] button")].at(-1)?.click();
  const act = ACTS[event.key];
  if (!act) return;
  const here = document.activeElement.closest(".sb-card");
  if (!here && event.key.startsWith("Arrow")) return;
  event.preventDefault();
  if (here) act(here);
  else focusCard(document.querySelector(".sb-card"));
});

document.querySelector("[data-shortcuts]")?.addEventListener("click", () => document.getElementById("shortcuts").showModal());
