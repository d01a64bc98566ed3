// Folding columns, and a filter form whose empty fields stay out of the address.
import { announce } from "../toasts.js";
import { say } from "../words.js";

// In an address that names folded columns (an opened view) the list moves along, so that a reload shows the same.
function noteInAddress(stage, isFolded) {
  const address = new URL(location.href);
  if (!address.searchParams.has("fold")) return;
  const folded = new Set(address.searchParams.getAll("fold").filter((name) => name !== "none"));
  if (isFolded) folded.add(stage);
  else folded.delete(stage);
  address.searchParams.delete("fold");
  for (const name of folded.size ? folded : ["none"]) address.searchParams.append("fold", name);
  history.replaceState(history.state, "", address);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-fold]")) {
    event.preventDefault();
    const column = form.closest(".sb-column");
    const isFolded = column.toggleAttribute("data-folded");
    const body = new FormData(form);
    body.set("folded", isFolded ? "1" : "0");
    const button = form.querySelector("button");
    button.setAttribute("aria-expanded", String(!isFolded));
    const name = column.querySelector("h2").textContent;
    announce(isFolded ? say("%(name)s folded", { name }) : say("%(name)s opened", { name }));
    noteInAddress(form.dataset.fold, isFolded);
    fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
    return;
  }
  if (form.matches("form[data-lean]:not([hx-get])")) {
    const empty = [...form.elements].filter((field) => field.name && field.value === "");
    for (const field of empty) field.disabled = true;
    setTimeout(() => empty.forEach((field) => { field.disabled = false; }));
  }
});
