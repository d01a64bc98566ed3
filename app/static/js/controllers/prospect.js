// The prospect page: choosing an owner saves at once, one-letter keys, and the asked-for passage in view.
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

const shortcuts = document.getElementById("shortcuts");
document.querySelector("[data-shortcuts]").addEventListener("click", () => shortcuts.showModal());
const follow = (key) => () => document.querySelector(`a[data-key="${key}"]`)?.click();
const keys = {
  "?": () => shortcuts.showModal(),
  j: follow("j"),
  k: follow("k"),
  b: follow("b"),
  n: () => document.querySelector("#activity textarea")?.focus(),
  m: () => {
    const menu = document.querySelector("[data-move-menu]");
    if (!menu) return;
    menu.open = true;
    menu.querySelector("a, button")?.focus();
  },
  t: () => {
    const editor = document.querySelector("[data-tags-editor]");
    if (!editor) return;
    editor.open = true;
    const input = editor.querySelector("[data-tags]");
    input.focus();
    input.setSelectionRange(input.value.length, input.value.length);
  },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
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
