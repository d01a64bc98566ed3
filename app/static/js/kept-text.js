// What was typed into a form is kept until the form was taken: a session that ended in between loses no text.
import { showToast } from "./toasts.js";
import { say } from "./words.js";

const KEY = "scoutboard-kept-text";
const TYPED = "textarea, input:not([type]), input:is([type=text], [type=email], [type=url], [type=number], [type=date])";
const who = document.body.dataset.user;

const sameForms = (action) => [...document.forms].filter((form) => form.getAttribute("action") === action);

document.addEventListener(
  "submit",
  ({ target: form }) => {
    const action = form.getAttribute("action");
    const fields = [...form.elements]
      .map((field, place) => ({ field, place }))
      .filter(({ field }) => field.matches(TYPED) && field.value !== field.defaultValue)
      .map(({ field, place }) => ({ place, name: field.name, value: field.value }));
    if (!who || !fields.length) return;
    const kept = { who, path: location.pathname, action, number: sameForms(action).indexOf(form), fields };
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  },
  true,
);

const bringBack = (kept) => {
  const form = sameForms(kept.action)[kept.number];
  const found = kept.fields.filter(({ place, name }) => form?.elements[place]?.name === name);
  for (const { place, value } of found) {
    const field = form.elements[place];
    for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (found.length) showToast(say("You had been signed out, so nothing was saved. Your text is here again: send it once more."), "warning");
};

// Only who comes from the sign-in page was interrupted; any other page means that the form was taken, or left.
if (who) {
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  sessionStorage.removeItem(KEY);
  const before = document.referrer && new URL(document.referrer);
  const wasInterrupted = before && before.origin === location.origin && before.pathname === "/login";
  if (kept && wasInterrupted && kept.who === who && kept.path === location.pathname) bringBack(kept);
}
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) sessionStorage.removeItem(KEY);
});
