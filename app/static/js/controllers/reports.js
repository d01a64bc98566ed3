// Copies the address of a report, with all that was chosen, to the clipboard and says so on the button.
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
