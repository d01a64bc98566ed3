// The review without a mouse: a approves, d declines, q asks, j and k go on and back, ? lists the keys.
const isTyping = (element) =>
  element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName) || element.closest("dialog");

function press(key) {
  const target = document.querySelector(`[data-key="${key}"]`);
  if (target instanceof HTMLAnchorElement) target.click();
  if (!(target instanceof HTMLDetailsElement)) return;
  for (const other of document.querySelectorAll("details[data-key]")) other.open = other === target;
  target.querySelector("input[type=checkbox], textarea")?.focus();
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
