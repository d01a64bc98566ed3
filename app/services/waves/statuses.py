"""Statuses set by people and by file: what each change would do, then all of them in one go, each for itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.languages import mark, number
from app.models import Company, MoveEvent, Program, Prospect, Stage, StageChange, is_allowed
from app.models.wave import WavePartner, WaveStatus
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.moves import move_prospect
from app.services.waves.accepting import accept_partner, why_not_accept
from app.services.waves.changes import By, audit_act, locked_partner, record_status

MAX_AT_ONCE = 150
# As many as one transaction changes, so that nobody else who writes waits for long.
CHUNK = 20
# What a person may say of a partner; opening the link is seen, and planned is what undo leads back to.
BY_HAND = (WaveStatus.INVITED, WaveStatus.ACCEPTED, WaveStatus.MOVED, WaveStatus.REFUSED, WaveStatus.LOST)
_EFFECTS = {
    WaveStatus.INVITED: mark("no mail leaves; counts as invited by you"),
    WaveStatus.ACCEPTED: mark("approved in your name, gets a partnership and the welcome mail"),
    WaveStatus.MOVED: mark("counts as moved"),
    WaveStatus.REFUSED: mark("leaves the board as withdrawn, unless a partner here already"),
    WaveStatus.LOST: mark("counts as lost; the prospect stays where it is"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A status somebody wants for a partner, with the version that was seen."""

    partner_id: int
    version: int
    status: WaveStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusLine:
    """One line of a preview: what would happen to whom, or in `problem` why nothing does; `line` is a file's own."""

    partner_id: int = 0
    version: int = 0
    company: str
    now_is: WaveStatus | None = None
    status: WaveStatus | None = None
    problem: str = ""
    line: int = 0

    @property
    def effect(self) -> str:
        """Return what the change leads to, in words."""
        return _(_EFFECTS[self.status]) if self.status in _EFFECTS else ""


def preview_statuses(session: Session, program: Program, wanted: Sequence[tuple[int, WaveStatus]]) -> list[StatusLine]:
    """Return what giving these partners these statuses would do; nothing is changed.

    Raises InvalidInput (field `chosen`) where none or too many are chosen.
    """
    if not wanted:
        raise InvalidInput({"chosen": _("Choose at least one partner.")})
    if len(wanted) > MAX_AT_ONCE:
        raise InvalidInput(
            {
                "chosen": _(
                    "Change at most %(most)s at once; %(count)s are chosen.",
                    most=MAX_AT_ONCE,
                    count=number(len(wanted)),
                )
            }
        )
    statuses = dict(wanted)
    rows = session.execute(
        select(WavePartner, Prospect, Company.name)
        .join(Prospect, Prospect.id == WavePartner.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(WavePartner.id.in_(statuses), WavePartner.program_id == program.id)
    ).all()
    found = {partner.id: (partner, prospect, name) for partner, prospect, name in rows}
    return [_line(*found[key], statuses[key]) for key in statuses if key in found]


def apply_statuses(session: Session, program: Program, wanted: Sequence[Wanted], by: By) -> tuple[int, list[str]]:
    """Change them, each for itself; returns how many were changed, and why the others were not.

    Many are changed in several transactions that share the act of `by`.
    """
    done, problems = 0, []
    for each in wanted:
        try:
            with session.begin_nested():
                partner = locked_partner(session, program, each.partner_id, version=each.version)
                set_status(session, partner, each.status, by)
            done += 1
        except (Conflict, InvalidInput, NotFound) as error:
            problems.append(str(error))
    if done:
        audit_act(session, program, "waves.statuses_set", by, count=done, statuses=_counts(wanted))
    return done, problems


def set_status(session: Session, partner: WavePartner, status: WaveStatus, by: By) -> None:
    """Give one partner a status with what follows from it. Raises Conflict saying why it cannot be."""
    prospect = session.get_one(Prospect, partner.prospect_id)
    problem = why_not(partner, prospect, status)
    if problem:
        name = session.get_one(Company, prospect.company_id).name
        raise Conflict(f"{name}: {problem}")
    if status is WaveStatus.ACCEPTED:
        accept_partner(session, partner, by)
        return
    if status is WaveStatus.INVITED:
        partner.invited_at = now()
    change = _move(session, prospect, status, by)
    record_status(session, partner, status, by, change=change)


def why_not(partner: WavePartner, prospect: Prospect, status: WaveStatus) -> str:
    """Return why a partner cannot get a status; "" where they can."""
    if status not in BY_HAND:
        return _("“%(status)s” is not set by hand.", status=_(status.label))
    if partner.status is status:
        return _("“%(status)s” already.", status=_(status.label))
    if status is WaveStatus.ACCEPTED:
        return why_not_accept(partner, prospect, by_partner=False)
    if status is WaveStatus.INVITED and partner.status is not WaveStatus.PLANNED:
        return _("“%(status)s” already, which is further than invited.", status=_(partner.status.label))
    if status is WaveStatus.MOVED and partner.status is not WaveStatus.ACCEPTED:
        return _("Not accepted yet. Set that first: it makes the partnership.")
    return ""


def move_if_earlier(session: Session, prospect: Prospect, by: By) -> StageChange | None:
    """Move a prospect to Contacted where it stands before; who is further stays there."""
    if not is_allowed(MoveEvent.MAIL_SENT, prospect.stage, Stage.CONTACTED):
        return None
    return move_prospect(
        session,
        prospect,
        to_stage=Stage.CONTACTED,
        event=MoveEvent.MAIL_SENT,
        by_user_id=by.user_id,
        reason="Invited to move over",
    )


def withdraw(session: Session, prospect: Prospect, by: By) -> StageChange | None:
    """Take a prospect off the board who does not come along; who is a partner here already stays one."""
    if prospect.stage in (Stage.APPROVED, Stage.ONBOARDING, Stage.ACTIVE):
        return None
    if not is_allowed(MoveEvent.WITHDRAWN, prospect.stage, Stage.WITHDRAWN):
        return None
    return move_prospect(
        session,
        prospect,
        to_stage=Stage.WITHDRAWN,
        event=MoveEvent.WITHDRAWN,
        by_user_id=by.user_id,
        reason="Does not move over",
    )


def _move(session: Session, prospect: Prospect, status: WaveStatus, by: By) -> StageChange | None:
    if status is WaveStatus.INVITED:
        return move_if_earlier(session, prospect, by)
    return withdraw(session, prospect, by) if status is WaveStatus.REFUSED else None


def _line(partner: WavePartner, prospect: Prospect, name: str, status: WaveStatus) -> StatusLine:
    return StatusLine(
        partner_id=partner.id,
        version=partner.version,
        company=name,
        now_is=partner.status,
        status=status,
        problem=why_not(partner, prospect, status),
    )


def _counts(wanted: Sequence[Wanted]) -> dict[str, int]:
    return {status.value: sum(each.status is status for each in wanted) for status in {each.status for each in wanted}}
