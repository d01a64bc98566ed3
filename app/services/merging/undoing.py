"""Part two companies again that were merged: each step backwards, and what was done since stays where it was done."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import Enrollment, Message, MoveEvent, Prospect, StageChange
from app.models.merge import Merge, MergedProspect, MergeStep
from app.services.audit import record_audit
from app.services.errors import Conflict
from app.services.furthest import recount_furthest
from app.services.ledger.gate import close_gate
from app.services.merging.journal import Undoing

UNDO_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Parted:
    """How many steps were taken back, and how many stay because somebody changed the row since."""

    back: int
    stayed: int


def can_undo(merge: Merge) -> bool:
    """Say whether a merge may still be taken back."""
    return merge.undone_at is None and now() - merge.at <= UNDO_FOR


def undo_merge(session: Session, merge: Merge, *, by_user_id: int) -> Parted:
    """Part the companies of a merge in this transaction, audited.

    Rows that came in since stay with the company they were made for; rows that were changed since stay as they are.
    Sequences that the merge ended stay ended. Raises Conflict where it is too late, or was done already.
    """
    close_gate(session)
    session.execute(select(Merge.id).where(Merge.id == merge.id).with_for_update())
    session.refresh(merge)
    _check(session, merge)
    undoing = Undoing(session)
    steps = session.scalars(select(MergeStep).where(MergeStep.merge_id == merge.id).order_by(MergeStep.id.desc())).all()
    back = sum(undoing.take_back(step) for step in steps)
    session.execute(delete(MergedProspect).where(MergedProspect.merge_id == merge.id))
    session.expire_all()
    _follow_enrollments(session, merge)
    merge.undone_at, merge.undone_by_id = now(), by_user_id
    for prospect in session.scalars(select(Prospect).where(Prospect.company_id.in_([merge.kept_id, merge.gone_id]))):
        prospect.version += 1
        recount_furthest(session, prospect)
        session.add(
            StageChange(
                prospect_id=prospect.id,
                from_stage=None,
                to_stage=prospect.stage,
                event=MoveEvent.HAND,
                by_user_id=by_user_id,
                reason="The merge was undone.",
            )
        )
    parted = Parted(back, len(steps) - back)
    record_audit(
        session,
        "company.parted",
        subject=f"company:{merge.kept_id}",
        actor_id=by_user_id,
        program_id=merge.program_id,
        details={"merge": merge.id, "gone": merge.gone_id, "back": parted.back, "stayed": parted.stayed},
    )
    return parted


def _check(session: Session, merge: Merge) -> None:
    if merge.undone_at is not None:
        raise Conflict(_("This merge was undone already."))
    if not can_undo(merge):
        raise Conflict(_("A merge can be undone for %(days)s days; this one is older.", days=UNDO_FOR.days))
    later = select(Merge.id).where(
        Merge.id > merge.id,
        Merge.undone_at.is_(None),
        or_(Merge.gone_id.in_([merge.kept_id, merge.gone_id]), Merge.kept_id.in_([merge.kept_id, merge.gone_id])),
    )
    if session.scalar(later.limit(1)) is not None:
        raise Conflict(_("One of these companies was merged again since. Undo the newer merge first."))


def _follow_enrollments(session: Session, merge: Merge) -> None:
    """Mails that went out since belong to the person they went to: they follow their enrollment."""
    steps = select(MergeStep).where(MergeStep.merge_id == merge.id, MergeStep.table_name == "enrollments")
    ids = {int(step.key["id"]) for step in session.scalars(steps)}
    for enrollment in session.scalars(select(Enrollment).where(Enrollment.id.in_(ids))):
        session.execute(
            update(Message)
            .where(Message.enrollment_id == enrollment.id)
            .values(prospect_id=enrollment.prospect_id, contact_id=enrollment.contact_id)
            .execution_options(synchronize_session=False)
        )
