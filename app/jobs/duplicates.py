"""Look for companies of a program that look like one: after an import, and once a night in every program."""

from sqlalchemy import select

from app import dispatch
from app.clock import now
from app.db import lock_for_append, reading, transaction
from app.dispatch import Job
from app.models import Program
from app.services.merging.finding import compare, look_at, record_pairs

LOOKS_AT = (2, 27)
_LOCK = 0x5C0_D0B1E


def find_duplicates(program_id: int) -> int:
    """Compare a program's companies and keep the pairs; return how many are new. Safe to run twice at once."""
    with reading() as session:
        seen = look_at(session, program_id)
    found = compare(seen)
    with transaction() as session:
        lock_for_append(session, key=_LOCK)
        return record_pairs(session, program_id, found)


def look_for_duplicates_at_night() -> int:
    """Ring for every program in the one minute of the night that is for it; a ring that is lost waits a day."""
    moment = now()
    if (moment.hour, moment.minute) != LOOKS_AT:
        return 0
    with reading() as session:
        ids = session.scalars(select(Program.id).where(Program.archived_at.is_(None)).order_by(Program.id)).all()
    return sum(dispatch.ring(Job.FIND_DUPLICATES, program_id) for program_id in ids)
