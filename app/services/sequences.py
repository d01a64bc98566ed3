"""Sequences: made, published in versions that never change, and people moved between versions by a mapping."""

import copy
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import counted, mark
from app.languages import gettext as _
from app.models import Enrollment, EnrollmentState, Program, Sender, Sequence, SequenceVersion, User
from app.queries.mail_data import FIELD_NAMES
from app.queries.sequence_content import plan_of
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.retelling import retold
from app.services.sequence_drafts import draft_of, empty_content
from outreach.errors import InputProblem
from outreach.sequence import StepKind
from outreach.templates import check_template

OPEN = (EnrollmentState.ACTIVE, EnrollmentState.HELD)


@dataclass(frozen=True, slots=True)
class DraftProblem:
    """Why a draft cannot be published: where, and what to do about it. `step` is "" for the sequence as a whole."""

    step: str
    variant: str
    part: str
    line: int
    message: str

    def __str__(self) -> str:
        """Return the problem as people read it, without the step."""
        place = {"subject": "Subject", "body": "Text", "title": "Title"}.get(self.part, "")
        line = f", line {self.line}" if self.part == "body" else ""
        variant = f"Variant {self.variant.upper()}, " if self.variant else ""
        return f"{variant}{place.lower() if variant else place}{line}: {self.message}" if place else self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceSettings:
    """What holds at once for a sequence, whatever its version: name, sender, approval."""

    name: str
    description: str = ""
    sender_id: int | None = None
    approve_first_mail: bool = False


def sequence_in(session: Session, program: Program, sequence_id: int) -> Sequence:
    """Return a sequence of a program that access was checked for; raises NotFound."""
    sequence = session.get(Sequence, sequence_id)
    if sequence is None or sequence.program_id != program.id:
        raise NotFound(_("There is no such sequence in this program; it may have been removed."))
    return sequence


def create_sequence(
    session: Session, program: Program, settings: SequenceSettings, *, content: dict[str, Any] | None, actor: User
) -> Sequence:
    """Add a sequence with a draft: of a ready-made content, or empty. Raises InvalidInput for a bad or taken name."""
    _check_settings(session, program.id, settings, own_id=None)
    sequence = Sequence(program_id=program.id, name=settings.name.strip(), created_by_id=actor.id)
    session.add(sequence)
    _write_settings(sequence, settings)
    session.flush()
    filled = copy.deepcopy(content) if content else empty_content(sequence.id)
    filled["plan"]["id"] = f"sequence-{sequence.id}"
    session.add(SequenceVersion(sequence_id=sequence.id, number=0, content=filled))
    session.flush()
    _audit(session, "sequence.created", sequence, actor.id, {"name": sequence.name})
    return sequence


def change_settings(session: Session, sequence: Sequence, settings: SequenceSettings, *, actor: User) -> None:
    """Change what holds at once. Raises InvalidInput."""
    _check_settings(session, sequence.program_id, settings, own_id=sequence.id)
    _write_settings(sequence, settings)
    details = {"name": sequence.name, "sender_id": sequence.sender_id, "approves": sequence.approve_first_mail}
    _audit(session, "sequence.changed", sequence, actor.id, details)


def newest_version(session: Session, sequence_id: int) -> SequenceVersion | None:
    """Return the newest published version, None where nothing was published yet."""
    return session.scalar(
        select(SequenceVersion)
        .where(SequenceVersion.sequence_id == sequence_id, SequenceVersion.number > 0)
        .order_by(SequenceVersion.number.desc())
        .limit(1)
    )


def draft_problems(content: dict[str, Any]) -> list[DraftProblem]:
    """Return everything that keeps a content from being published, in the order of its steps."""
    problems: list[DraftProblem] = []
    steps = content["plan"]["steps"]
    if not steps:
        problems.append(
            DraftProblem("", "", "", 0, mark("A sequence needs at least one step; add an e-mail or a task."))
        )
    elif all(step["kind"] == StepKind.WAIT for step in steps):
        problems.append(DraftProblem("", "", "", 0, mark("It only waits; add an e-mail or a task.")))
    is_first_mail = True
    for step in steps:
        by_variant = content["words"].get(step["id"], {})
        if step["kind"] == StepKind.WAIT:
            continue
        for variant, words in by_variant.items():
            problems += _word_problems(step, variant, words, is_first_mail=is_first_mail)
        is_first_mail = is_first_mail and step["kind"] != StepKind.EMAIL
    return problems


