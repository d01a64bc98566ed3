"""Moves of prospects between stages: by hand, by an event, woken up, undone; and their order inside a stage.

Every move is a compare-and-set on the prospect's version, so that of two people who move one card at the same
moment one wins and the other is told. What a move replaces is kept with it, and undo puts exactly that back.
"""

from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import now, today
from app.languages import gettext as _
from app.languages import mark, short_day_and_month
from app.models import (
    OFF_BOARD_STAGES,
    Company,
    MoveEvent,
    Prospect,
    Stage,
    StageChange,
    is_allowed,
    moves_by_person,
    needs_decision,
)
from app.queries.board_changes import last_change
from app.services.audit import record_audit
from app.services.columns import rank_after
from app.services.errors import Conflict, InvalidInput
from app.services.furthest import further, furthest_without
from app.services.ledger.gate import close_gate
from app.services.onboarding.starting import begin_partnership
from app.services.stops import Ending, end_for_prospect


class MoveDetails(TypedDict, total=False):
    """What a move may say beside where to: why, behind which card, seen at which version, asleep until when.

    `written_to` is whom the maker of the move mails the way to their page, so that no second mail welcomes them. `tier`
    is of the partner that an approval makes.
    """

    reason: str
    after_id: int | None
    version: int | None
    wake_up_on: date | None
    written_to: str
    tier: str


def move_prospect(
    session: Session,
    prospect: Prospect,
    *,
    to_stage: Stage,
    event: MoveEvent,
    by_user_id: int | None,
    **details: Unpack[MoveDetails],
) -> StageChange:
    """Move a prospect to another stage and record who did it, when and why.

    It lands behind the card `after_id` of the new stage, else on top. `version` is the number the mover saw; without
    one the prospect as loaded is moved. Raises Conflict when somebody else changed it since, InvalidInput when the
    event may not make this move, or when dormancy comes without a date to wake up on.
    """
    version = details.get("version")
    if version is not None and version != prospect.version:
        raise _stale(session, prospect)
    wake_up_on = details.get("wake_up_on")
    _check(prospect.stage, to_stage, event)
    if to_stage is Stage.DORMANT and (wake_up_on is None or wake_up_on <= today()):
        raise InvalidInput({"wake_up_on": _("Choose a day after today on which the prospect comes back to the board.")})
    change = _change(prospect, to_stage, event, by_user_id)
    change.reason = details.get("reason", "").strip()
    rank = rank_after(session, prospect.program_id, to_stage, after_id=details.get("after_id"))
    values = {
        "stage": to_stage,
        "stage_since_at": now(),
        "furthest": further(prospect.furthest, to_stage),
        "rank": rank,
        "wake_up_on": wake_up_on if to_stage is Stage.DORMANT else None,
    }
    begun = _record(session, prospect, change, values)
    if event is MoveEvent.DECISION and to_stage is Stage.APPROVED:
        written_to, tier = details.get("written_to", ""), details.get("tier", "")
        begin_partnership(session, prospect, by_user_id=by_user_id, written_to=written_to, tier=tier)
    return begun


def wake_prospect(
    session: Session, prospect: Prospect, *, by_user_id: int | None, version: int | None = None
) -> StageChange:
    """Bring a dormant prospect back to the stage it left. Raises as move_prospect does."""
    return move_prospect(
        session,
        prospect,
        to_stage=stage_left(session, prospect.id),
        event=MoveEvent.WAKE_UP,
        by_user_id=by_user_id,
        version=version,
    )


