// Drag with SortableJS: the card stays where it was dropped while the server is asked, and goes back if it says no.
import { announce } from "../toasts.js";
import { say } from "../words.js";
import { askMove, sendMove } from "./board.js";

function startDrag(lane) {
  if (lane.dataset.drags || !window.Sortable) return;
  lane.dataset.drags = "yes";
  const origin = {};
  Sortable.create(lane, {
    group: "cards", draggable: ".sb-card", filter: ".sb-card-menu", preventOnFilter: false, animation: 120, delay: 180,
    delayOnTouchOnly: true, ghostClass: "sb-card-ghost", dragClass: "sb-card-drag", chosenClass: "sb-card-chosen",
    forceFallback: true, fallbackOnBody: true, fallbackTolerance: 4, scrollSensitivity: 80, scrollSpeed: 14,
    onStart(event) {
      origin.list = event.from;
      origin.next = event.item.nextElementSibling;
      document.body.classList.add("sb-dragging");
    },
    onEnd(event) {
      document.body.classList.remove("sb-dragging");
      const card = event.item;
      const [from, to] = [event.from.dataset.stage, event.to.dataset.stage];
      const before = card.previousElementSibling;
      if (event.from === event.to && event.oldIndex === event.newIndex) return;
      const putBack = () => origin.list.insertBefore(card, origin.next?.isConnected ? origin.next : null);
      if (event.from === event.to && event.to.dataset.sort !== "rank") return putBack();
      const target = document.querySelector(`#moves-${from}`)?.content.querySelector(`[data-to="${to}"]`);
      if (from !== to && !target) {
        putBack();
        return announce(say("A card cannot move from %(from)s to %(to)s.", { from, to }));
      }
      const afterId = before?.dataset.id ?? "";
      if (target && "asks" in target.dataset) {
        putBack();
        return askMove(card, to, afterId);
      }
      const rollBack = (finished) => {
        if (finished.detail.requestConfig?.elt !== card) return;
        document.removeEventListener("htmx:afterRequest", rollBack);
        if (!finished.detail.successful && card.isConnected) putBack();
      };
      document.addEventListener("htmx:afterRequest", rollBack);
      return sendMove(card, to, afterId);
    },
  });
}

const startLanes = (root) => root.querySelectorAll("[data-board] .sb-cards").forEach(startDrag);
startLanes(document);
document.addEventListener("htmx:load", () => startLanes(document));