def publish(session: Session, sequence: Sequence, *, note: str, version: int, actor: User) -> SequenceVersion:
    """Make the draft the version that new people get.

    `version` is the edit the person saw: raises Conflict where somebody edited since or nothing is new, and
    InvalidInput with every problem of the draft.
    """
    if sequence.version != version:
        raise Conflict(_("Somebody edited the draft while you looked at it. Look at the changes, then publish again."))
    draft = draft_of(session, sequence.id)
    problems = draft_problems(draft.content)
    if problems:
        raise InvalidInput({f"problem-{number}": retold(problem) for number, problem in enumerate(problems)})
    newest = newest_version(session, sequence.id)
    if newest is not None and newest.content == draft.content:
        raise Conflict(
            _("The draft says what version %(number)s says; there is nothing to publish.", number=newest.number)
        )
    published = SequenceVersion(
        sequence_id=sequence.id,
        number=(newest.number if newest else 0) + 1,
        content=copy.deepcopy(draft.content),
        note=note.strip()[:2000],
        published_by_id=actor.id,
    )
    _refuse_unplannable(published)
    session.add(published)
    session.flush()
    _audit(session, "sequence.published", sequence, actor.id, {"number": published.number})
    return published


def archive_sequence(session: Session, sequence: Sequence, *, actor: User) -> None:
    """Put a sequence away. Raises Conflict while people are in it: their next step would hang in the air."""
    people = session.scalar(
        select(func.count(Enrollment.id)).where(Enrollment.sequence_id == sequence.id, Enrollment.state.in_(OPEN))
    )
    if people:
        raise Conflict(
            counted(
                "%(num)s person is still in %(name)s. Let them finish, or stop them first.",
                "%(num)s people are still in %(name)s. Let them finish, or stop them first.",
                people,
                name=sequence.name,
            )
        )
    sequence.archived_at = now()
    _audit(session, "sequence.archived", sequence, actor.id, {})


def restore_sequence(session: Session, sequence: Sequence, *, actor: User) -> None:
    """Bring a sequence back that was put away."""
    sequence.archived_at = None
    _audit(session, "sequence.restored", sequence, actor.id, {})


def _word_problems(
    step: dict[str, Any], variant: str, words: dict[str, Any], *, is_first_mail: bool
) -> list[DraftProblem]:
    is_mail = step["kind"] == StepKind.EMAIL
    name = "subject" if is_mail else "title"
    first, body = str(words.get(name, "")), str(words.get("body", ""))
    problems = []
    if is_mail and is_first_mail and not first.strip():
        problems.append(DraftProblem(step["id"], variant, name, 1, mark("the first mail needs a subject; write one")))
    if not is_mail and not first.strip():
        problems.append(DraftProblem(step["id"], variant, name, 1, mark("it is empty; say what is to be done")))
    if is_mail and not body.strip():
        problems.append(DraftProblem(step["id"], variant, "body", 1, mark("it is empty; write the mail")))
    for part, text in ((name, first), ("body", body)):
        problems += [
            DraftProblem(step["id"], variant, part, found.line, found.message)
            for found in check_template(text, FIELD_NAMES)
        ]
    return problems


def _refuse_unplannable(version: SequenceVersion) -> None:
    try:
        plan_of(version)
    except InputProblem as error:
        raise InvalidInput(
            {"steps": _("The plan cannot be followed: %(problems)s", problems="; ".join(error.problems))}
        ) from error


def _check_settings(session: Session, program_id: int, settings: SequenceSettings, *, own_id: int | None) -> None:
    problems = {}
    name = settings.name.strip()
    taken = session.scalar(select(Sequence.id).where(Sequence.program_id == program_id, Sequence.name == name))
    if not name or len(name) > 120:
        problems["name"] = _("Give it a name of at most 120 characters.")
    elif taken is not None and taken != own_id:
        problems["name"] = _("There is a sequence named %(name)s already. Choose another name.", name=name)
    if settings.sender_id is not None:
        sender = session.get(Sender, settings.sender_id)
        if sender is None or sender.program_id != program_id or sender.archived_at is not None:
            problems["sender_id"] = _("This sender is not in use (any more). Choose another one.")
    if problems:
        raise InvalidInput(problems)


def _write_settings(sequence: Sequence, settings: SequenceSettings) -> None:
    sequence.name = settings.name.strip()
    sequence.description = settings.description.strip()
    sequence.sender_id = settings.sender_id
    sequence.approve_first_mail = settings.approve_first_mail


def _audit(session: Session, action: str, sequence: Sequence, actor_id: int, details: dict[str, Any]) -> None:
    record_audit(
        session,
        action,
        subject=f"sequence:{sequence.id}",
        actor_id=actor_id,
        program_id=sequence.program_id,
        details=details,
    )
