// The inbox without a mouse: j and k between conversations, r answers, e is done, s snoozes, ? lists the keys.
const isTyping = (element) =>
  element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName) || element.closest("dialog");
const links = () => [...document.querySelectorAll(".ib-link")];

function step(by) {
  const all = links();
  const here = all.findIndex((link) => link.hasAttribute("aria-current"));
  const target = here < 0 ? all[0] : all[here + by];
  if (target) target.click();
}

const ACTS = {
  j: () => step(1),
  k: () => step(-1),
  r: () => document.querySelector(".ib-answer textarea")?.focus(),
  e: () => document.querySelector('form[data-key="e"]')?.requestSubmit(),
  s: () => {
    const menu = document.querySelector('details[data-key="s"]');
    if (!menu) return;
    menu.open = true;
    menu.querySelector("select").focus();
  },
  "?": () => document.getElementById("shortcuts").showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !ACTS[event.key]) return;
  event.preventDefault();
  ACTS[event.key]();
});
document.querySelector("[data-shortcuts]")?.addEventListener("click", ACTS["?"]);
document.querySelector(".ib-row-open")?.scrollIntoView({ block: "nearest" });
