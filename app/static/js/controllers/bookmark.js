// The button that is dragged to the bookmarks bar. Its address is a script, which the content policy keeps from running
// here: it is for the bar only, so the page itself carries it as text and no link of it runs anything.
const drag = document.querySelector("[data-drag]");
const link = drag.querySelector("a");
link.href = document.getElementById("bookmark-code").value;
link.addEventListener("click", (event) => event.preventDefault());
drag.hidden = false;
