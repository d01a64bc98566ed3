"""Read received mail: its bytes with no transaction open, then what it says and does in one short transaction."""

import time

from sqlalchemy.exc import OperationalError

from app import dispatch
from app.db import reading, transaction
from app.dispatch import Job
from app.log import get_logger
from app.services.received_mail import raw_of, record_reading, set_mail_aside, waiting_mails
from outreach.inbound.content import read_content

log = get_logger(__name__)

TIME_BUDGET_S = 400.0
_AT_ONCE = 50


def read_mail(*, time_budget_s: float = TIME_BUDGET_S) -> int:
    """Read waiting mails until none is left or the time is up; return how many were read."""
    dispatch.heard(Job.READ_MAIL)
    deadline = time.monotonic() + time_budget_s
    read = 0
    while time.monotonic() < deadline:
        with reading() as session:
            waiting = waiting_mails(session, limit=_AT_ONCE)
        if not waiting:
            return read
        read += sum(_read_one(mail_id) for mail_id in waiting)
    dispatch.ring(Job.READ_MAIL)
    return read


def _read_one(mail_id: int) -> bool:
    try:
        with reading() as session:
            raw = raw_of(session, mail_id)
        if raw is None:
            return False
        content = read_content(raw[0], envelope_to=raw[1])
        with transaction() as session:
            return record_reading(session, mail_id, content) is not None
    except OperationalError:
        raise  # the database is away or busy: the mail waits, and the sweeper rings again
    except Exception as error:  # a fault of ours with one mail must not hold up the others
        log.exception("mail_broke", mail_id=mail_id)
        with transaction() as session:
            set_mail_aside(session, mail_id, cause=f"A fault of Scoutboard's own: {type(error).__name__}: {error}")
    return False
