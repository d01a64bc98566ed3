"""Co-marketing: what a partner and we plan together, when it was done, and what came of it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.languages import gettext as _
from app.languages import number
from app.models import JointActivity, JointKind, Partnership, User
from app.services.audit import record_audit
from app.services.care.amounts import Unreadable, read_leads
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.plain_text import clean_line, clean_text

MAX_TITLE, MAX_OUTCOME = 200, 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJoint:
    """Something to be done together, as typed; the day as ISO text."""

    kind: JointKind
    title: str
    planned_on: str


def plan_joint(session: Session, partnership: Partnership, new: NewJoint, *, actor: User) -> JointActivity:
    """Plan something together. Raises InvalidInput naming every field that cannot be used."""
    title, problems = clean_line(new.title), {}
    if not 1 <= len(title) <= MAX_TITLE:
        problems["title"] = _("Say what it is, in %(most)s characters at most.", most=MAX_TITLE)
    try:
        day = date.fromisoformat(new.planned_on.strip())
    except ValueError:
        day, problems["planned_on"] = today(), _("Choose a day, such as 2026-12-01.")
    if problems:
        raise InvalidInput(problems)
    activity = JointActivity(
        program_id=partnership.program_id,
        partnership_id=partnership.id,
        kind=new.kind,
        title=title,
        planned_on=day,
        created_by_id=actor.id,
    )
    session.add(activity)
    _audit(session, "joint_activity.planned", activity, actor)
    return activity


def finish_joint(session: Session, activity: JointActivity, *, outcome: str, leads: str, actor: User) -> None:
    """Write down what came of it. Raises InvalidInput, and Conflict for one that is over."""
    _must_be_planned(activity)
    words, problems, count = clean_text(outcome), {}, None
    if not 1 <= len(words) <= MAX_OUTCOME:
        problems["outcome"] = _("Say what came of it, in %(most)s characters at most.", most=number(MAX_OUTCOME))
    try:
        count = read_leads(leads)
    except Unreadable as error:
        problems["leads"] = str(error)
    if problems:
        raise InvalidInput(problems)
    activity.outcome, activity.leads, activity.done_on = words, count, today()
    _audit(session, "joint_activity.done", activity, actor)


def cancel_joint(session: Session, activity: JointActivity, *, actor: User) -> None:
    """Call it off. Raises Conflict for one that is over."""
    _must_be_planned(activity)
    activity.canceled_at = now()
    _audit(session, "joint_activity.canceled", activity, actor)


def restore_joint(session: Session, activity: JointActivity, *, actor: User) -> None:
    """Take back that it was called off. Raises Conflict for two partners who were introduced anew since."""
    if activity.kind is JointKind.INTRODUCTION and activity.other_id is not None:
        hold_pair(session, activity.partnership_id, activity.other_id)
        if activity.canceled_at is not None and were_asked(session, activity.partnership_id, activity.other_id):
            raise Conflict(_("These two were introduced anew since. Reload the page."))
    activity.canceled_at = None
    _audit(session, "joint_activity.restored", activity, actor)


def hold_pair(session: Session, first_id: int, second_id: int) -> None:
    """Hold two partnerships until the end, in the same order for everybody, so that one introduction is made of two."""
    pair = select(Partnership.id).where(Partnership.id.in_((first_id, second_id)))
    session.execute(pair.order_by(Partnership.id).with_for_update()).all()


def were_asked(session: Session, first_id: int, second_id: int) -> bool:
    """Say whether an introduction of two partners stands, in either order."""
    known = select(JointActivity.id).where(
        JointActivity.kind == JointKind.INTRODUCTION,
        JointActivity.canceled_at.is_(None),
        or_(
            (JointActivity.partnership_id == first_id) & (JointActivity.other_id == second_id),
            (JointActivity.partnership_id == second_id) & (JointActivity.other_id == first_id),
        ),
    )
    return session.scalar(known.limit(1)) is not None


def joint_in(session: Session, partnership: Partnership, activity_id: int) -> JointActivity:
    """Return one of this partner's activities. Raises NotFound, for those of others too."""
    found = session.get(JointActivity, activity_id)
    if found is None or found.partnership_id != partnership.id:
        raise NotFound(_("There is no such activity with this partner."))
    return found


def _must_be_planned(activity: JointActivity) -> None:
    if activity.done_on is not None or activity.canceled_at is not None:
        raise Conflict(_("“%(what)s” is over already. Reload the page.", what=activity.title))


def _audit(session: Session, action: str, activity: JointActivity, actor: User) -> None:
    session.flush()
    record_audit(
        session,
        action,
        subject=f"joint_activity:{activity.id}",
        actor_id=actor.id,
        program_id=activity.program_id,
        details={"partnership_id": activity.partnership_id, "title": activity.title},
    )
