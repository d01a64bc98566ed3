// Programs side by side: folding a pipeline, a phone's tabs of programs, and what is said of a drop on another program.
import { announce, showToast } from "../toasts.js";
import { say } from "../words.js";

// A card cannot leave its program; the dialog says so and offers to add the company to the other one too.
document.addEventListener("elsewhere", (event) => {
  const card = event.target;
  const address = card.querySelector(".sb-card-link").pathname.replace("/p/", "/pipelines/");
  const asked = new URLSearchParams({ to: event.detail, next: location.pathname + location.search });
  htmx.ajax("GET", `${address}/add?${asked}`, { target: "#dialog-content", swap: "innerHTML" });
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-fold-way]")) return;
  event.preventDefault();
  const way = form.closest(".pl-way");
  const isFolded = !way.hasAttribute("data-folded");
  const body = new FormData(form);
  body.set("folded", isFolded ? "1" : "0");
  fold(way, form, isFolded);
  const name = way.querySelector("h3").textContent;
  announce(isFolded ? say("%(name)s folded", { name }) : say("%(name)s opened", { name }));
  const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.ok) return;
  fold(way, form, !isFolded);
  showToast(answer ? say("The server answered %(status)s. Try again in a moment.", { status: answer.status }) : say("The server cannot be reached. Check the connection and try again."), "danger");
});

function fold(way, form, isFolded) {
  way.toggleAttribute("data-folded", isFolded);
  form.querySelector("button").setAttribute("aria-expanded", String(!isFolded));
}

// On a phone one program is on screen; its tab stands in the address, so that the way back leads to it.
document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-lane-tab]");
  if (!tab || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const slug = tab.dataset.laneTab;
  for (const each of document.querySelectorAll("[data-lane-tab]")) {
    if (each === tab) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
  }
  for (const each of document.querySelectorAll(".pl-program")) each.toggleAttribute("data-current", each.dataset.lane === slug);
  document.querySelector("[data-lane-at]").value = slug;
  history.replaceState(history.state, "", tab.href);
});

// The counts of the columns are what the server says; a pipeline's is their sum.
function sumUp() {
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  for (const way of document.querySelectorAll(".pl-way")) {
    const counts = [...way.querySelectorAll(".sb-column-head .sb-count")].map((count) => Number(count.textContent.replace(/\D/g, "")));
    way.querySelector("[data-way-count]").textContent = numbers.format(counts.reduce((sum, count) => sum + count, 0));
  }
}
document.addEventListener("htmx:afterRequest", () => setTimeout(sumUp, 50));
