"""The draft of a sequence: its steps added, written, moved and removed, each edit against what its writer saw.

Every form carries the fingerprint of what it was made from. Two people who edit different steps both save; of two who
edit the same one, the second is told and keeps the text.
"""

import copy
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import mark
from app.models import Sequence, SequenceVersion
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput, NotFound
from outreach.sequence import DEFAULT_TOO_LATE_H, WEEKDAYS, StepKind, StopKind

MAX_STEPS = 30
MAX_VARIANTS = 4
CHANNELS = {"linkedin": "LinkedIn", "call": mark("Call"), "other": mark("Something else")}
DEFAULT_WINDOW = {"days": list(WEEKDAYS[:5]), "from": "09:00", "to": "17:00"}
_VARIANT_NAMES = "abcd"


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """One wording of an e-mail step and its share."""

    subject: str
    body: str
    weight: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDraft:
    """A step as its form gives it. E-mails have variants; tasks a channel, a title and a prepared text."""

    kind: StepKind
    days: int = 0
    working_days: int = 0
    hours: int = 0
    too_late_hours: int = DEFAULT_TOO_LATE_H
    window: dict[str, Any] | None = None
    variants: tuple[VariantDraft, ...] = ()
    channel: str = "linkedin"
    title: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What holds for all steps of a version: when they may happen, and whose stops end it for the whole company."""

    window: dict[str, Any] = field(default_factory=lambda: dict(DEFAULT_WINDOW))
    keeps_holidays: bool = True
    stops_company: tuple[str, ...] = ()


def empty_content(sequence_id: int | str) -> dict[str, Any]:
    """Return the content of a sequence without steps."""
    plan = {"id": f"sequence-{sequence_id}", "window": dict(DEFAULT_WINDOW), "stops_company": [], "steps": []}
    return {"plan": plan, "words": {}, "keeps_holidays": True}


def draft_of(session: Session, sequence_id: int) -> SequenceVersion:
    """Return the draft of a sequence; raises NotFound where it has none."""
    draft = session.scalar(
        select(SequenceVersion).where(SequenceVersion.sequence_id == sequence_id, SequenceVersion.number == 0)
    )
    if draft is None:
        raise NotFound(_("This sequence has no draft; it may have been removed."))
    return draft


def fingerprint(value: Any) -> str:
    """Return what a form carries to say which text it was made from: 16 hex digits."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def step_mark(content: dict[str, Any], step_id: str) -> str:
    """Return the fingerprint of one step with its words. Raises NotFound."""
    return fingerprint([step_in(content, step_id), content["words"].get(step_id)])


def frame_mark(content: dict[str, Any]) -> str:
    """Return the fingerprint of what holds for all steps."""
    plan = content["plan"]
    return fingerprint([plan.get("window"), plan.get("stops_company"), content.get("keeps_holidays", True)])


def step_in(content: dict[str, Any], step_id: str) -> dict[str, Any]:
    """Return a step of a content by its id. Raises NotFound."""
    for step in content["plan"]["steps"]:
        if step["id"] == step_id:
            found: dict[str, Any] = step
            return found
    raise NotFound(
        _("This step is not in the draft any more; somebody removed it. Your text is still in your browser.")
    )


def add_step(session: Session, sequence: Sequence, kind: StepKind, *, after: str | None, actor_id: int) -> str:
    """Add a step after another (None: at the end) and return its id. Raises InvalidInput when there are too many."""
    draft, content = _opened(session, sequence)
    steps = content["plan"]["steps"]
    if len(steps) >= MAX_STEPS:
        raise InvalidInput(
            {"steps": _("%(most)s steps are the most; nobody wants more mail than that.", most=MAX_STEPS)}
        )
    step_id = _new_id(session, sequence, kind)
    # The first mail goes out as soon as its window opens; each touch after it leaves people time to answer.
    delay = {"working_days": 3} if steps else {}
    place = next((number + 1 for number, step in enumerate(steps) if step["id"] == after), len(steps))
    steps.insert(place, {"id": step_id, "kind": kind.value, "delay": delay, "too_late_hours": DEFAULT_TOO_LATE_H})
    if kind is StepKind.EMAIL:
        content["words"][step_id] = {"": {"subject": "", "body": ""}}
    elif kind is StepKind.TASK:
        content["words"][step_id] = {"": {"channel": "linkedin", "title": "", "body": ""}}
    _save(session, sequence, draft, content, change="step added", actor_id=actor_id)
    return step_id


def save_step(
    session: Session, sequence: Sequence, step_id: str, written: StepDraft, *, mark: str, actor_id: int
) -> None:
    """Write a step. Raises Conflict where it changed since `mark`, InvalidInput for what cannot be kept."""
    draft, content = _opened(session, sequence)
    step = step_in(content, step_id)
    if step_mark(content, step_id) != mark:
        raise Conflict(
            _(
                "Somebody saved this step while you were writing. Both texts are below: take over what you want to "
                "keep, then save again."
            )
        )
    _check(written)
    step["delay"] = {
        name: value
        for name, value in (("days", written.days), ("working_days", written.working_days), ("hours", written.hours))
        if value
    }
    step["too_late_hours"] = written.too_late_hours
    step.pop("window", None)
    if written.window:
        step["window"] = written.window
    step.pop("variants", None)
    if written.kind is StepKind.EMAIL:
        _write_variants(content, step, written.variants)
    elif written.kind is StepKind.TASK:
        words = {"channel": written.channel, "title": written.title, "body": written.body}
        content["words"][step_id] = {"": words}
    _save(session, sequence, draft, content, change="step written", actor_id=actor_id)


