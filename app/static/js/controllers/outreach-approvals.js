// The approval queue by keyboard: a approves, s skips, j and k go on and back, e edits, Escape leaves the text.
const form = document.querySelector("[data-approve]");
const body = form?.querySelector("textarea");

document.addEventListener("keydown", (event) => {
  if (!form) return;
  const isTyping = event.target.closest("input, textarea, select");
  if (isTyping) {
    if (event.key === "Escape") event.target.blur();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.querySelector('[data-key="a"]')?.click();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "e") {
    event.preventDefault();
    body.focus();
    return;
  }
  const wanted = form.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (wanted) {
    event.preventDefault();
    wanted.click();
  }
});
