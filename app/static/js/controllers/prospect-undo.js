// Undo in a message: these pages show the whole of what changed, so it goes the way of a plain form, with a fresh page
// as the answer, instead of in the background as on the board.
document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-undo]")) event.stopImmediatePropagation();
}, true);
