// Tags to choose from while one types: the server knows ten thousand, the list shows the few that begin like this.
let waiting = null;
document.addEventListener("input", (event) => {
  const input = event.target;
  if (!input.matches("[data-tags]")) return;
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const [, done, word] = input.value.match(/^(.*,)?([^,]*)$/s);
    const answer = await fetch(`${input.dataset.tags}?q=${encodeURIComponent(word.trim())}`).catch(() => null);
    // Where the session has ended the answer is the page that asks to sign in.
    if (!answer?.ok || answer.redirected) return;
    const options = (await answer.json()).map((name) => Object.assign(document.createElement("option"), { value: `${done ? `${done} ` : ""}${name}` }));
    document.getElementById(input.getAttribute("list"))?.replaceChildren(...options);
  }, 150);
});