def wake_due_prospects(session: Session, *, limit: int = 200) -> int:
    """Wake the prospects whose day has come, at most `limit` of them, and return how many were woken."""
    due = session.scalars(
        select(Prospect)
        .where(Prospect.stage == Stage.DORMANT, Prospect.wake_up_on <= today())
        .order_by(Prospect.wake_up_on, Prospect.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for prospect in due:
        wake_prospect(session, prospect, by_user_id=None)
    return len(due)


def stage_left(session: Session, prospect_id: int) -> Stage:
    """Return the stage a dormant prospect left when it was put to sleep."""
    left = session.scalar(
        select(StageChange.from_stage)
        .where(
            StageChange.prospect_id == prospect_id,
            StageChange.to_stage == Stage.DORMANT,
            StageChange.event != MoveEvent.UNDO,
        )
        .order_by(StageChange.id.desc())
        .limit(1)
    )
    return left or Stage.SOURCED


def undo_change(
    session: Session, prospect: Prospect, change_id: int, *, by_user_id: int | None, version: int | None = None
) -> StageChange:
    """Take back a prospect's last move: stage, place, age in stage and wake-up day become what they were.

    The move stays in the history and the inverse is added. Raises Conflict when the prospect has moved on since, and
    InvalidInput for a change that has nothing before it.
    """
    last = session.scalar(
        select(StageChange).where(StageChange.prospect_id == prospect.id).order_by(StageChange.id.desc()).limit(1)
    )
    if last is None or last.id != change_id or (version is not None and version != prospect.version):
        raise _stale(session, prospect)
    if last.from_stage is None or last.event is MoveEvent.UNDO:
        words = _("There is no move of %(name)s left that could be undone.", name=_name(session, prospect))
        raise InvalidInput({"change": words})
    change = _change(prospect, last.from_stage, MoveEvent.UNDO, by_user_id)
    change.undoes_id = last.id
    before = last.before
    wake_up_on = before.get("wake_up_on")
    values = {
        "stage": last.from_stage,
        "stage_since_at": datetime.fromisoformat(before["stage_since_at"]) if "stage_since_at" in before else now(),
        "furthest": furthest_without(session, prospect.id, last.id),
        "rank": before.get("rank") or rank_after(session, prospect.program_id, last.from_stage, after_id=None),
        "wake_up_on": date.fromisoformat(wake_up_on) if wake_up_on else None,
    }
    return _record(session, prospect, change, values)


def reorder_prospect(
    session: Session, prospect: Prospect, *, after_id: int | None, by_user_id: int | None, version: int | None = None
) -> None:
    """Put a prospect behind another card of its own stage, or on top. Raises Conflict as move_prospect does."""
    if version is not None and version != prospect.version:
        raise _stale(session, prospect)
    rank = rank_after(session, prospect.program_id, prospect.stage, after_id=after_id)
    _compare_and_set(session, prospect, {"rank": rank})
    record_audit(
        session,
        "prospect.reordered",
        subject=f"prospect:{prospect.id}",
        actor_id=by_user_id,
        program_id=prospect.program_id,
        details={"stage": prospect.stage.value},
    )


def _check(from_stage: Stage, to_stage: Stage, event: MoveEvent) -> None:
    if is_allowed(event, from_stage, to_stage):
        return
    if event is MoveEvent.HAND and needs_decision(to_stage) and to_stage in moves_by_person(from_stage):
        raise InvalidInput({"stage": _("%(stage)s needs a decision with reasons.", stage=_(to_stage.label))})
    words = _(
        "A prospect in %(stage)s cannot move to %(wanted)s. It can move to: %(possible)s.",
        stage=_(from_stage.label),
        wanted=_(to_stage.label),
        possible=", ".join(_(stage.label) for stage in moves_by_person(from_stage)),
    )
    raise InvalidInput({"stage": words})


def _change(prospect: Prospect, to_stage: Stage, event: MoveEvent, by_user_id: int | None) -> StageChange:
    before: dict[str, Any] = {
        "rank": prospect.rank,
        "stage_since_at": prospect.stage_since_at.isoformat(),
        "wake_up_on": prospect.wake_up_on.isoformat() if prospect.wake_up_on else None,
    }
    return StageChange(
        prospect_id=prospect.id,
        from_stage=prospect.stage,
        to_stage=to_stage,
        event=event,
        by_user_id=by_user_id,
        reason="",
        at=now(),
        before=before,
    )


def _record(session: Session, prospect: Prospect, change: StageChange, values: dict[str, Any]) -> StageChange:
    _compare_and_set(session, prospect, values)
    session.add(change)
    session.flush()
    _end_outreach(session, prospect.id, change.to_stage)
    record_audit(
        session,
        "prospect.moved",
        subject=f"prospect:{prospect.id}",
        actor_id=change.by_user_id,
        program_id=prospect.program_id,
        details={"from": change.from_stage, "to": change.to_stage.value, "event": change.event.value},
    )
    return change


def _end_outreach(session: Session, prospect_id: int, to_stage: Stage) -> None:
    """Off the board nobody is written to: sequences end, or wait where the prospect only sleeps."""
    if to_stage is Stage.DORMANT:
        close_gate(session)
    elif to_stage in OFF_BOARD_STAGES:
        ending = Ending("stage_off_board", f"The prospect was moved to {to_stage.label.lower()}.")
        end_for_prospect(session, prospect_id, ending)


def _compare_and_set(session: Session, prospect: Prospect, values: dict[str, Any]) -> None:
    """Write the values if the prospect still has the version it was loaded with, and count the version up."""
    session.flush()
    moved = session.scalar(
        update(Prospect)
        .where(Prospect.id == prospect.id, Prospect.version == prospect.version)
        .values(**values, version=prospect.version + 1)
        .returning(Prospect)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    if moved is None:
        session.refresh(prospect)
        raise _stale(session, prospect)


def _stale(session: Session, prospect: Prospect) -> Conflict:
    """Say who was faster, what they did and when, and where the card is now, so that the other need not guess."""
    stage = _(prospect.stage.label)
    return Conflict(
        _(
            "%(name)s was changed while you looked at it; it is in %(stage)s now and nothing of yours was written. "
            "%(last_act)sLook at it again, then repeat.",
            name=_name(session, prospect),
            stage=_("%(stage)s, off the board", stage=stage) if prospect.stage in OFF_BOARD_STAGES else stage,
            last_act=_last_act(session, prospect),
        )
    )


_ACTS = {
    "prospect.reordered": mark("%(who)s gave it another place %(when)s."),
    "prospect.assigned": mark("%(who)s gave it another owner %(when)s."),
    "prospect.moved": mark("%(who)s moved it to %(stage)s %(when)s."),
}


def _last_act(session: Session, prospect: Prospect) -> str:
    found = last_change(session, prospect.program_id, prospect.id)
    if found is None:
        return ""
    event, name = found
    minutes = int((now() - event.at).total_seconds() // 60)
    if minutes < 60:
        when = _("%(minutes)s min ago", minutes=minutes) if minutes > 0 else _("just now")
    else:
        when = _("on %(day)s at %(time)s UTC", day=short_day_and_month(event.at), time=f"{event.at:%H:%M}")
    stage = _(Stage(event.details["to"]).label) if event.action == "prospect.moved" else ""
    words = _ACTS.get(event.action, mark("%(who)s changed it %(when)s."))
    return _(words, who=name or "Scoutboard", when=when, stage=stage) + " "


def _name(session: Session, prospect: Prospect) -> str:
    return session.get_one(Company, prospect.company_id).name
