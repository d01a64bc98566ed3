// The stage of a row: its cell, or m on the row, opens the board's menu; a decline or a sleep asks its reason in the same
// dialog. Every answer carries the fresh card; here its row is drawn anew, after a move, an undo and a conflict alike.
// The undo of a country names the row alone.
import { openMoveMenu } from "./board-menu.js";
import { drawRow } from "./table-rows.js";

const isTyping = (element) => element.isContentEditable || element.closest("input:not([type=checkbox]), textarea, select, dialog, [popover]");

new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) {
      if (node.matches?.(".sb-card")) drawRow(node.dataset.id);
      if (node.matches?.("[data-row-changed]")) drawRow(node.dataset.rowChanged);
    }
  }
}).observe(document.getElementById("arrivals"), { childList: true });

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const row = document.activeElement.closest("tr[data-row]");
  if (event.key === "m" && row) openMoveMenu(row);
  else if (event.key === "u") [...document.querySelectorAll("[data-undo] button")].at(-1)?.click();
  else return;
  event.preventDefault();
});
