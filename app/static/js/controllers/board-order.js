// The order by hand without a mouse: "To the top", "Up" and "Down" of the card's menu, and Alt with an arrow.
// A move within the column names the card that stands before, as a drop does.
import { keepFocus, sendMove } from "./board.js";
import { choicesFor } from "./board-lanes.js";
import { load } from "./board-more.js";

const isCard = (element) => element?.matches(".sb-card");

export const isOrderedByHand = (card) => card.parentElement?.dataset.sort === "rank";

// The card to stand behind; "" is the top, null says that it stands there already.
const BEHIND = {
  top: (card) => (isCard(card.previousElementSibling) ? "" : null),
  up: ({ previousElementSibling: before }) => (isCard(before) ? before.previousElementSibling?.dataset.id ?? "" : null),
  down: ({ nextElementSibling: next }) => (isCard(next) ? next.dataset.id : null),
};

export async function reorder(card, where) {
  if (!isOrderedByHand(card) || card.matches(".sb-card-busy")) return;
  // Behind the last card that is loaded its new place could not be shown: those that follow come first.
  const more = where === "down" && card.nextElementSibling?.nextElementSibling;
  if (more && more.matches(".sb-more")) await load(more);
  const behind = BEHIND[where](card);
  if (behind === null) return;
  keepFocus(card);
  await sendMove(card, card.dataset.stage, behind);
}

document.addEventListener("keydown", (event) => {
  const where = { ArrowUp: "up", ArrowDown: "down" }[event.key];
  const card = document.activeElement.closest?.(".sb-card");
  const hasMenu = card && choicesFor(card);
  if (!where || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !hasMenu) return;
  event.preventDefault();
  reorder(card, where);
});
