// The tour on a screen: what it speaks of is framed and in view, arrows go back and on, Escape closes.
const card = document.getElementById("tour");
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const target = card.dataset.target && document.querySelector(card.dataset.target);

if (target) {
  target.classList.add("gd-shown");
  // On a phone the page scrolls in what the tour leaves of the screen.
  const room = Math.min(innerHeight, document.querySelector(".sb-page").clientHeight);
  const block = target.getBoundingClientRect().height > room ? "start" : "nearest";
  if (target.id !== "main") target.scrollIntoView({ block, inline: "nearest", behavior: calm ? "auto" : "smooth" });
}
// Whoever came here by the tour hears the step first; the question on the first page takes nobody's place.
if (card.dataset.target) card.querySelector("#tour-title").focus({ preventScroll: true });

const press = (key) => card.querySelector(`[data-tour="${key}"]`)?.click();
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open], details.sb-menu[open]")) return;
  const isMine = card.contains(document.activeElement);
  if (!isMine && (document.activeElement !== document.body || !card.dataset.target)) return;
  if (event.key === "ArrowRight") press("next");
  else if (event.key === "ArrowLeft") press("back");
  else if (event.key === "Escape") card.querySelector("[data-tour-close] button").click();
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
