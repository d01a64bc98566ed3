"""The list of sequences, what one of them says step by step, and when its steps would happen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import (
    Company,
    ContactBasis,
    ContactField,
    ContactValue,
    Enrollment,
    EnrollmentState,
    Prospect,
    Sender,
    SequenceVersion,
)
from app.models import Contact as ContactRow
from app.models import Sequence as SequenceRow
from app.queries.contact_facts import contact_facts
from app.queries.sending_rules import sender_hours
from app.queries.sequence_content import plan_of
from app.queries.step_words import after_words, named_fields
from outreach.enrollment import Contact, StepRecord, StepState, Transport
from outreach.enrollment import Enrollment as PlannedEnrollment
from outreach.enrollment import Sender as PlannedSender
from outreach.errors import InputProblem
from outreach.planning import plan_next
from outreach.public_holidays import OwnDay
from outreach.sequence import Sequence as Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSequence:
    """A sequence in the list."""

    id: int
    name: str
    description: str
    sender: str
    published: int
    steps: int
    mails: int
    open: int
    finished: int
    stopped: int
    has_rule: bool
    is_archived: bool


@dataclass(frozen=True, slots=True)
class ShownVariant:
    """One wording of a step."""

    id: str
    weight: int
    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStep:
    """A step as screens show it; `after` says in words when it comes."""

    id: str
    number: int
    kind: str
    after: str
    delay: Mapping[str, int]
    too_late_hours: int
    window: Mapping[str, Any] | None
    channel: str = ""
    title: str = ""
    body: str = ""
    variants: Sequence[ShownVariant] = field(default_factory=tuple)

    @property
    def headline(self) -> str:
        """Return the line lists call the step by."""
        if self.kind == "wait":
            return _("Wait")
        if self.kind == "task":
            return named_fields(self.title) or _("A task without a title")
        subject = named_fields(self.variants[0].subject) if self.variants else ""
        return subject or (_("In the thread of the first mail") if self.number > 1 else _("A mail without a subject"))


def list_sequences(session: Session, program_id: int, *, archived: bool = False) -> list[ListedSequence]:
    """Return the sequences of a program with how many people are in each, in three queries."""
    is_put_away = SequenceRow.archived_at.is_not(None) if archived else SequenceRow.archived_at.is_(None)
    rows = session.execute(
        select(SequenceRow, Sender.address)
        .outerjoin(Sender, Sender.id == SequenceRow.sender_id)
        .where(SequenceRow.program_id == program_id, is_put_away)
        .order_by(SequenceRow.name)
    ).all()
    ids = [row.id for row, _ in rows]
    versions = _newest_of(session, ids)
    people = _people(session, ids)
    return [
        _listed(row, address or "", versions.get(row.id, {}), people.get(row.id, (0, 0, 0))) for row, address in rows
    ]


def _listed(
    row: SequenceRow, sender: str, versions: dict[int, dict[str, Any]], people: tuple[int, int, int]
) -> ListedSequence:
    newest = max(versions, default=0)
    steps = versions.get(newest, {}).get("plan", {}).get("steps", [])
    return ListedSequence(
        id=row.id,
        name=row.name,
        description=row.description,
        sender=sender,
        published=newest,
        steps=len(steps),
        mails=sum(step["kind"] == "email" for step in steps),
        open=people[0],
        finished=people[1],
        stopped=people[2],
        has_rule=bool(row.rule.get("is_on")),
        is_archived=row.archived_at is not None,
    )


def _newest_of(session: Session, ids: list[int]) -> dict[int, dict[int, dict[str, Any]]]:
    """Return the draft and the newest published version of sequences: id -> number -> content."""
    newest = (
        select(SequenceVersion.sequence_id, func.max(SequenceVersion.number).label("number"))
        .where(SequenceVersion.sequence_id.in_(ids))
        .group_by(SequenceVersion.sequence_id)
        .subquery()
    )
    found: dict[int, dict[int, dict[str, Any]]] = {}
    rows = session.execute(
        select(SequenceVersion.sequence_id, SequenceVersion.number, SequenceVersion.content).join(
            newest,
            (newest.c.sequence_id == SequenceVersion.sequence_id) & (newest.c.number == SequenceVersion.number),
        )
    )
    for sequence_id, number, content in rows:
        found.setdefault(sequence_id, {})[number] = content
    return found


def _people(session: Session, ids: list[int]) -> dict[int, tuple[int, int, int]]:
    def count(*states: EnrollmentState) -> Any:
        return func.coalesce(func.sum(case((Enrollment.state.in_(states), 1), else_=0)), 0)

    rows = session.execute(
        select(
            Enrollment.sequence_id,
            count(EnrollmentState.ACTIVE, EnrollmentState.HELD),
            count(EnrollmentState.FINISHED),
            count(EnrollmentState.STOPPED),
        )
        .where(Enrollment.sequence_id.in_(ids))
        .group_by(Enrollment.sequence_id)
    )
    return {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in rows}


def steps_of(content: Mapping[str, Any]) -> list[ShownStep]:
    """Return the steps of a content as screens show them."""
    return [_step(number, step, content) for number, step in enumerate(content["plan"]["steps"], start=1)]


def _step(number: int, step: Mapping[str, Any], content: Mapping[str, Any]) -> ShownStep:
    words: Mapping[str, Any] = content["words"].get(step["id"], {})
    weights = {each["id"]: each.get("weight", 1) for each in step.get("variants", ())}
    task = words.get("", {}) if step["kind"] == "task" else {}
    variants = tuple(
        ShownVariant(name, weights.get(name, 1), str(each.get("subject", "")), str(each.get("body", "")))
        for name, each in sorted(words.items())
        if step["kind"] == "email"
    )
    delay = step.get("delay") or {}
    return ShownStep(
        id=step["id"],
        number=number,
        kind=step["kind"],
        after=after_words(delay, is_first=number == 1),
        delay=delay,
        too_late_hours=step.get("too_late_hours", 24),
        window=step.get("window"),
        channel=str(task.get("channel", "")),
        title=str(task.get("title", "")),
        body=str(task.get("body", "")),
        variants=variants,
    )


@dataclass(frozen=True, slots=True)
class PreviewPerson:
    """Somebody a draft can be tried on."""

    contact_id: int
    prospect_id: int
    label: str
    country: str | None


def times_of(
    version: SequenceVersion,
    *,
    zone: ZoneInfo,
    country: str | None,
    sender: Sender | None,
    now: datetime,
    own: tuple[OwnDay, ...] = (),
) -> dict[str, datetime]:
    """Return when each step would happen for somebody enrolled now, in their zone, if nothing held it up.

    A draft that cannot be planned yet gives nothing. Without a sender there are no hours but the sequence's. `own` are
    the days that the program and the sender add to the holidays or take out.
    """
    try:
        plan = plan_of(version, own)
    except InputProblem:
        return {}
    contact = Contact("somebody@example.com", zone, (country or "").upper(), consented=True)
    hours = sender_hours(sender) if sender else None
    sends_from = PlannedSender(Transport.OUTBOX, ZoneInfo(sender.time_zone) if sender else zone, hours=hours)
    return _times(plan, contact, sends_from, now)


def _times(plan: Plan, contact: Contact, sender: PlannedSender, now: datetime) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    records: tuple[StepRecord, ...] = ()
    moment = now
    for _each in plan.steps:
        enrollment = PlannedEnrollment("preview", now, contact, sender, records=records)
        planned = plan_next(plan, enrollment, moment)
        if planned.step is None or planned.due_at is None:
            break
        moment = planned.due_at
        found[planned.step] = moment.astimezone(contact.time_zone)
        records = (*records, StepRecord(planned.step, StepState.DONE, moment))
    return found


def preview_people(session: Session, program_id: int, *, limit: int = 40) -> list[PreviewPerson]:
    """Return contacts with an address to try a draft on: those who may be written to first, then by fit."""
    has_basis = (
        select(ContactBasis.id)
        .where(ContactBasis.contact_id == ContactRow.id, ContactBasis.program_id == program_id)
        .exists()
    )
    rows = session.execute(
        select(ContactRow.id, Prospect.id, Company.name, Company.country)
        .join(Company, Company.id == ContactRow.company_id)
        .join(Prospect, Prospect.company_id == Company.id)
        .where(
            Prospect.program_id == program_id,
            select(ContactValue.id)
            .where(ContactValue.contact_id == ContactRow.id, ContactValue.field == ContactField.EMAIL)
            .exists(),
        )
        .order_by(case((has_basis, 0), else_=1), Prospect.fit_sort.desc(), Prospect.id, ContactRow.id)
        .limit(limit)
    ).all()
    facts = contact_facts(session, [row[0] for row in rows])
    return [
        PreviewPerson(contact_id, prospect_id, f"{facts[contact_id].label}, {company}", country)
        for contact_id, prospect_id, company, country in rows
    ]
