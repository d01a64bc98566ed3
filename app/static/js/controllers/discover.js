// The search form: keeps the links of a page that is copied from the browser, and says that the search is under way.
import { say } from "../words.js";

const form = document.querySelector("[data-discover-form]");
const box = form?.querySelector("[data-keep-links]");

// Copied from a page, a link arrives as its words alone; its address is only in the HTML beside them.
const linesOf = (html) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  const links = [...page.querySelectorAll("a[href^='http']")];
  return links.map((link) => `${link.textContent.trim().replace(/\s+/g, " ")} ${link.getAttribute("href")}`);
};

box?.addEventListener("paste", (event) => {
  const lines = linesOf(event.clipboardData.getData("text/html"));
  const plain = event.clipboardData.getData("text/plain");
  if (!lines.length || lines.every((line) => plain.includes(line.split(" ").at(-1)))) return;
  event.preventDefault();
  box.setRangeText(`${lines.join("\n")}\n`, box.selectionStart, box.selectionEnd, "end");
});

form?.addEventListener("submit", () => {
  const button = form.querySelector("button.btn-primary");
  button.disabled = true;
  button.lastChild.textContent = say("Looking…");
});

// Coming back with the browser's own button shows the page as it was left.
window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
