"""What every screen is looked at for: scripts that run in the page and say what they found in words, nothing else."""

from playwright.sync_api import Page

# Before anything of the page runs: whatever moves without anybody having touched it is written down.
WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    const moved = entry.sources.map(source => source.node?.id || source.node?.className || source.node?.nodeName);
    window.shifts.push([entry.value, moved.join(" ")]);
  }
}).observe({type: "layout-shift", buffered: true});
"""
MOST_SHIFT = 0.02
_SHIFTED = """most => {
  const sum = shifts.reduce((all, [value]) => all + value, 0);
  const parts = shifts.map(([value, moved]) => `${value.toFixed(3)} ${moved}`);
  return sum > most ? [`shifts by ${sum.toFixed(3)}: ${parts}`] : [];
}"""
# Drawn, loaded and quiet: two frames later whatever a script put in place has been painted. Pages that look as
# strangers see them, or go to the printer, have no frame of ours to wait for.
_QUIET = """() => (document.body.dataset.ready === "yes" || !document.querySelector("[src$='js/app.js']"))
  && document.fonts.status === "loaded"
  && !document.querySelector(".htmx-request")"""
_TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
_SHAPE = """() => {
  const faults = [];
  const count = document.querySelectorAll("h1").length;
  if (count !== 1) faults.push(`${count} h1`);
  const { scrollWidth } = document.documentElement;
  if (scrollWidth > innerWidth) {
    const edge = innerWidth + 1;
    const wide = [...document.querySelectorAll("body *")].filter(each => each.getBoundingClientRect().right > edge);
    const names = wide.slice(0, 3).map(each => each.className || each.nodeName);
    faults.push(`is ${scrollWidth} wide in ${innerWidth}: ${names}`);
  }
  return faults;
}"""
# Each control in turn takes the focus and must show it: by its outline or shadow, or by those of what stands for it.
_CONTROLS = """() => {
  const faults = [], seen = new Set();
  const own = "button, input:not([type=hidden]), select, textarea, summary, [role=button], [contenteditable=true]";
  const all = document.querySelectorAll(`a[href], [tabindex], ${own}`);
  const roving = "[role=menu], [role=listbox], [role=tablist], [role=radiogroup], [role=grid], [role=toolbar]";
  const name = each => `${each.nodeName.toLowerCase()}.${each.className || each.id || each.name} “${
    (each.getAttribute("aria-label") || each.textContent || "").trim().slice(0, 30)}”`;
  const say = (what, each) => {
    const key = what + each.nodeName + each.className;
    if (!seen.has(key)) faults.push(`${what}: ${name(each)}`);
    seen.add(key);
  };
  const looks = each => {
    const near = [[each], [each, "::after"], [each.nextElementSibling], [each.closest("label")]];
    for (let around = each.parentElement; around && near.length < 8; around = around.parentElement) near.push([around]);
    return near.filter(([part]) => part).map(([part, pseudo]) => {
      const style = getComputedStyle(part, pseudo);
      const ring = style.outlineStyle === "none" ? "" : `${style.outlineWidth} ${style.outlineColor}`;
      return `${ring} | ${style.boxShadow} | ${style.borderColor}`;
    }).join();
  };
  for (const each of all) {
    if (each.disabled || each.closest("[inert], [aria-hidden=true]")) continue;
    if (!each.checkVisibility({visibilityProperty: true})) continue;
    const native = each.matches(`a, ${own}`);
    if (each.tabIndex < 0) {
      if (native && !each.closest(roving)) say("no stop for Tab", each);
      continue;
    }
    document.activeElement?.blur();
    const before = looks(each);
    each.focus({preventScroll: true});
    if (document.activeElement !== each) say("takes no focus", each);
    else if (looks(each) === before) say("shows no focus", each);
  }
  document.activeElement?.blur();
  return faults;
}"""
_MOVED_ON = """() => {
  // Tab goes on inside a day and a time, from the month to the year.
  const has_parts = document.activeElement.matches("[type=date], [type=time]");
  const moved = has_parts || document.lastStop !== document.activeElement;
  document.lastStop = document.activeElement;
  return moved;
}"""
# Which elements are to be seen, and in which colors: where neither is new, axe has nothing new to say.
_LOOKS = """() => {
  const markup = [], colors = [];
  for (const each of document.body.querySelectorAll("*")) {
    if (!each.checkVisibility({visibilityProperty: true})) continue;
    const style = getComputedStyle(each);
    markup.push(`${each.nodeName}.${each.getAttribute("class")}#${each.id}`);
    colors.push(`${style.color} ${style.backgroundColor} ${style.backgroundImage} ${style.opacity} ${style.fontSize}`);
  }
  return [markup.join("|"), colors.join("|")];
}"""
# What the button for it does, and no color on its way from one to the other. What goes on paper has one theme alone.
_WEAR = """theme => {
  if (!document.querySelector("[src$='js/theme.js']")) return;
  document.documentElement.dataset.theme = theme;
  document.documentElement.dataset.bsTheme = theme;
  document.getAnimations().filter(each => each instanceof CSSTransition).forEach(each => each.finish());
}"""
# So that what is folded away is looked at too.
OPEN_ALL = "document.querySelectorAll('main details:not(.sb-menu)').forEach(each => { each.open = true; })"


def wait_until_quiet(page: Page) -> None:
    """Wait for the page's scripts, fonts and late parts, and for what they changed to be painted."""
    page.wait_for_function(_QUIET)
    page.evaluate(_TWO_FRAMES)


def resize(page: Page, width: int, height: int) -> None:
    """Give the page another size where it stands, and wait for what that moves to be painted."""
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(_TWO_FRAMES)


def wear(page: Page, theme: str) -> None:
    """Show the page in `light` or `dark` where it stands."""
    page.evaluate(_WEAR, theme)


def looks(page: Page) -> tuple[str, str]:
    """Return what tells the page's visible elements from others, and what tells their colors."""
    markup, colors = page.evaluate(_LOOKS)
    return markup, colors


def shift_faults(page: Page) -> list[str]:
    """Return what moved since the page began without anybody having touched it, where it is much."""
    shifted: list[str] = page.evaluate(_SHIFTED, MOST_SHIFT)
    return shifted


def shape_faults(page: Page) -> list[str]:
    """Return what is wrong with where things stand: headings of the page, and its width."""
    found: list[str] = page.evaluate(_SHAPE)
    return found


def keyboard_faults(page: Page) -> list[str]:
    """Return the controls that Tab does not reach, or that do not show where one is; by pressing Tab to begin with."""
    stuck = []
    for number in range(1, 4):
        page.keyboard.press("Tab")
        if not page.evaluate(_MOVED_ON):
            stuck.append(f"Tab stays where it is, pressed {number} times")
    faults: list[str] = page.evaluate(_CONTROLS)
    return stuck + faults
