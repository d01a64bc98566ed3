// Copies the address of a report, with all that was chosen, to the clipboard and says so on the button; keeps the list
// of periods and the two days of one's own from saying different things.
import { announce } from "../toasts.js";
import { say } from "../words.js";

const button = document.querySelector("[data-copy]");
button?.addEventListener("click", async () => {
  const label = button.querySelector("span");
  const words = label.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    label.textContent = say("Copied");
  } catch {
    label.textContent = say("Copy it from the address bar");
  }
  announce(label.textContent);
  setTimeout(() => { label.textContent = words; }, 2500);
});

// A phone shows the fields that narrow something; the rest comes on asking.
const more = document.querySelector("[data-filter-more]");
more?.addEventListener("click", () => {
  const form = more.closest("form");
  const first = form.querySelector(".rp-rare :is(select, input)");
  form.classList.add("rp-filter-open");
  first?.focus();
});

const period = document.querySelector("[data-period]");
const days = [...document.querySelectorAll("[data-day]")];
for (const day of days) {
  day.addEventListener("change", () => { if (day.value) period.value = "own"; });
}
period?.addEventListener("change", () => {
  if (period.value === "own") { days[0].focus(); return; }
  for (const day of days) { day.value = ""; }
});
