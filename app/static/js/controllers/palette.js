// ⌘K: what the search finds and the commands that fit, while somebody types; all by keyboard. /search does it without.
import { say, sayCount } from "../words.js";
import { act, isAct, optionsFor } from "./palette-options.js";

const palette = document.getElementById("palette");
const input = palette.querySelector("input");
const list = palette.querySelector("[role=listbox]");
const said = palette.querySelector("[role=status]");
let running, timer, opensNext;
const options = () => [...list.querySelectorAll("[role=option]")];
const chosen = () => list.querySelector('[aria-selected="true"]');

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  if (!option) return input.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option.id);
}

const step = (by, all = options()) => choose(all[(all.indexOf(chosen()) + by + all.length) % all.length]);

async function load() {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  list.setAttribute("aria-busy", "true");
  try {
    const html = await optionsFor(palette.dataset, input.value, mine.signal);
    if (html === null) return;
    list.innerHTML = html;
    choose(options()[0]);
    said.textContent = list.querySelector("[data-said]").textContent.trim() || sayCount("%(num)s options", "%(num)s options", options().length);
  } catch (error) {
    if (error.name === "AbortError") return;
    list.textContent = say("The search does not answer. Press Enter to open the search page.");
  }
  list.removeAttribute("aria-busy");
  running = null;
  if (opensNext) open(chosen());
}

function open(option, inNewTab = false) {
  opensNext = false;
  if (isAct(option)) return palette.close() ?? act(option.dataset);
  const address = option?.href ?? `${palette.dataset.page}?${new URLSearchParams({ q: input.value })}`;
  if (inNewTab) return window.open(address, "_blank", "noopener");
  palette.close();
  location.assign(address);
}

function show() {
  if (palette.open || document.querySelector("dialog[open]")) return;
  palette.showModal();
  input.setAttribute("aria-expanded", "true");
  input.select();
  load();
}

input.addEventListener("input", () => {
  clearTimeout(timer);
  opensNext = false;
  list.setAttribute("aria-busy", "true");
  timer = setTimeout(() => { timer = null; load(); }, 110);
});
input.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event.key === "ArrowDown" ? 1 : -1);
  else if (event.key !== "Enter") return;
  // Enter before the answer is there opens what the answer will have on top, never what stood there before.
  else if (timer || running) opensNext = true;
  else open(chosen(), event.ctrlKey || event.metaKey);
  event.preventDefault();
});
list.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (!option || (!isAct(option) && (event.ctrlKey || event.metaKey || event.shiftKey))) return;
  event.preventDefault();
  open(option);
});
list.addEventListener("mousedown", (event) => event.preventDefault());
palette.addEventListener("click", (event) => event.target === palette && palette.close());
palette.addEventListener("close", () => {
  clearTimeout(timer);
  running?.abort();
  timer = running = opensNext = null;
  input.setAttribute("aria-expanded", "false");
});
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  palette.open ? palette.close() : show();
});
document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || !event.target.closest("[data-palette-open]")) return;
  event.preventDefault();
  show();
});
