// The page of notifications without a mouse: j and k between lines, e marks read or unread, a marks all as read.
const typing = (target) => target.closest("input, textarea, select, dialog, [contenteditable]");
const links = () => [...document.querySelectorAll(".nt-link")];

function step(by) {
  const all = links();
  const here = all.indexOf(document.activeElement.closest(".nt-line")?.querySelector(".nt-link"));
  (all[here < 0 ? 0 : here + by] ?? all[here])?.focus();
}

const ACTS = {
  j: () => step(1), ArrowDown: () => step(1),
  k: () => step(-1), ArrowUp: () => step(-1),
  e: () => document.activeElement.closest(".nt-line")?.querySelector(".nt-mark").click(),
  a: () => document.querySelector("[data-read-all] button")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const act = ACTS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// After a line was marked the page comes anew: go on where one was.
const KEY = "notifications-at";
document.addEventListener("submit", (event) => {
  const link = event.target.closest(".nt-line")?.querySelector(".nt-link");
  if (link) sessionStorage.setItem(KEY, `${link.getAttribute("href")} ${links().indexOf(link)}`);
});
const [href, at] = (sessionStorage.getItem(KEY) ?? "").split(" ");
sessionStorage.removeItem(KEY);
if (href) (links().find((link) => link.getAttribute("href") === href) ?? links().at(Math.min(Number(at), links().length - 1)))?.focus();
