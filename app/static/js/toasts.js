// Messages at the edge of the screen. The container is a live region, so they are read out too.
import { say } from "./words.js";

const LIFE_MS = 8000;
const ICONS = { success: "circle-check", warning: "alert-triangle", danger: "alert-circle" };

const sprite = () => document.querySelector("svg.icon use")?.getAttribute("href").split("#")[0] ?? "";

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite()}#icon-${name}`);
  svg.append(use);
  return svg;
}

export function showToast(text, category = "info") {
  const toast = document.createElement("div");
  toast.className = `sb-toast sb-toast-${category}`;
  toast.dataset.toast = "";
  const words = document.createElement("div");
  words.className = "sb-toast-text";
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "sb-toast-close";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", say("Dismiss"));
  close.append(icon("x"));
  toast.append(icon(ICONS[category] ?? "info-circle"), words, close);
  document.getElementById("toasts").append(toast);
}

export function dismissLater(toast) {
  if (toast.dataset.timed) return;
  toast.dataset.timed = "yes";
  let timer;
  const start = () => { timer = setTimeout(() => toast.remove(), LIFE_MS); };
  const hold = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("focusout", start);
  start();
}

export function announce(text) {
  const region = document.getElementById("announcer");
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = text; });
}
