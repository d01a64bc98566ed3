"""What differs between two versions of a sequence: steps that came, went or moved, and their words line by line."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.languages import gettext as _
from app.languages import mark
from app.queries.sequences import ShownStep, steps_of
from outreach.sequence import StopKind

_DAYS = {
    "mon": mark("mon"),
    "tue": mark("tue"),
    "wed": mark("wed"),
    "thu": mark("thu"),
    "fri": mark("fri"),
    "sat": mark("sat"),
    "sun": mark("sun"),
}
_STOPS = {
    StopKind.REPLY: mark("reply"),
    StopKind.OPT_OUT: mark("opt out"),
    StopKind.BOUNCE: mark("bounce"),
    StopKind.COMPLAINT: mark("complaint"),
    StopKind.APPLICATION: mark("application"),
}


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a text: " " in both, "-" in the older one only, "+" in the newer one only."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class StepDiff:
    """What became of one step; `kind` is added, removed, changed or same."""

    kind: str
    step: ShownStep
    notes: Sequence[str] = ()
    lines: Sequence[DiffLine] = field(default_factory=tuple)


def diff_contents(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[StepDiff]:
    """Return the steps of the newer content with what changed in each, and after them the ones that went."""
    before = {step.id: step for step in steps_of(old)}
    found = []
    for step in steps_of(new):
        if step.id not in before:
            found.append(StepDiff("added", step, (), _lines("", _text(step))))
            continue
        notes, lines = _changes(before[step.id], step), _lines(_text(before[step.id]), _text(step))
        found.append(StepDiff("changed" if notes or lines else "same", step, notes, lines))
    kept = {each.step.id for each in found}
    gone = [step for step in before.values() if step.id not in kept]
    return found + [StepDiff("removed", step, (), _lines(_text(step), "")) for step in gone]


def frame_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return in words what changed for all steps: hours, holidays, whose stops count for the company."""
    found = []
    before, after = old["plan"], new["plan"]
    if before.get("window") != after.get("window"):
        hours = _window(before.get("window")), _window(after.get("window"))
        found.append(_("Hours: %(old)s became %(new)s.", old=hours[0], new=hours[1]))
    if old.get("keeps_holidays", True) != new.get("keeps_holidays", True):
        is_kept = new.get("keeps_holidays", True)
        found.append(
            _("Public holidays are kept free now.") if is_kept else _("Public holidays are like other days now.")
        )
    if sorted(before.get("stops_company", [])) != sorted(after.get("stops_company", [])):
        names = ", ".join(_(_STOPS[StopKind(word)]) for word in after.get("stops_company", [])) or _("nothing")
        found.append(_("The whole company is left alone after: %(what)s.", what=names))
    return found


def _changes(old: ShownStep, new: ShownStep) -> list[str]:
    notes = []
    if old.number != new.number:
        notes.append(_("Was step %(number)s.", number=old.number))
    if old.after != new.after:
        notes.append(_("Came %(old)s, comes %(new)s.", old=old.after, new=new.after))
    if old.too_late_hours != new.too_late_hours:
        hours = {"new": new.too_late_hours, "old": old.too_late_hours}
        notes.append(_("Too late after %(new)s hours instead of %(old)s.", **hours))
    if old.window != new.window:
        notes.append(_("Own hours: %(hours)s.", hours=_window(new.window)))
    shares = [[(each.id, each.weight) for each in step.variants] for step in (old, new)]
    if shares[0] != shares[1]:
        said = ", ".join(f"{name.upper() or _('one')} {weight}" for name, weight in shares[1])
        notes.append(_("Shares of the variants: %(shares)s", shares=said))
    return notes


def _window(window: Mapping[str, Any] | None) -> str:
    if not window:
        return _("those of the sequence")
    return (
        f"{', '.join(_(_DAYS.get(day, day)) for day in window.get('days', ()))} {window.get('from')}–{window.get('to')}"
    )


def _text(step: ShownStep) -> str:
    if step.kind == "email":
        return "\n".join(
            f"{_('Variant %(name)s', name=each.id.upper()) if each.id else _('Subject')}: {each.subject}\n{each.body}"
            for each in step.variants
        )
    return f"{step.title}\n{step.body}" if step.kind == "task" else ""


def _lines(old: str, new: str) -> list[DiffLine]:
    """Return the lines of both texts with their marks; [] where nothing changed."""
    if old == new:
        return []
    marked = difflib.ndiff(old.split("\n") if old else [], new.split("\n") if new else [])
    return [DiffLine(line[0], line[2:]) for line in marked if line[0] in " -+"]
