// The fit profile: rows come and go without a round trip, and each shows how many points it can give.
import { say } from "../words.js";

const form = document.querySelector("form[data-profile]");

// As scoring/compile.py hears them: beside topics, four example companies count half of their weight.
const DOUBT_OF_EXEMPLARS = 4;

function shown(share) {
  const most = Math.abs(share);
  const points = most.toLocaleString(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return share < 0 ? say("takes up to %(points)s points", { points }) : say("up to %(points)s points", { points });
}
const number = (field) => (field && field.value.trim() !== "" ? Number(field.value) : NaN);

function rows() {
  const found = [];
  for (const row of form.querySelectorAll('[data-rows="topics"] [data-row]')) {
    const against = row.querySelector('input[value="avoids"]').checked;
    const weight = number(row.querySelector('input[name$="-weight"]'));
    const used = row.querySelector("textarea").value.trim() !== "";
    found.push({ target: row.querySelector("[data-points]"), weight: used ? (against ? -weight : weight) : NaN });
  }
  for (const row of form.querySelectorAll('[data-rows="signals"] [data-row]')) {
    const used = row.querySelector('input[name$="-name"]').value.trim() !== "";
    found.push({ target: row.querySelector("[data-points]"), weight: used ? number(row.querySelector('input[name$="-weight"]')) : NaN });
  }
  const exemplars = form.elements.exemplars.value.split(/[\s,;]+/).filter(Boolean).length;
  const heard = found.some(({ weight }) => weight > 0) ? exemplars / (exemplars + DOUBT_OF_EXEMPLARS) : 1;
  found.push({ target: form.querySelector('[data-points="exemplars"]'), weight: exemplars ? heard * number(form.elements.exemplar_weight) : NaN });
  return found;
}

function showPoints() {
  const all = rows();
  const wanted = all.reduce((sum, { weight }) => sum + (weight > 0 ? weight : 0), 0);
  for (const { target, weight } of all) {
    target.textContent = Number.isFinite(weight) && wanted > 0 && weight !== 0 ? shown((100 * weight) / wanted) : "";
  }
}

function add(kind) {
  const holder = form.querySelector(`[data-rows="${kind}"]`);
  const used = [...holder.querySelectorAll("[name]")].map((field) => Number(field.name.split("-")[1])).filter(Number.isInteger);
  const next = used.length ? Math.max(...used) + 1 : 0;
  const row = form.querySelector(`[data-template="${kind}"]`).content.firstElementChild.cloneNode(true);
  for (const part of row.querySelectorAll("[id], [for], [name], [value]")) {
    for (const name of ["id", "for", "name"]) {
      const value = part.getAttribute(name);
      if (value) part.setAttribute(name, value.replace(`${kind}-0`, `${kind}-${next}`));
    }
    if (part.dataset.remove !== undefined) part.value = part.value.replace(/\d+$/, String(next));
  }
  holder.append(row);
  row.querySelector("textarea, input:not([type=hidden])").focus();
  showPoints();
}

if (form) {
  form.addEventListener("click", (event) => {
    const adds = event.target.closest("[data-add]");
    const removes = event.target.closest("[data-remove]");
    if (!adds && !removes) return;
    event.preventDefault();
    if (adds) {
      add(adds.dataset.add);
      return;
    }
    const row = removes.closest("[data-row]");
    const near = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    form.dispatchEvent(new Event("input"));
    (near?.querySelector("textarea, input:not([type=hidden])") ?? form.querySelector("[data-add]")).focus();
    showPoints();
  });
  form.addEventListener("input", showPoints);
  showPoints();
  let sent = false;
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("click", (event) => { if (event.target.closest("[data-remove], [data-add]")) changed = true; });
  form.addEventListener("submit", () => { sent = true; });
  addEventListener("beforeunload", (event) => { if (changed && !sent) event.preventDefault(); });
}
