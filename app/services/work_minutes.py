"""What a person needs for one piece of each kind of work: the assumption behind the hours that automation saves."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Program, User
from app.queries.reports.work import WORK
from app.services.audit import record_audit
from app.services.errors import InvalidInput

# A working day: what takes longer is no piece of work.
MAX_MINUTES = 480.0


def set_minutes(session: Session, program: Program, typed: Mapping[str, str], *, actor: User) -> bool:
    """Take over the minutes typed (kind's code to text) and say whether anything changed; audited.

    An empty text, or the product's own number, keeps the product's. Raises InvalidInput by code.
    """
    problems: dict[str, str] = {}
    kept: dict[str, float] = {}
    for kind in WORK:
        words = typed.get(kind.code, "").strip()
        minutes = _minutes(words) if words else kind.minutes
        if minutes is None:
            problems[kind.code] = _("Give minutes from 0 to %(most)s, such as 4 or 0.5.", most=int(MAX_MINUTES))
        elif minutes != kind.minutes:
            kept[kind.code] = minutes
    if problems:
        raise InvalidInput(problems)
    if kept == program.work_minutes:
        return False
    record_audit(
        session,
        "program.work_minutes",
        subject=f"program:{program.id}",
        actor_id=actor.id,
        program_id=program.id,
        details={"before": dict(program.work_minutes), "after": kept},
    )
    program.work_minutes = kept
    return True


def _minutes(words: str) -> float | None:
    """Return typed minutes to a tenth, comma or point; None for what is none."""
    plain = words.replace(",", ".", 1)
    if not (plain.isascii() and plain.replace(".", "", 1).isdecimal() and len(plain) <= 8):
        return None
    minutes = round(float(plain), 1)
    return minutes if minutes <= MAX_MINUTES else None
