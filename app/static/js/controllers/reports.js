// Copies the address of a report, with all that was chosen, to the clipboard and says so on the button.
const button = document.querySelector("[data-copy]");
button?.addEventListener("click", async () => {
  const label = button.querySelector("span");
  const words = label.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    label.textContent = "Copied";
  } catch {
    label.textContent = "Copy it from the address bar";
  }
  setTimeout(() => { label.textContent = words; }, 2500);
});
