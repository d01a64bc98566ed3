// The approval queue by keyboard: a approves, s skips, j and k go on and back, e edits, Escape leaves the text.
// One press decides about one mail: a key that is held down, or pressed again before the next page is there, about none.
const form = document.querySelector("[data-approve]");
let isDecided = false;
form?.addEventListener("submit", (event) => {
  if (isDecided) event.preventDefault();
  isDecided = true;
});
addEventListener("pageshow", () => {
  isDecided = false;
});
const body = form?.querySelector("textarea");

document.addEventListener("keydown", (event) => {
  if (!form || event.repeat) return;
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
