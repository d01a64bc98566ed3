// The bell asks whether something is new: every half minute at most, while its tab is on screen. 304 says no.
import { announce } from "./toasts.js";

const EVERY_MS = 30_000;
let askedAt = performance.now();

async function ask() {
  const bell = document.querySelector("[data-bell]");
  if (!bell || document.hidden || performance.now() - askedAt < EVERY_MS) return;
  askedAt = performance.now();
  const headers = { "If-None-Match": bell.dataset.tag };
  // Out of reach, or signed out meanwhile: the bell stays as it is, the next page says what is wrong.
  const answer = await fetch(bell.dataset.bell, { headers, redirect: "manual" }).catch(() => null);
  if (answer?.status !== 200) return;
  const made = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-bell]");
  if (!made || !bell.isConnected) return;
  const isNew = Number(made.dataset.count) > Number(bell.dataset.count);
  const hadFocus = document.activeElement === bell;
  bell.replaceWith(made);
  if (hadFocus) made.focus();
  if (isNew) announce(made.getAttribute("aria-label"));
}

setInterval(ask, EVERY_MS + 500);
document.addEventListener("visibilitychange", ask);
