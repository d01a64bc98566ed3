"""What the prospect page says about outreach: each contact's way through a sequence, what comes next, its mails."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.models import (
    Contact,
    ContactBasis,
    Enrollment,
    EnrollmentState,
    Message,
    MessageKind,
    MessageState,
    Prospect,
    SequenceVersion,
)
from app.models import Sequence as SequenceRow
from app.queries.contact_facts import ContactFacts, contact_facts
from app.queries.ledger import MessageHistory, message_history
from app.queries.quotes import Quote, quotable
from app.queries.senders import UsableSender, usable_senders
from app.queries.sequences import ListedSequence, list_sequences, steps_of
from app.services.hindrances import Hindrance, why_not
from app.services.ledger.decision import Verdict
from app.services.ledger.next_step import next_steps

_OPEN = (EnrollmentState.ACTIVE, EnrollmentState.HELD)
_IN_DOUBT = (MessageState.UNCERTAIN, MessageState.NEEDS_PERSON)
_MOST = 30
# Each comes with its whole history.
_MOST_MAILS = 12


@dataclass(frozen=True, slots=True)
class ShownBlocker:
    """What blocks the next step, in a sentence, and until when (None: until somebody acts)."""

    rule: str
    sentence: str
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEnrollment:
    """One contact's way through a sequence."""

    id: int
    contact: str
    sequence_id: int
    sequence: str
    version: int
    state: EnrollmentState
    detail: str
    next_step: str
    next_number: int
    next_kind: str
    at: datetime | None
    blockers: Sequence[ShownBlocker]
    is_paused: bool
    is_releasable: bool
    waits_for_approval: bool
    quote: str
    uses_quote: bool
    enrolled_at: datetime
    ended_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Say whether it is still on its way."""
        return self.state in _OPEN


@dataclass(frozen=True, slots=True)
class ShownMail:
    """A mail with its whole history; `is_in_doubt` asks a person whether it was sent."""

    history: MessageHistory
    contact: str
    is_in_doubt: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Enrollable:
    """A contact of the prospect with its legal basis, and what keeps it from being enrolled."""

    contact: ContactFacts
    basis: ContactBasis | None
    hindrances: Sequence[Hindrance]


@dataclass(frozen=True, slots=True)
class OutreachPanel:
    """The values of the panel; templates call it `outreach`."""

    enrollments: Sequence[ShownEnrollment]
    mails: Sequence[ShownMail]
    contacts: Sequence[Enrollable]
    sequences: Sequence[ListedSequence]
    senders: Sequence[UsableSender]
    quotes: Sequence[Quote]


def outreach_panel(session: Session, prospect: Prospect) -> OutreachPanel:
    """Read the panel of a prospect that access was checked for."""
    rows = session.execute(
        select(Enrollment, SequenceRow.name, SequenceVersion)
        .join(SequenceRow, SequenceRow.id == Enrollment.sequence_id)
        .join(SequenceVersion, SequenceVersion.id == Enrollment.version_id)
        .where(Enrollment.prospect_id == prospect.id)
        .order_by(Enrollment.ended_at.is_not(None), Enrollment.id.desc())
        .limit(_MOST)
    ).all()
    ids = session.scalars(
        select(Contact.id).where(Contact.company_id == prospect.company_id).order_by(Contact.id)
    ).all()
    facts = contact_facts(session, ids)
    enrollments = _enrollments(session, rows, facts)
    sequences = [each for each in list_sequences(session, prospect.program_id) if each.published]
    is_open = any(each.is_open for each in enrollments)
    return OutreachPanel(
        enrollments=enrollments,
        mails=_mails(session, prospect.id, facts),
        contacts=_contacts(session, prospect, facts, sequences),
        sequences=sequences,
        senders=usable_senders(session, prospect.program_id),
        quotes=quotable(session, prospect.id) if is_open else (),
    )


def _enrollments(
    session: Session, rows: Sequence[Row[Enrollment, str, SequenceVersion]], facts: dict[int, ContactFacts]
) -> list[ShownEnrollment]:
    found = next_steps(session, [row.id for row, _, _ in rows if row.state in _OPEN])
    shown = []
    for row, name, version in rows:
        upcoming = found.get(row.id)
        steps = {step.id: step for step in steps_of(version.content)}
        step = steps.get(upcoming.step.id) if upcoming and upcoming.step else None
        blockers = [ShownBlocker(b.rule, b.sentence, b.until) for b in upcoming.blockers] if upcoming else []
        rules = {blocker.rule for blocker in blockers}
        is_late = upcoming is not None and upcoming.verdict is Verdict.TOO_LATE
        shown.append(
            ShownEnrollment(
                id=row.id,
                contact=facts[row.contact_id].label if row.contact_id in facts else "A contact that is gone",
                sequence_id=row.sequence_id,
                sequence=name,
                version=version.number,
                state=row.state,
                detail=row.detail,
                next_step=step.headline if step else "",
                next_number=step.number if step else 0,
                next_kind=step.kind if step else "",
                at=upcoming.at if upcoming else None,
                blockers=blockers,
                is_paused="paused_enrollment" in rules,
                is_releasable=row.state is EnrollmentState.HELD or is_late,
                waits_for_approval="needs_approval" in rules,
                quote=row.quote.get("text", ""),
                uses_quote="site.quote" in str(version.content.get("words", {})),
                enrolled_at=row.enrolled_at,
                ended_at=row.ended_at,
            )
        )
    return shown


def _mails(session: Session, prospect_id: int, facts: dict[int, ContactFacts]) -> list[ShownMail]:
    rows = session.scalars(
        select(Message)
        .where(Message.prospect_id == prospect_id, Message.kind != MessageKind.TEST)
        .order_by(Message.id.desc())
        .limit(_MOST_MAILS)
    ).all()
    found = []
    for row in rows:
        history = message_history(session, row.id)
        if history is not None:
            contact = facts.get(row.contact_id or 0)
            label = contact.label if contact else row.to_address
            found.append(ShownMail(history, label, row.state in _IN_DOUBT, row.created_at))
    return found


def _contacts(
    session: Session, prospect: Prospect, facts: dict[int, ContactFacts], sequences: Sequence[ListedSequence]
) -> list[Enrollable]:
    """Return the contacts with what hinders each; asked about one sequence, for that they share nearly all of it."""
    bases = session.scalars(
        select(ContactBasis).where(
            ContactBasis.program_id == prospect.program_id, ContactBasis.contact_id.in_(list(facts))
        )
    )
    known = {basis.contact_id: basis for basis in bases}
    hindrances: dict[int, list[Hindrance]] = {}
    if sequences and facts:
        hindrances = why_not(
            session, program_id=prospect.program_id, contact_ids=list(facts), sequence_id=sequences[0].id
        )
    return [Enrollable(each, known.get(each.id), hindrances.get(each.id, [])) for each in facts.values() if each.email]
