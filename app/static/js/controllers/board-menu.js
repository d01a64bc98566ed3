// "Move to…" on every card and row: one menu, filled from the template of the stage it stands in. Without script the
// same link leads to a page with the same choices.
import { askMove, keepFocus, sendMove } from "./board.js";
import { choicesFor } from "./board-lanes.js";
import { isOrderedByHand, reorder } from "./board-order.js";

const menu = document.getElementById("move-menu");
let card = null;
let opener = null;

const items = () => [...menu.querySelectorAll("[role=menuitem]")];

export function openMoveMenu(forCard) {
  const choices = choicesFor(forCard);
  if (!choices) return;
  card = forCard;
  opener = card.contains(document.activeElement) ? document.activeElement : card.querySelector(".sb-card-link, [data-open]");
  menu.replaceChildren(choices.cloneNode(true));
  const others = document.getElementById("lane-choices")?.content.cloneNode(true);
  others?.querySelector(`[data-add-to="${CSS.escape(card.parentElement.dataset.lane)}"]`)?.remove();
  if (others) menu.append(others);
  if (!isOrderedByHand(card)) menu.querySelectorAll("[data-by-hand]").forEach((part) => part.remove());
  menu.showPopover();
  const anchor = (card.querySelector("[data-move-menu]") ?? card).getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = card.matches("tr") ? anchor.left : anchor.right - width;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  // Below the card, else above it, else where it fits: never over the tabs of a phone.
  const tabs = document.querySelector(".sb-nav");
  const floor = getComputedStyle(tabs).position === "fixed" ? tabs.getBoundingClientRect().top : innerHeight;
  const above = anchor.top - height - 4;
  const top = anchor.bottom + height + 8 <= floor ? anchor.bottom + 4 : above >= 8 ? above : floor - height - 8;
  menu.style.top = `${Math.max(8, top)}px`;
  items()[0]?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-move-menu]");
  if (link) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openMoveMenu(link.closest(".sb-card, tr[data-row]"));
    return;
  }
  const choice = event.target.closest("#move-menu [role=menuitem]");
  if (!choice || !card) return;
  const chosen = card;
  menu.hidePopover();
  keepFocus(chosen);
  const { addTo } = choice.dataset;
  if (addTo) chosen.dispatchEvent(new CustomEvent("elsewhere", { bubbles: true, detail: addTo }));
  else if (choice.dataset.where) reorder(chosen, choice.dataset.where);
  else if ("asks" in choice.dataset) askMove(chosen, choice.dataset.to);
  else sendMove(chosen, choice.dataset.to);
});

menu.addEventListener("keydown", (event) => {
  const all = items();
  const at = all.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
  if (step) {
    event.preventDefault();
    event.stopPropagation();
    all[(at + step + all.length) % all.length]?.focus();
  } else if (event.key === "Home" || event.key === "End") {
    event.preventDefault();
    all.at(event.key === "Home" ? 0 : -1)?.focus();
  } else if (event.key === "Tab") {
    menu.hidePopover();
  } else if (event.key.length === 1 && /[a-z]/i.test(event.key) && !event.ctrlKey && !event.metaKey) {
    const letter = event.key.toLowerCase();
    const order = [...all.slice(at + 1), ...all.slice(0, at + 1)];
    order.find((item) => item.textContent.trim().toLowerCase().startsWith(letter))?.focus();
    event.stopPropagation();
  }
});

menu.addEventListener("toggle", (event) => {
  if (event.newState === "closed" && card?.isConnected && menu.contains(document.activeElement)) {
    opener?.focus();
  }
});
