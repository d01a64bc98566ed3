// What a key does on a page stands on the part it is for (`data-key`): links and buttons are pressed, what is folded is
// opened with its first field in focus, fields are focused. Keys and the commands of ⌘K press the same parts.
const FIRST = "textarea, select, input:not([type=hidden]):not(:disabled), a[href], button";

function enter(part) {
  part.open = true;
  const first = [...part.querySelectorAll(FIRST)].find((each) => !each.closest("summary"));
  first?.focus();
  if (first?.matches("input[type=text], input:not([type])")) first.setSelectionRange(first.value.length, first.value.length);
}

// A task's row has keys of its own, which hold while it has the focus.
export const partOf = (key) =>
  [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((part) => !part.closest(".tk-task"));

export function press(key) {
  const part = partOf(key);
  if (!part) return false;
  if (part.matches("details, form")) enter(part);
  else if (part.matches("a, button")) part.click();
  else part.focus();
  part.scrollIntoView({ block: "nearest" });
  return true;
}
