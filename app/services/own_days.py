"""Days that a program, or one sender of it, keeps free or works whatever the public holidays say."""

from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Program, Sender, User
from app.services.audit import record_audit
from app.services.errors import InvalidInput, NotFound
from app.services.plain_text import clean_line

MAX_DAYS, MAX_NAME = 200, 80


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDayContent:
    """A day: free or worked, in one country or ("") in every one, for one sender or for all."""

    day: date
    is_free: bool
    country: str = ""
    name: str = ""
    sender_id: int | None = None

    @property
    def key(self) -> tuple[str, str, int | None]:
        """Return what makes a day the same day, whichever way it is meant."""
        return (self.day.isoformat(), self.country, self.sender_id)


def own_days(program: Program) -> list[OwnDayContent]:
    """Return a program's own days in their order."""
    found = [OwnDayContent(**{**row, "day": date.fromisoformat(row["day"])}) for row in program.own_days]
    return sorted(found, key=lambda each: (each.day, each.country, each.sender_id or 0))


def set_day(session: Session, program: Program, content: OwnDayContent, *, actor: User) -> None:
    """Keep a day free or work on it; the same day set before is replaced. Raises InvalidInput, NotFound."""
    name = clean_line(content.name)
    if len(name) > MAX_NAME:
        raise InvalidInput({"name": _("At most %(most)s characters.", most=MAX_NAME)})
    if content.sender_id is not None:
        sender = session.get(Sender, content.sender_id)
        if sender is None or sender.program_id != program.id:
            raise NotFound(_("There is no such sender in this program."))
    session.refresh(program, ["own_days"], with_for_update=True)  # of two people at once, the other's day stays
    others = [each for each in own_days(program) if each.key != content.key]
    if len(others) >= MAX_DAYS:
        raise InvalidInput(
            {"day": _("%(most)s days of your own are the most. Take out those that are over.", most=MAX_DAYS)}
        )
    fresh = OwnDayContent(**{**asdict(content), "name": name})
    _keep(session, program, [*others, fresh], "own_day.set", fresh, actor)


def take_out_day(session: Session, program: Program, key: tuple[str, str, int | None], *, actor: User) -> OwnDayContent:
    """Let a day be again what the calendar says; return it as it was, for Undo. Raises NotFound."""
    session.refresh(program, ["own_days"], with_for_update=True)
    known = own_days(program)
    gone = next((each for each in known if each.key == key), None)
    if gone is None:
        raise NotFound(_("This day was taken out already."))
    _keep(session, program, [each for each in known if each.key != key], "own_day.taken_out", gone, actor)
    return gone


def _keep(
    session: Session, program: Program, days: list[OwnDayContent], action: str, told: OwnDayContent, actor: User
) -> None:
    program.own_days = [{**asdict(each), "day": each.day.isoformat()} for each in days]
    record_audit(
        session,
        action,
        subject=f"program:{program.id}",
        actor_id=actor.id,
        program_id=program.id,
        details={**asdict(told), "day": told.day.isoformat()},
    )