def move_step(session: Session, sequence: Sequence, step_id: str, *, by: int, actor_id: int) -> None:
    """Move a step up (-1) or down (+1), as far as there is room."""
    draft, content = _opened(session, sequence)
    steps = content["plan"]["steps"]
    place = steps.index(step_in(content, step_id))
    steps.insert(min(max(0, place + by), len(steps) - 1), steps.pop(place))
    _save(session, sequence, draft, content, change="step moved", actor_id=actor_id)


def remove_step(session: Session, sequence: Sequence, step_id: str, *, actor_id: int) -> dict[str, Any]:
    """Take a step out of the draft and return the content as it was, for undo."""
    draft, content = _opened(session, sequence)
    before = copy.deepcopy(content)
    content["plan"]["steps"].remove(step_in(content, step_id))
    content["words"].pop(step_id, None)
    _save(session, sequence, draft, content, change="step removed", actor_id=actor_id)
    return before


def save_frame(session: Session, sequence: Sequence, frame: Frame, *, mark: str, actor_id: int) -> None:
    """Write what holds for all steps. Raises Conflict as save_step does, and InvalidInput."""
    draft, content = _opened(session, sequence)
    if frame_mark(content) != mark:
        raise Conflict(_("Somebody changed these settings while you looked at them. Look at theirs, then save again."))
    problems = window_problems(frame.window)
    if problems:
        raise InvalidInput(problems)
    plan = content["plan"]
    plan["window"] = frame.window
    plan["stops_company"] = [kind for kind in frame.stops_company if kind in list(StopKind)]
    content["keeps_holidays"] = frame.keeps_holidays
    _save(session, sequence, draft, content, change="settings", actor_id=actor_id)


def replace_draft(session: Session, sequence: Sequence, content: dict[str, Any], *, change: str, actor_id: int) -> None:
    """Put a whole content into the draft: a ready-made sequence, or a published version to go back to."""
    draft, _content = _opened(session, sequence)
    _save(session, sequence, draft, copy.deepcopy(content), change=change, actor_id=actor_id)


def window_problems(window: dict[str, Any]) -> dict[str, str]:
    """Return what is wrong with a window, by field."""
    problems = {}
    if not window.get("days"):
        problems["days"] = _("Choose at least one day.")
    if not str(window.get("from", "")) < str(window.get("to", "")):
        problems["closes"] = _("It must close later than it opens; a window cannot pass midnight.")
    return problems


def _check(written: StepDraft) -> None:
    problems = window_problems(written.window) if written.window else {}
    if written.kind is StepKind.EMAIL:
        if not 1 <= len(written.variants) <= MAX_VARIANTS:
            problems["variants"] = _("An e-mail has 1 to %(most)s variants.", most=MAX_VARIANTS)
        elif not sum(variant.weight for variant in written.variants):
            problems["variants"] = _("Give at least one variant a share above 0.")
    if written.kind is StepKind.TASK and written.channel not in CHANNELS:
        problems["channel"] = _("Choose what kind of task this is.")
    if problems:
        raise InvalidInput(problems)


def _write_variants(content: dict[str, Any], step: dict[str, Any], variants: tuple[VariantDraft, ...]) -> None:
    if len(variants) == 1:
        words = {"": {"subject": variants[0].subject, "body": variants[0].body}}
    else:
        named = dict(zip(_VARIANT_NAMES, variants, strict=False))
        words = {name: {"subject": each.subject, "body": each.body} for name, each in named.items()}
        step["variants"] = [{"id": name, "weight": each.weight} for name, each in named.items()]
    content["words"][step["id"]] = words


def _opened(session: Session, sequence: Sequence) -> tuple[SequenceVersion, dict[str, Any]]:
    """Return the draft, held for this transaction, and a copy of its content to work on."""
    if sequence.archived_at is not None:
        raise Conflict(
            _("%(name)s was put away. Bring it back from the list of sequences to edit it.", name=sequence.name)
        )
    draft = session.scalar(
        select(SequenceVersion)
        .where(SequenceVersion.sequence_id == sequence.id, SequenceVersion.number == 0)
        .with_for_update()
    )
    if draft is None:
        raise NotFound(_("This sequence has no draft; it may have been removed."))
    return draft, copy.deepcopy(draft.content)


def _save(
    session: Session, sequence: Sequence, draft: SequenceVersion, content: dict[str, Any], *, change: str, actor_id: int
) -> None:
    draft.content = content
    sequence.version += 1
    record_audit(
        session,
        "sequence.edited",
        subject=f"sequence:{sequence.id}",
        actor_id=actor_id,
        program_id=sequence.program_id,
        details={"change": change},
    )


def _new_id(session: Session, sequence: Sequence, kind: StepKind) -> str:
    """Return an id that no step of any version has had: it must not be taken for the one that was removed."""
    contents = session.scalars(select(SequenceVersion.content).where(SequenceVersion.sequence_id == sequence.id))
    taken = {step["id"] for content in contents for step in content["plan"]["steps"]}
    # Counted by edits, so that one removed before it was ever published is not given out again either.
    number = sequence.version
    while f"{kind.value}-{number}" in taken:
        number += 1
    return f"{kind.value}-{number}"
