// The upload form: says at once that a file is too large, and that the check is under way.
import { say } from "../words.js";

const form = document.querySelector("[data-import-form]");

form?.querySelector("input[type=file]").addEventListener("change", ({ target }) => {
  const [file] = target.files;
  const most = Number(form.dataset.mostBytes);
  const size = file ? (file.size / 1024 / 1024).toFixed(1) : 0;
  const problem = file && file.size > most ? say("This file has %(size)s MB; at most %(most)s MB can be imported at once. Split it.", { size, most: most / 1024 / 1024 }) : "";
  target.setCustomValidity(problem);
  target.reportValidity();
});

form?.addEventListener("submit", () => {
  const button = form.querySelector("button.btn-primary");
  button.disabled = true;
  button.lastChild.textContent = say("Checking…");
});

// Coming back with the browser's own button shows the page as it was left.
window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
