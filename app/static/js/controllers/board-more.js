// The next cards of a column come before its end is on screen. They are put in as they are: letting htmx swap them would
// look every one of their ids up among all cards that are there already, which a column of thousands shows.
import { say } from "../words.js";

// Where several programs are on screen their columns are short: only the one that is scrolled loads more.
const AHEAD_PX = document.querySelector("[data-lanes]") ? 40 : 900;

export async function load(more) {
  if (more.dataset.asked) return;
  more.dataset.asked = "yes";
  const link = more.querySelector("a");
  const answer = await fetch(link.href, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) {
    delete more.dataset.asked;
    link.textContent = say("Could not be loaded. Try again");
    return;
  }
  const page = document.createElement("template");
  page.innerHTML = await answer.text();
  // A card that moved here meanwhile is shown once, where it stands.
  for (const card of page.content.querySelectorAll(".sb-card")) if (document.getElementById(card.id)) card.remove();
  const next = page.content.querySelector(".sb-more");
  more.replaceWith(page.content);
  if (next) watcher.observe(next);
}

const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    watcher.unobserve(entry.target);
    load(entry.target);
  }
}, { rootMargin: `${AHEAD_PX}px 0px`, scrollMargin: `${AHEAD_PX}px 0px` });

const watch = () => document.querySelectorAll(".sb-more:not([data-asked])").forEach((more) => watcher.observe(more));
watch();
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.matches("#board-area, .sb-cards, body")) watch();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest(".sb-more a");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  load(link.closest(".sb-more"));
});
