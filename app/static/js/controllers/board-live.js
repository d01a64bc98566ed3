// While sites are being read: send along which chips are unfinished, and fetch the top of a column again whose count
// was changed by somebody else (an import under way, a colleague).
const lanes = () => document.querySelectorAll(".sb-board .sb-cards");
const counted = (lane) => document.getElementById(`count-${lane.dataset.stage}`)?.textContent.trim();
const remember = () => lanes().forEach((lane) => { lane.dataset.counted = counted(lane); });

document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.elt.matches("[data-live]")) return;
  if (document.hidden) return event.preventDefault();
  // Web servers refuse addresses of more than 4,094 bytes; those further down follow when these are done.
  const chips = [...document.querySelectorAll("[data-pending]")].slice(0, 150);
  event.detail.parameters.shown = chips.map((chip) => `${chip.dataset.pending}:${chip.dataset.fitWord}`).join(",");
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "progress") return;
  lanes().forEach((lane) => {
    const tab = document.querySelector(`[data-count-of="${lane.dataset.stage}"]`);
    if (tab) tab.textContent = counted(lane);
    const isBusy = lane.scrollTop > 120 || document.body.classList.contains("sb-dragging") || lane.contains(document.activeElement);
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
