// What others do appears within seconds: cards that changed come with the answer; where only a count changed (an
// import under way) the top of its column is fetched again. An answer of 304 says that nothing happened.
import { announce } from "../toasts.js";
import { say } from "../words.js";
import { countOf } from "./board-lanes.js";

const lanes = () => document.querySelectorAll("[data-board] .sb-cards");
const counted = (list) => countOf(list.dataset.stage, list.dataset.lane)?.textContent.trim();
const tabOf = ({ stage, lane }) => document.querySelector(`[data-count-of="${lane ? `${lane}-` : ""}${stage}"]`);
const remember = () => lanes().forEach((lane) => { lane.dataset.counted = counted(lane); });

document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.elt.matches("[data-live]")) return;
  if (document.hidden || document.body.classList.contains("sb-dragging")) return event.preventDefault();
  event.detail.headers["If-None-Match"] = event.detail.elt.dataset.tag;
  // Web servers refuse addresses of more than 4,094 bytes; those further down follow when these are done.
  const chips = [...document.querySelectorAll("[data-pending]")].slice(0, 100);
  event.detail.parameters.shown = chips.map((chip) => `${chip.dataset.pending}:${chip.dataset.fitWord}`).join(",");
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 304) event.detail.shouldSwap = false;
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "progress") return;
  const { cards, many } = document.getElementById("progress").dataset;
  if (many !== undefined) {
    announce(say("Much has changed: the board is drawn anew."));
    return htmx.ajax("GET", location.href, { target: "#board-area", select: "#board-area", swap: "outerHTML" });
  }
  if (Number(cards)) remember();
  lanes().forEach((lane) => {
    const tab = tabOf(lane.dataset);
    if (tab) tab.textContent = counted(lane);
    const scroller = lane.closest(".sb-split-list") ?? lane;
    const isBusy = scroller.scrollTop > 120 || document.body.classList.contains("sb-dragging") || lane.contains(document.activeElement);
    if (lane.dataset.counted === counted(lane) || isBusy) return;
    lane.dataset.counted = counted(lane);
    htmx.ajax("GET", lane.dataset.url, { source: lane, target: lane, swap: "innerHTML" });
  });
});

// Our own moves change counts too: those columns are up to date already.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig?.verb === "post") setTimeout(remember, 50);
});
document.addEventListener("htmx:load", (event) => event.target.id === "board-area" && remember());
remember();

// On a phone the columns are pages side by side: mark the tab of the one on screen.
const tabs = () => document.querySelectorAll(".sb-stage-tabs a");
const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    tabs().forEach((tab) => tab.toggleAttribute("data-current", tab.hash === `#${entry.target.id}`));
    const current = document.querySelector(".sb-stage-tabs [data-current]");
    if (current?.offsetParent) current.parentElement.scrollTo({ left: current.offsetLeft - 40, behavior: "smooth" });
  }
}, { threshold: 0.6 });
const watch = () => document.querySelectorAll(".sb-column").forEach((column) => watcher.observe(column));
watch();
document.addEventListener("htmx:load", watch);
