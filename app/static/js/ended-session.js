// A session that ends while somebody works on a page takes nothing away: no answer leads off the page, what is typed
// stays, and after signing in (in another tab) the same form can be sent again.
import { showToast } from "./toasts.js";
import { say } from "./words.js";

let hasEnded = false;

function tell() {
  if (hasEnded) return;
  hasEnded = true;
  showToast(say("Your session has ended. Sign in in another tab; what you typed here stays."), "warning");
  const link = document.createElement("a");
  link.href = "/login";
  link.target = "_blank";
  link.className = "sb-toast-action";
  link.textContent = say("Sign in");
  const toast = document.getElementById("toasts").lastElementChild;
  toast.dataset.timed = "yes";
  toast.dataset.session = "";
  toast.querySelector(".sb-toast-text").after(link);
}

// Before htmx follows the answer to the sign-in page.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.status !== 401) return;
  event.preventDefault();
  tell();
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (hasEnded && event.target.matches("[data-live]")) event.preventDefault();
});

// Back in this tab: a new session has a new token for forms.
window.addEventListener("focus", async () => {
  if (!hasEnded) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || new URL(answer.url).pathname === "/login") return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (page.body.dataset.user !== document.body.dataset.user) return location.reload();
  const token = page.querySelector('meta[name="csrf-token"]').content;
  document.querySelector('meta[name="csrf-token"]').content = token;
  document.querySelectorAll('input[name="csrf_token"]').forEach((field) => { field.value = token; });
  hasEnded = false;
  document.querySelector("[data-toast][data-session]")?.remove();
  showToast(say("You are signed in again. Send it once more."), "success");
});
