// Drag with SortableJS: the card stays where it was dropped while the server is asked, and goes back if it says no.
import { announce } from "../toasts.js";
import { say } from "../words.js";
import { askMove, sendMove } from "./board.js";
import { choicesFor } from "./board-lanes.js";

// A list beside the board takes a card as a column does, though nothing of it is on screen to make room.
function tabUnder(dropped) {
  const { clientX, clientY } = dropped?.changedTouches?.[0] ?? dropped ?? {};
  if (clientX === undefined) return null;
  return document.elementsFromPoint(clientX, clientY).find((each) => each.closest("[data-drop-stage]"))?.closest("a");
}

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
      // SortableJS takes the click that ends a drag; none comes where the card went elsewhere, and a person's next one
      // would be lost.
      setTimeout(() => document.body.click());
      const card = event.item;
      const tab = tabUnder(event.originalEvent);
      const [from, to] = [event.from.dataset.stage, tab?.dataset.dropStage ?? event.to.dataset.stage];
      const afterId = tab ? "" : card.previousElementSibling?.dataset.id ?? "";
      const putBack = () => origin.list.insertBefore(card, origin.next?.isConnected ? origin.next : null);
      const { lane } = event.to.dataset;
      if (!tab && lane !== event.from.dataset.lane) {
        putBack();
        return card.dispatchEvent(new CustomEvent("elsewhere", { bubbles: true, detail: lane }));
      }
      if (from === to && event.oldIndex === event.newIndex) return;
      if (from === to && event.to.dataset.sort !== "rank") return putBack();
      const target = choicesFor(card)?.querySelector(`[data-to="${to}"]`);
      if (from !== to && !target) {
        putBack();
        return announce(say("A card cannot move from %(from)s to %(to)s.", { from, to }));
      }
      if (tab) putBack();
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
