"""The JSON shapes of `python -m outreach plan`: a sequence and an enrollment in, a plan out."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from outreach.enrollment import (
    Contact,
    Enrollment,
    Pause,
    PauseScope,
    Ramp,
    Rules,
    Sender,
    StepRecord,
    StepState,
    StopEvent,
    Suppression,
    Transport,
)
from outreach.errors import InputProblem
from outreach.planning import Plan
from outreach.reading import Place, day_of, instant_of
from outreach.sequence import (
    DEFAULT_TOO_LATE_H,
    WEEKDAYS,
    Delay,
    Sequence,
    Step,
    StepKind,
    StopKind,
    Variant,
    Window,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def sequence_of(values: dict[str, Any], name: str = "the sequence") -> Sequence:
    """Read a sequence; raises InputProblem with every problem and its place."""
    place = Place("", values)
    window = place.inner("window", _window, Window())
    sequence = Sequence(
        id=place.text("id"),
        steps=tuple(place.each("steps", _step)),
        window=window,
        holidays=place.inner("holidays", _holidays, {}),
        stops_company=frozenset(_stop_kinds(place)),
    )
    place.close()
    if not sequence.steps and "steps" not in {problem.split("[")[0].split()[0] for problem in place.problems}:
        place.problem("steps", "must hold at least one step")
    for step_id, times in Counter(step.id for step in sequence.steps).items():
        if times > 1 and step_id:
            place.problem("steps", f"has the id {step_id!r} {times} times; ids must differ")
    _refuse(name, place.problems)
    return sequence


def window_of(values: dict[str, Any], name: str = "the window") -> Window:
    """Read a window, `{"days": ["mon", …], "from": "09:00", "to": "17:00"}`; raises InputProblem."""
    place = Place("", values)
    window = _window(place)
    place.close()
    _refuse(name, place.problems)
    return window


def enrollment_of(values: dict[str, Any], sequence: Sequence, name: str = "the enrollment") -> Enrollment:
    """Read an enrollment of a sequence; raises InputProblem with every problem and its place."""
    place = Place("", values)
    contact = place.inner("contact", _contact)
    sender = place.inner("sender", _sender, Sender(Transport.OUTBOX, Place("", {}).zone("time_zone", "UTC")))
    if contact is None:
        place.problem("contact", "must be an object")
        contact = Contact("", sender.time_zone)
    enrollment = Enrollment(
        id=place.text("id"),
        enrolled_at=place.instant("enrolled_at", needed=True) or _EPOCH,
        contact=contact,
        sender=sender,
        stage=place.text("stage", "contacted"),
        wakes_at=place.instant("wakes_at"),
        records=tuple(place.each("steps", _record)),
        events=tuple(event for event in place.each("events", _event) if event is not None),
        suppressions=tuple(place.each("suppressions", _suppression)),
        pauses=tuple(place.each("pauses", _pause)),
        rules=place.inner("rules", _rules, Rules()),
        rescheduled=place.inner("rescheduled", _rescheduled, {}),
    )
    place.close()
    known = {step.id for step in sequence.steps}
    for record in enrollment.records:
        if record.step and record.step not in known:
            place.problem("steps", f"names {record.step!r}, which the sequence does not have")
    _refuse(name, place.problems)
    return enrollment


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """Return a plan as it is written: times in UTC."""
    return {
        "step": plan.step,
        "due_at": _written(plan.due_at),
        "blocked_by": [{"rule": block.rule.value, "until": _written(block.until)} for block in plan.blocked_by],
    }


def _refuse(name: str, problems: list[str]) -> None:
    if problems:
        raise InputProblem(name, problems)


def _written(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()


def _stop_kinds(place: Place) -> list[StopKind]:
    found = place.words("stops_company")
    for word in found:
        if word not in list(StopKind):
            place.problem("stops_company", f"has {word!r}; it must be of {', '.join(StopKind)}")
    return [StopKind(word) for word in found if word in list(StopKind)]


def _window(place: Place) -> Window:
    days = place.words("days", list(WEEKDAYS[:5]))
    unknown = [day for day in days if day not in WEEKDAYS]
    if unknown or not days:
        place.problem("days", f"must be of {', '.join(WEEKDAYS)}, at least one")
    window = Window(
        frozenset(WEEKDAYS.index(day) for day in days if day in WEEKDAYS),
        place.clock("from", Window().opens),
        place.clock("to", Window().closes),
    )
    if window.opens >= window.closes:
        place.problem("to", "must be later than from; a window cannot pass midnight")
    return window


def _holidays(place: Place) -> dict[str, frozenset[Any]]:
    found: dict[str, frozenset[Any]] = {}
    for country in place.values:
        days = [day_of(word) for word in place.words(country)]
        if None in days:
            place.problem(country, 'must be a list of days, such as "2025-12-25"')
        found[country] = frozenset(day for day in days if day is not None)
    return found


def _step(place: Place) -> Step:
    return Step(
        id=place.text("id"),
        kind=place.word("kind", StepKind),
        delay=place.inner("delay", _delay, Delay()),
        window=place.inner("window", _window),
        too_late_h=place.whole("too_late_hours", DEFAULT_TOO_LATE_H, most=24 * 365),
        variants=tuple(place.each("variants", _variant)),
    )


def _delay(place: Place) -> Delay:
    return Delay(
        place.whole("days", 0, most=730), place.whole("working_days", 0, most=250), place.whole("hours", 0, most=8_760)
    )


def _variant(place: Place) -> Variant:
    return Variant(place.text("id"), place.whole("weight", 1, most=1_000))


def _contact(place: Place) -> Contact:
    contact = Contact(
        email=place.text("email"),
        time_zone=place.zone("time_zone"),
        country=place.text("country", "").upper(),
        consented=place.yes("consented"),
        legal_basis=place.text("legal_basis", ""),
        source_url=place.text("source_url", ""),
    )
    local, at, domain = contact.email.rpartition("@")
    bad = not (local and at and domain) or len(contact.email) > 254 or any(ord(char) < 33 for char in contact.email)
    if contact.email and bad:
        place.problem("email", "must be one address of at most 254 characters")
    return contact


def _sender(place: Place) -> Sender:
    return Sender(
        transport=place.word("transport", Transport),
        time_zone=place.zone("time_zone", "UTC"),
        daily_cap=place.whole("daily_cap", 0) if "daily_cap" in place.values else None,
        sent_today=place.whole("sent_today", 0, most=10_000_000),
        ramp=place.inner("ramp", _ramp),
        last_to_domain_at=place.instant("last_to_domain_at"),
        domain_spacing=timedelta(seconds=place.whole("domain_spacing_s", 0)),
        hours=place.inner("hours", _window),
    )


def _ramp(place: Place) -> Ramp:
    return Ramp(place.day("since_on"), place.whole("start", 10), place.whole("per_day", 5))


def _record(place: Place) -> StepRecord:
    return StepRecord(place.text("step"), place.word("state", StepState), place.instant("at", needed=True) or _EPOCH)


def _event(place: Place) -> StopEvent | None:
    kind = place.text("kind")
    at = place.instant("at", needed=True) or _EPOCH
    of_company = place.yes("of_company")
    if kind in ("auto_reply", "bounce_soft"):
        return None
    kind = {"bounce_hard": "bounce", "unsubscribe": "opt_out"}.get(kind, kind)
    if kind not in list(StopKind):
        place.problem("kind", f"must be auto_reply, bounce_soft or one of {', '.join(StopKind)}")
        return None
    return StopEvent(StopKind(kind), at, of_company)


def _suppression(place: Place) -> Suppression:
    return Suppression(place.text("value"), place.instant("until"))


def _pause(place: Place) -> Pause:
    return Pause(place.word("scope", PauseScope), place.instant("until"))


def _rules(place: Place) -> Rules:
    countries = frozenset(country.upper() for country in place.words("cold_countries"))
    return Rules(countries, place.yes("cold_override"))


def _rescheduled(place: Place) -> dict[str, datetime]:
    found = {step: instant_of(place.text(step)) for step in place.values}
    for step, at in found.items():
        if at is None:
            place.problem(step, "must be a time with its zone")
    return {step: at for step, at in found.items() if at is not None}
