// The review without a mouse: a approves, d declines, q asks, o is for a second opinion, r goes from one reference to be
// asked to the next, j and k go on and back, ? lists the keys. No key alone sends anything.
const isTyping = (element) =>
  element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName) || element.closest("dialog");

function press(key) {
  const targets = [...document.querySelectorAll(`[data-key="${key}"]`)];
  const target = targets[(targets.indexOf(document.activeElement) + 1) % targets.length];
  if (target instanceof HTMLAnchorElement) target.click();
  if (target instanceof HTMLButtonElement) target.focus();
  if (target instanceof HTMLFormElement) target.querySelector("input[type=radio]").focus();
  if (!(target instanceof HTMLDetailsElement)) return;
  for (const other of document.querySelectorAll("details[data-key]")) other.open = other === target;
  target.querySelector("input[type=checkbox], select, textarea")?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const dialog = document.getElementById("shortcuts");
  if (event.key === "?" && dialog) dialog.showModal();
  else if (document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)) press(event.key);
  else return;
  event.preventDefault();
});
document.querySelector("[data-shortcuts]")?.addEventListener("click", () => document.getElementById("shortcuts").showModal());
