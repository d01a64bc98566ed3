"""When a partner was touched last: a note, call or message, a mail to or from them, a finished review."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.models import Activity, BusinessReview, CadenceRule, Message, Partnership, ReceivedMail

TOUCH_ORIGIN = "touch:"
# outreach.inbound's word for what a person wrote; an absence note is no touch.
REPLY = "reply"


def touch_columns() -> tuple[ColumnElement[datetime | None], ...]:
    """Return the last touch of each kind as columns, for a statement that reads Partnership."""
    of_prospect = Partnership.prospect_id
    newest: tuple[Any, ...] = (
        select(func.max(Activity.at)).where(Activity.prospect_id == of_prospect),
        select(func.max(Message.accepted_at)).where(Message.prospect_id == of_prospect),
        select(func.max(ReceivedMail.received_at)).where(
            ReceivedMail.prospect_id == of_prospect, ReceivedMail.kind == REPLY
        ),
        select(func.max(BusinessReview.finished_at)).where(BusinessReview.partnership_id == Partnership.id),
    )
    return tuple(each.correlate(Partnership).scalar_subquery() for each in newest)


def last_of(began_at: datetime, *touches: datetime | None) -> datetime:
    """Return the newest touch; the partnership's own beginning counts as one."""
    return max([began_at, *(each for each in touches if each is not None)])


def last_touch(session: Session, partnership: Partnership) -> datetime:
    """Return when one partner was touched last."""
    found = session.execute(select(*touch_columns()).where(Partnership.id == partnership.id)).one()
    return last_of(partnership.created_at, *found)


def tier_key(tier: str) -> str:
    """Return a tier as tiers are compared: in small letters, one line."""
    return " ".join(tier.split()).casefold()


def cadence_of(session: Session, program_id: int) -> dict[str, int]:
    """Return the days of each tier with a rule in force; the empty tier stands for all others."""
    rows = session.execute(
        select(CadenceRule.tier, CadenceRule.days).where(
            CadenceRule.program_id == program_id, CadenceRule.ended_at.is_(None)
        )
    )
    return dict(rows.all())


def days_for(cadence: Mapping[str, int], tier: str) -> int | None:
    """Return after how many days a partner of a tier is to be touched; None where no rule says so."""
    return cadence.get(tier_key(tier), cadence.get(""))
