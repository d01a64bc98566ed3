// What scripts say, in the language of the page. English stands in the code; the page brings the rest as data.
const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");
const language = document.documentElement.lang || "en";
const forms = new Intl.PluralRules(language);
const ORDER = ["one", "few", "many"];
const filled = (text, values) => text.replace(/%\((\w+)\)s/g, (whole, name) => (name in values ? values[name] : whole));

export const say = (text, values = {}) => filled(words[text] ?? text, values);

// The form that the language has for a count; German and English have two, Polish three.
export function sayCount(one, many, count, values = {}) {
  const kind = forms.select(count);
  const known = words[one];
  const text = known ? known[kind === "other" ? known.length - 1 : ORDER.indexOf(kind)] : count === 1 ? one : many;
  return filled(text, { num: count.toLocaleString(language), ...values });
}
