import { say } from "../words.js";
import { cellUrl } from "./table-rows.js";

// A cell is changed in its place: Enter saves, Tab saves and goes on to the next, Esc leaves it as it was.
const rowOf = (element) => element.closest("tr[data-row]");
const before = new WeakMap();

async function open(link) {
  const cell = link.closest("td");
  const row = rowOf(cell);
  close(document.querySelector(".tb-editing"));
  const url = cellUrl(row.dataset.row, { column: link.dataset.cell });
  const html = cell.outerHTML;
  row.dataset.opening = "";
  // A server that is away is told at the edge of the screen.
  await htmx.ajax("GET", url.pathname + url.search, { source: cell, target: cell, swap: "outerHTML" }).catch(() => null);
  delete row.dataset.opening;
  const form = row.querySelector("[data-cell-form]");
  if (!form) return document.dispatchEvent(new Event("cell-left"));
  before.set(form.closest("td"), html);
  focusIn(form);
}

function focusIn(form) {
  const input = form.querySelector("[name=value]");
  input.focus();
  form.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (input.select && input.type !== "date") input.select();
}

// Put the cell back as it was shown; nothing was sent.
function close(cell, isFocused = false) {
  const html = cell && before.get(cell);
  if (!html) return;
  const row = rowOf(cell);
  const key = cell.querySelector("form").dataset.cellForm;
  cell.outerHTML = html;
  if (isFocused) row.querySelector(`[data-cell="${CSS.escape(key)}"]`)?.focus();
  document.dispatchEvent(new Event("cell-left"));
}

async function save(form, next = "") {
  if (form.dataset.busy) return;
  const [row, key, html] = [rowOf(form), form.dataset.cellForm, before.get(form.closest("td"))];
  form.dataset.busy = "yes";
  const answer = await fetch(form.action, {
    method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual",
    headers: { "HX-Request": "true", "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content },
  }).catch(() => null);
  delete form.dataset.busy;
  if (!answer || ![200, 409, 422].includes(answer.status)) return failed(form, answer);
  const shell = Object.assign(document.createElement("template"), { innerHTML: (await answer.text()).trim() });
  const fresh = shell.content.firstElementChild;
  if (answer.status === 200) {
    const [box, toast] = [row.querySelector("input[name=ids]"), shell.content.querySelector("template")?.content.firstElementChild];
    if (toast) document.getElementById("toasts").append(toast), htmx.process(toast);
    row.replaceWith(fresh);
    if (box?.checked) fresh.querySelector("input[name=ids]").checked = true;
    fresh.classList.add("tb-saved");
    const link = fresh.querySelector(`[data-cell="${CSS.escape(next || key)}"]`);
    document.dispatchEvent(new Event("cell-left"));
    return next && link ? open(link) : (link ?? fresh.querySelector("[data-open]"))?.focus();
  }
  form.closest("td").replaceWith(fresh);
  before.set(fresh, html);
  focusIn(fresh.querySelector("form"));
}

// The session ended, or the server is away: what was typed stays in the form.
function failed(form, answer) {
  const words = answer ? say("This was not saved. Sign in again in another tab, then press Enter here.") : say("The server cannot be reached. Press Enter to try again.");
  let note = form.querySelector(".sb-error");
  if (!note) form.append(note = Object.assign(document.createElement("div"), { className: "sb-error", role: "alert" }));
  note.textContent = words;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-cell]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(link);
});
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-cell-form]");
  if (!form || !rowOf(form)) return;
  event.preventDefault();
  save(form);
});
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-cell-form]");
  if (!form || !rowOf(form)) return;
  if (event.key === "Escape") return event.preventDefault(), close(form.closest("td"), true);
  if (event.key === "Enter" && event.target.matches("select")) return event.preventDefault(), save(form);
  if (event.key !== "Tab") return;
  const inputs = [...form.querySelectorAll("[name=value], [name=due_on]")];
  if (inputs.at(event.shiftKey ? 0 : -1) !== event.target) return;
  event.preventDefault();
  const keys = [...rowOf(form).querySelectorAll("a[data-cell], [data-cell-form]")].map((each) => each.dataset.cell ?? each.dataset.cellForm);
  save(form, keys[keys.indexOf(form.dataset.cellForm) + (event.shiftKey ? -1 : 1)] ?? "");
});
