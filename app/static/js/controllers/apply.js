// Questions that hang on another are shown when they are asked; without this script they all stand there, with a note.
const answers = (name) =>
  [...document.querySelectorAll(`[name="${name}"]`)].filter((field) => field.type !== "radio" || field.checked).map((field) => field.value);

function refresh() {
  for (const block of document.querySelectorAll("[data-when]")) {
    block.hidden = !answers(block.dataset.when).includes(block.dataset.answer);
    block.querySelector(".ap-when")?.remove();
  }
}

document.addEventListener("change", refresh);
refresh();
document.getElementById("problems")?.focus();
