// What every page does: CSRF for htmx, toasts, menus, the dialog, the theme, and the page's own controller.
import "./kept-text.js";
import { announce, dismissLater, showToast } from "./toasts.js";
import { say } from "./words.js";

const csrf = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
const dialog = () => document.getElementById("dialog");

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = csrf();
});

// A refusal that is not a form with its errors (errors/_fragment.html) is said in a toast and swapped nowhere.
const refusal = (xhr) =>
  new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector("[data-error-message]")?.dataset.errorMessage;
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  const message = xhr.status >= 400 && event.detail.shouldSwap && refusal(xhr);
  if (!message) return;
  event.detail.shouldSwap = false;
  showToast(message, "danger");
});
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  showToast(refusal(xhr) || say("The server answered %(status)s. Try again in a moment.", { status: xhr.status }), "danger");
});
document.addEventListener("htmx:sendError", () => {
  showToast(say("The server cannot be reached. Check the connection and try again."), "danger");
});

// Toasts go by themselves, but not while somebody points at them or has focus in them.
new MutationObserver((changes) => {
  for (const change of changes) change.addedNodes.forEach((node) => node.matches?.("[data-toast]") && dismissLater(node));
}).observe(document.getElementById("toasts"), { childList: true });
document.querySelectorAll("[data-toast]").forEach(dismissLater);

// Where the navigation scrolls, the page one is on stands in view.
document.querySelector('.sb-navs [aria-current="page"]')?.scrollIntoView({ block: "nearest" });
// So does the open tab where a row of tabs is longer than the screen.
for (const tab of document.querySelectorAll('.sb-page nav > a[aria-current]')) {
  const row = tab.parentElement;
  const off = tab.getBoundingClientRect().left - row.getBoundingClientRect().left;
  if (row.scrollWidth > row.clientWidth) row.scrollLeft += off - (row.clientWidth - tab.offsetWidth) / 2;
}

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-toast-close]");
  if (close) close.closest("[data-toast]").remove();
  if (event.target.closest("[data-dialog-close]") || event.target === dialog()) {
    event.preventDefault();
    dialog()?.close();
  }
  document.querySelectorAll("details.sb-menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details.sb-menu[open]").forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target.matches?.("[data-undo]")) event.target.closest("[data-toast]")?.remove();
});
// What is typed into the filter is asked for while typing. Leaving the field must not ask a second time: the answer would
// take a card out of the hand that has just begun to drag it.
document.addEventListener("change", (event) => event.target.id === "filter-q" && event.stopPropagation(), true);

// Forms marked data-lean leave empty fields out, so that addresses stay short enough to share.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.elt.matches("[data-lean]")) return;
  const { parameters } = event.detail;
  for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
});

// A fragment loaded into the dialog opens it; an answer that says "dialog-done" closes it.
document.addEventListener("htmx:afterSwap", (event) => {
  const { target, xhr } = event.detail;
  if (target?.id !== "dialog-content" || xhr.getResponseHeader("HX-Reswap") === "none") return;
  if (target.childElementCount && !dialog().open) dialog().showModal();
});
document.addEventListener("dialog-done", () => dialog()?.close());

// The theme changes at once; the form tells the server in the background.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-theme-form]") || !event.submitter) return;
  event.preventDefault();
  document.documentElement.dataset.theme = event.submitter.value;
  document.dispatchEvent(new Event("theme-chosen"));
  event.target.querySelectorAll("button").forEach((button) => {
    button.setAttribute("aria-pressed", String(button === event.submitter));
  });
  const body = new FormData(event.target, event.submitter);
  fetch(event.target.action, { method: "POST", body, redirect: "manual" }).catch(() => {
    showToast(say("The theme could not be saved; it holds for this page only."), "warning");
  });
  announce(say("Theme: %(name)s", { name: event.submitter.textContent.trim() }));
});

if (document.body.dataset.user) import("./ended-session.js");

// A page names its controllers in data-controller; each module starts itself. It is ready when all of them listen.
const names = (document.body.dataset.controller ?? "").split(/\s+/).filter(Boolean).map((name) => `controllers/${name}`);
const parts = { "#palette": "controllers/palette", "#tour": "controllers/tour", "#bell": "bell", "[data-mentions]": "mentions" };
for (const [part, name] of Object.entries(parts)) if (document.querySelector(part)) names.push(name);
Promise.all(names.map((name) => import(`./${name}.js`))).then(() => {
  document.body.dataset.ready = "yes";
});
