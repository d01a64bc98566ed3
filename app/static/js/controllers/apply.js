// Questions that hang on another are shown when they are asked; without this script they all stand there, with a note.
const answers = (name) =>
  [...document.querySelectorAll(`[name="${name}"]`)].filter((field) => field.type !== "radio" || field.checked).map((field) => field.value);

function refresh() {
  for (const block of document.querySelectorAll("[data-when]")) {
    block.hidden = !answers(block.dataset.when).includes(block.dataset.answer);
    block.querySelector(".ap-when")?.remove();
  }
}

document.addEventListener("change", refresh);
refresh();
document.getElementById("problems")?.focus();

// The answer about the site comes into the page; without this script the form comes back with it.
const site = document.getElementById("site-check");

async function checkSite(form) {
  if (site.ariaBusy === "true") return;
  site.ariaBusy = "true";
  site.textContent = site.dataset.busy;
  const typed = new FormData(form);
  const asked = new URLSearchParams({ action: "check", answer_alone: "1" });
  for (const name of ["csrf_token", "started", "website", "homepage"]) asked.set(name, typed.get(name) ?? "");
  try {
    // Its buttons are called "action": they stand before the form's own property of that name.
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: asked });
    if (!answer.ok || answer.redirected) throw new Error(`status ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    site.replaceChildren(...page.body.childNodes);
  } catch {
    site.textContent = site.dataset.failed;
  }
  site.ariaBusy = "false";
}

document.getElementById("form")?.addEventListener("submit", (event) => {
  if (!site || event.submitter?.value !== "check") return;
  event.preventDefault();
  checkSite(event.currentTarget);
});
