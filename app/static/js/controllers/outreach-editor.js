// The editor of a step: a click on a field writes it at the cursor, and leaving with unsaved text asks first.
const form = document.querySelector("[data-editor]");
let last = form.querySelector("textarea.or-body, textarea, input[type=text]");
let isSaved = true;

form.addEventListener("focusin", (event) => {
  if (event.target.matches("textarea, input[type=text]")) last = event.target;
});
form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (!button || !last) return;
  last.setRangeText(button.dataset.insert, last.selectionStart, last.selectionEnd, "end");
  last.focus();
  last.dispatchEvent(new Event("input", { bubbles: true }));
});
form.addEventListener("input", (event) => {
  if (event.target.name !== "contact") isSaved = false;
});
form.addEventListener("submit", () => {
  isSaved = true;
});
window.addEventListener("beforeunload", (event) => {
  if (!isSaved) event.preventDefault();
});
