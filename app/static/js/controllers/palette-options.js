// What stands in the list behind ⌘K: asked of the server, with the prospects seen last, and what can be done on the page
// by a key. Of prospects only ids are kept in the browser: names, and whether one may see them, come from the server.
import { partOf, press } from "../keys.js";

const KEY = `scoutboard-recent-${document.body.dataset.user}`;
const MOST = 6;
const hasKey = (line) => partOf(line.dataset.help);

function recent() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "[]").filter((id) => /^\d+$/.test(id));
  } catch {
    return []; // what stands there is not ours, or nothing may be kept
  }
}

const here = location.pathname.match(/^\/p\/[^/]+\/prospects\/(\d+)/)?.[1];
if (here) localStorage.setItem(KEY, JSON.stringify([here, ...recent().filter((id) => id !== here)].slice(0, MOST)));

// Returns the options as HTML; null where the session has ended and the sign-in page comes instead.
export async function optionsFor({ url, program, here: title }, typed, signal) {
  const asked = new URLSearchParams({ q: typed, p: program });
  if (!typed) asked.set("recent", recent().join(","));
  const headers = { "HX-Request": "true", "HX-Current-URL": location.href };
  const answer = await fetch(`${url}?${asked}`, { signal, headers });
  if (answer.status === 401) return location.assign(answer.headers.get("HX-Redirect") ?? "/login") ?? null;
  if (!answer.ok) throw new Error(`the search answered ${answer.status}`);
  return withPageCommands(await answer.text(), typed, title);
}

// What the list of the page's keys names and this person can do here now, by its words.
function withPageCommands(html, typed, title) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const lines = [...document.querySelectorAll("#shortcuts [data-help]")].filter(hasKey);
  const fitting = lines.filter((line) => words.every((word) => line.textContent.toLowerCase().includes(word)));
  if (!fitting.length) return html;
  const box = document.createElement("div");
  box.innerHTML = html;
  if (!box.querySelector("[role=option]")) box.querySelector("[data-said]").textContent = "";
  const group = box.appendChild(document.createElement("div"));
  group.className = "se-group";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", title);
  group.innerHTML = '<div class="se-group-title" role="presentation"></div>';
  group.firstChild.textContent = title;
  group.append(...fitting.slice(0, MOST).map(optionOf));
  box.querySelector('[aria-labelledby="palette-commands"], .se-all, .se-said').before(group);
  return box.innerHTML;
}

function optionOf(line) {
  const option = document.createElement("a");
  Object.assign(option, { className: "se-option", id: `palette-key-${line.dataset.help}`, href: "#", tabIndex: -1 });
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  option.dataset.press = line.dataset.help;
  option.innerHTML = '<span class="se-icon"></span><span class="se-body"><span class="se-title"></span></span><kbd></kbd>';
  option.querySelector(".se-icon").append(document.querySelector("[data-shortcuts] .icon").cloneNode(true));
  option.querySelector(".se-title").textContent = line.querySelector("dt").textContent;
  option.lastChild.textContent = line.dataset.help;
  return option;
}

export const isAct = (option) => Boolean(option?.dataset.press || option?.dataset.themeValue);

export function act({ press: key, themeValue }) {
  if (key) return press(key);
  document.querySelector(`[data-theme-form] button[value="${themeValue}"]`).click();
}
