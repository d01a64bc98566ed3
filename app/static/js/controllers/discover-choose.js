// The preview: filter while typing, tick all or none of what is shown, and say how many will be added.
import { say, sayCount } from "../words.js";

const form = document.querySelector("[data-choose]");
const filter = document.querySelector("[data-filter]");
const rows = [...(form?.querySelectorAll("[data-line]") ?? [])];
const boxes = [...(form?.querySelectorAll("input[name=candidate]") ?? [])];
const button = form?.querySelector("[data-chosen-button]");
const note = form?.querySelector("[data-chosen-note]");
const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));

const rowOf = (box) => box.closest("[data-line]");
const show = () => {
  if (!button) return;
  const chosen = boxes.filter((box) => box.checked);
  const hidden = chosen.filter((box) => rowOf(box).hidden).length;
  button.disabled = !chosen.length;
  button.querySelector("span").textContent = chosen.length
    ? sayCount("Add %(num)s prospect", "Add %(num)s prospects", chosen.length)
    : say("Choose companies to add");
  note.textContent = hidden ? sayCount("%(num)s of them hidden by the filter", "%(num)s of them hidden by the filter", hidden) : "";
};

const narrow = () => {
  const words = filter.value.trim().toLowerCase();
  for (const row of rows) row.hidden = !texts.get(row).includes(words);
  const none = form.querySelector("[data-no-match]");
  none.hidden = rows.length === 0 || rows.some((row) => !row.hidden);
  show();
};

filter?.addEventListener("input", () => form && narrow());
filter?.form.addEventListener("submit", (event) => event.preventDefault());

document.querySelectorAll("[data-tick]").forEach((link) =>
  link.addEventListener("click", (event) => {
    event.preventDefault();
    for (const box of boxes) if (!rowOf(box).hidden) box.checked = link.dataset.tick === "all";
    show();
  }),
);

// A range of boxes is ticked with Shift, as in a mailbox.
let last = null;
form?.addEventListener("click", (event) => {
  const box = event.target.closest("input[name=candidate]");
  if (!box) return;
  if (event.shiftKey && last) {
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    for (const each of boxes.slice(from, to + 1)) if (!rowOf(each).hidden) each.checked = box.checked;
  }
  last = box;
  show();
});
form?.addEventListener("change", show);

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || !filter || event.target.closest("input, textarea, select")) return;
  event.preventDefault();
  filter.focus();
});

form?.addEventListener("submit", () => button && (button.disabled = true));
window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
show();
