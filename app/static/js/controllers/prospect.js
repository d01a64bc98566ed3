// The prospect page: choosing an owner saves at once, one-letter keys, and the asked-for passage in view.
import { partOf, press } from "../keys.js";
import { showToast } from "../toasts.js";
import { say } from "../words.js";

const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

for (const select of document.querySelectorAll("select[data-submits]")) {
  const button = select.form.querySelector("[data-submit-button]");
  button.hidden = true;
  // Arrow keys change a closed select on the way to the wanted value: save once the choice is made.
  let arrows = false;
  select.addEventListener("keydown", (event) => { arrows = event.key.startsWith("Arrow") || event.key.length === 1; });
  select.addEventListener("change", () => {
    if (arrows) button.hidden = false;
    else select.form.requestSubmit();
  });
}

// The list names only what this person can do on this page now.
const shortcuts = document.getElementById("shortcuts");
function showKeys() {
  for (const line of shortcuts.querySelectorAll("[data-help]")) line.hidden = !partOf(line.dataset.help);
  shortcuts.showModal();
}
document.querySelector("[data-shortcuts]").addEventListener("click", showKeys);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]") || event.key.length > 1) return;
  if (event.key !== "?" && !press(event.key)) return;
  event.preventDefault();
  if (event.key === "?") showKeys();
});

// The state of the reading is swapped every two seconds: what a person opened stays open.
let opened = false;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id === "reading") opened = document.getElementById("receipts")?.open ?? false;
});
document.addEventListener("htmx:afterSwap", () => {
  const receipts = document.getElementById("receipts");
  if (receipts && opened) receipts.open = true;
});

// What was read replaces the evidence, but not under the hands of somebody who types a contact into it.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id !== "evidence" || !document.querySelector(".pr-add[open]")) return;
  event.preventDefault();
  showToast(say("The site has been read. Reload the page to see the new score; your contact is not saved yet."), "info");
});

// Ctrl+Enter sends a note, as people expect of a box to write in.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches(".pr-composer textarea")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});
