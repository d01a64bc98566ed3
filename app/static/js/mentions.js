// @ in a field marked data-mentions opens the people one can mention: arrows choose, Enter or Tab takes, Esc closes.
import { say } from "./words.js";

const AT = /(?:^|[\s(])@([\p{L}\p{N}._-]*(?: [\p{L}\p{N}._-]*)?)$/u;
const MOST = 6;
const known = new Map();
const list = document.createElement("ul");
list.id = "mention-list";
list.className = "sb-mentions";
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", say("People to mention"));
list.hidden = true;
let field = null;
let found = [];
let chosen = 0;

const people = (url) => {
  if (!known.has(url)) known.set(url, fetch(url).then((answer) => (answer.ok && !answer.redirected ? answer.json() : [])).catch(() => []));
  return known.get(url);
};

function close() {
  list.hidden = true;
  found = [];
  field?.removeAttribute("aria-activedescendant");
}

function draw() {
  list.replaceChildren(...found.map((person, at) => {
    const option = document.createElement("li");
    option.id = `mention-${at}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", String(at === chosen));
    const name = document.createElement("strong");
    name.textContent = person.name;
    const email = document.createElement("span");
    email.textContent = person.email;
    option.append(name, email);
    option.addEventListener("pointerdown", (event) => { event.preventDefault(); take(at); });
    return option;
  }));
  field.after(list);
  list.hidden = false;
  list.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-activedescendant", `mention-${chosen}`);
}

function take(at) {
  const before = field.value.slice(0, field.selectionStart);
  const start = before.lastIndexOf("@", before.length - AT.exec(before)[1].length);
  const name = `@${found[at].name} `;
  field.setRangeText(name, start, field.selectionStart, "end");
  close();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

async function look(target) {
  field = target;
  const typed = AT.exec(field.value.slice(0, field.selectionStart));
  if (!typed) return close();
  const word = typed[1].toLowerCase();
  const all = await people(field.dataset.mentions);
  if (document.activeElement !== target) return close();
  found = all.filter(({ name, email }) =>
    name.toLowerCase().startsWith(word) || email.startsWith(word)
    || name.toLowerCase().split(" ").some((part) => word && part.startsWith(word))).slice(0, MOST);
  chosen = 0;
  if (found.length && word !== found[0].name.toLowerCase()) draw();
  else close();
}

document.addEventListener("input", (event) => event.target.matches("[data-mentions]") && look(event.target));
document.addEventListener("focusout", (event) => event.target === field && close());
document.addEventListener("keydown", (event) => {
  if (list.hidden || event.target !== field) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    chosen = (chosen + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
    draw();
  } else if (event.key === "Enter" || event.key === "Tab") take(chosen);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
