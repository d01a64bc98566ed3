"""The scarce things a handing over takes in its own transaction: a slot of the sender's day, the domain's turn."""

from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy import Select, Table, bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models import Message, MessageKind, MessageState, Sender, SenderDay, SenderDomain
from app.services.ledger.cases import day_of

_DAYS = cast("Table", SenderDay.__table__)
_TAKE_SLOT = (
    update(_DAYS)
    .where(_DAYS.c.sender_id == bindparam("of_sender"), _DAYS.c.day == bindparam("on_day"))
    .values(handed_over=_DAYS.c.handed_over + 1)
    .returning(_DAYS.c.id)
)
_TAKE_SLOT_BELOW = _TAKE_SLOT.where(_DAYS.c.handed_over < bindparam("cap"))


def take_day_slot(session: Session, sender: Sender, *, cap: int | None, at: datetime) -> bool:
    """Count one mail of the sender's day up unless the cap is reached; the row's lock keeps 8 workers in line."""
    day = day_of(sender, at).date()
    values = {"of_sender": sender.id, "on_day": day}
    if cap is None:
        taken = session.connection().execute(_TAKE_SLOT, values).scalar()
    else:
        taken = session.connection().execute(_TAKE_SLOT_BELOW, {**values, "cap": cap}).scalar()
    if taken is not None:
        return True
    if cap == 0 or _has_day(session, sender.id, day):
        return False
    try:
        with session.begin_nested():
            session.add(SenderDay(sender_id=sender.id, day=day, handed_over=0))
    except IntegrityError:
        # Another worker began the day at this moment.
        pass
    return take_day_slot(session, sender, cap=cap, at=at)


def give_day_slot_back(session: Session, sender: Sender, *, taken_at: datetime) -> None:
    """Return a slot whose mail certainly did not leave, to the day it was taken on."""
    session.execute(
        update(SenderDay)
        .where(
            SenderDay.sender_id == sender.id,
            SenderDay.day == day_of(sender, taken_at).date(),
            SenderDay.handed_over > 0,
        )
        .values(handed_over=SenderDay.handed_over - 1)
        .execution_options(synchronize_session=False)
    )


def take_domain_turn(session: Session, sender: Sender, domain: str, *, at: datetime) -> bool:
    """Note a mail to a domain unless the sender's last one to it is too young."""
    if sender.domain_spacing_s == 0:
        return True
    spacing = timedelta(seconds=sender.domain_spacing_s)
    taken = session.scalar(
        update(SenderDomain)
        .where(SenderDomain.sender_id == sender.id, SenderDomain.domain == domain, SenderDomain.last_at <= at - spacing)
        .values(last_at=at)
        .returning(SenderDomain.id)
        .execution_options(synchronize_session=False)
    )
    if taken is not None:
        return True
    if session.scalar(_domain_row(sender.id, domain)) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(SenderDomain(sender_id=sender.id, domain=domain, last_at=at))
    except IntegrityError:
        return False
    return True


def domain_free_at(session: Session, sender: Sender, domain: str) -> datetime | None:
    """Return when the sender may next write to a domain, None where it never did."""
    last_at = session.scalar(
        select(SenderDomain.last_at).where(SenderDomain.sender_id == sender.id, SenderDomain.domain == domain)
    )
    return last_at + timedelta(seconds=sender.domain_spacing_s) if last_at else None


def move_sender_mail(session: Session, sender: Sender, *, at: datetime, to: datetime, reason: str) -> None:
    """Put off all planned mail of a sender at once, so that a full day does not have each of them tried one by one."""
    waiting = session.scalars(
        select(Message.id)
        .where(
            Message.sender_id == sender.id,
            Message.kind == MessageKind.STEP,
            Message.state == MessageState.PLANNED,
            Message.not_before_at <= at,
        )
        .order_by(Message.id)
        .with_for_update(skip_locked=True)
    ).all()
    session.execute(
        update(Message)
        .where(Message.id.in_(waiting))
        .values(due_at=to, not_before_at=to, reason=reason)
        .execution_options(synchronize_session=False)
    )


def _has_day(session: Session, sender_id: int, day: date) -> bool:
    query = select(SenderDay.id).where(SenderDay.sender_id == sender_id, SenderDay.day == day)
    return session.scalar(query) is not None


def _domain_row(sender_id: int, domain: str) -> Select[int]:
    return select(SenderDomain.id).where(SenderDomain.sender_id == sender_id, SenderDomain.domain == domain)
