"""Enrollments: putting a contact into a sequence, ending it; what a person can do about one step is in steps.py."""

import secrets

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import Contact, Enrollment, Program, Prospect, Sender, Sequence, SequenceVersion
from app.services.enrollment_audit import audit_enrollment
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.hindrances import Hindrance, why_not
from app.services.ledger.gate import close_gate
from app.services.ledger.planning import plan_enrollments
from app.services.steps import finish_task_step, move_to_version, release_step, skip_step
from app.services.stops import Ending, end_enrollments

__all__ = [
    "Hindrance",
    "enroll",
    "finish_task_step",
    "move_to_version",
    "newest_version",
    "release_step",
    "skip_step",
    "stop_enrollment",
    "why_not",
]

_TOKEN_BYTES = 16


def enroll(
    session: Session, *, program: Program, contact_id: int, sequence_id: int, sender_id: int, enrolled_by_id: int | None
) -> Enrollment:
    """Put a contact into the newest published version of a sequence and plan its first step.

    Raises InvalidInput with everything that hinders it, Conflict where somebody was faster.
    """
    found = why_not(
        session, program_id=program.id, contact_ids=[contact_id], sequence_id=sequence_id, sender_id=sender_id
    )
    hindrances = found.get(contact_id, [])
    if hindrances:
        raise InvalidInput({"contact_id": " ".join(hindrance.sentence for hindrance in hindrances)})
    version = newest_version(session, program, sequence_id)
    sender = session.get(Sender, sender_id)
    if sender is None or sender.program_id != program.id or sender.archived_at is not None:
        raise InvalidInput({"sender_id": _("Choose a sender of this program.")})
    moment = now()
    enrollment = Enrollment(
        program_id=program.id,
        prospect_id=_prospect_of(session, program, contact_id),
        contact_id=contact_id,
        sequence_id=sequence_id,
        version_id=version.id,
        sender_id=sender_id,
        # Lower-case hex: it stands in the local part of the reply address, which mail servers may fold to lower case.
        token=secrets.token_hex(_TOKEN_BYTES),
        enrolled_by_id=enrolled_by_id,
        enrolled_at=moment,
        next_at=moment,
    )
    try:
        with session.begin_nested():
            session.add(enrollment)
    except IntegrityError:
        raise Conflict(_("This contact was put into a sequence at this moment. Reload the page.")) from None
    audit_enrollment(session, enrollment, "enrollment.started", by_user_id=enrolled_by_id)
    plan_enrollments(session, [enrollment.id], at=moment)
    return enrollment


def newest_version(session: Session, program: Program, sequence_id: int) -> SequenceVersion:
    """Return the newest published version of a sequence of the program.

    Raises NotFound, and InvalidInput where it was never published or is put away.
    """
    sequence = session.get(Sequence, sequence_id)
    if sequence is None or sequence.program_id != program.id:
        raise NotFound(_("There is no such sequence in this program."))
    if sequence.archived_at is not None:
        raise InvalidInput({"sequence_id": _("%(name)s was put away. Choose another sequence.", name=sequence.name)})
    version = session.scalar(
        select(SequenceVersion)
        .where(SequenceVersion.sequence_id == sequence_id, SequenceVersion.number > 0)
        .order_by(SequenceVersion.number.desc())
        .limit(1)
    )
    if version is None:
        raise InvalidInput({"sequence_id": _("%(name)s was never published. Publish it first.", name=sequence.name)})
    return version


def stop_enrollment(session: Session, enrollment_id: int, *, by_user_id: int, reason: str = "") -> None:
    """End an enrollment by hand. Raises NotFound, and Conflict where it has ended."""
    close_gate(session)
    enrollment = session.get(Enrollment, enrollment_id)
    if enrollment is None:
        raise NotFound(_("There is no such enrollment."))
    detail = reason.strip() or "Somebody ended it."
    if not end_enrollments(session, [enrollment_id], Ending("by_hand", detail)):
        raise Conflict(_("This sequence has ended for the contact already. Reload the page."))
    audit_enrollment(session, enrollment, "enrollment.stopped", by_user_id=by_user_id, reason=detail)


def _prospect_of(session: Session, program: Program, contact_id: int) -> int:
    prospect_id = session.scalar(
        select(Prospect.id)
        .join(Contact, Contact.company_id == Prospect.company_id)
        .where(Contact.id == contact_id, Prospect.program_id == program.id)
    )
    if prospect_id is None:
        raise InvalidInput({"contact_id": _("This contact's company is no prospect of the program.")})
    return prospect_id
