"""A sender's health: how many of its last mails bounced or were reported, and the pause it gives itself for it."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.languages import mark
from app.models import Delivery, Message, PauseScope, Sender
from app.services.ledger.states import SENT
from app.services.pauses import is_paused, pause

# Hard bounces of the last 200 and complaints of the last 5,000 (DESIGN section 7). A young sender is measured as if it
# had sent the least number, for one bounce of three mails says nothing yet.
BOUNCES_OF_LAST, BOUNCE_LIMIT, LEAST_FOR_BOUNCES = 200, 0.03, 100
COMPLAINTS_OF_LAST, COMPLAINT_LIMIT, LEAST_FOR_COMPLAINTS = 5_000, 0.0008, 2_500


_FIGURES = mark(
    "%(bounces)s of the last %(mails)s mails bounced for good, "
    "%(complaints)s of the last %(more)s were reported as spam."
)


class Health(StrEnum):
    """How a sender does: a warning comes at half of what pauses it."""

    GOOD = "good"
    WARNING = "warning"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class SenderHealth:
    """The figures behind a sender's health: shares from 0 to 1, and the counts they come from."""

    health: Health
    bounces: int
    of_last: int
    bounce_share: float
    complaints: int
    of_last_many: int
    complaint_share: float

    @property
    def sentence(self) -> str:
        """Return the figures in words."""
        return _FIGURES % self._figures

    @property
    def said(self) -> str:
        """Return the figures in words, in the language in force; what is stored of them is `sentence`."""
        return _(_FIGURES, **self._figures)

    @property
    def _figures(self) -> dict[str, str]:
        return {
            "bounces": f"{self.bounces}",
            "mails": f"{self.of_last:,}",
            "complaints": f"{self.complaints}",
            "more": f"{self.of_last_many:,}",
        }


def sender_health(session: Session, sender_id: int) -> SenderHealth:
    """Return how a sender's last mails fared."""
    bounces, of_last = _count(session, sender_id, BOUNCES_OF_LAST, Delivery.HARD_BOUNCED)
    complaints, of_last_many = _count(session, sender_id, COMPLAINTS_OF_LAST, Delivery.COMPLAINED)
    bounce_share = bounces / max(of_last, LEAST_FOR_BOUNCES)
    complaint_share = complaints / max(of_last_many, LEAST_FOR_COMPLAINTS)
    worst = max(bounce_share / BOUNCE_LIMIT, complaint_share / COMPLAINT_LIMIT)
    health = Health.PAUSED if worst >= 1 else Health.WARNING if worst >= 0.5 else Health.GOOD
    return SenderHealth(health, bounces, of_last, bounce_share, complaints, of_last_many, complaint_share)


def check_sender(session: Session, sender_id: int) -> SenderHealth:
    """Pause a sender whose mail bounces or is reported too often; a person resumes it."""
    health = sender_health(session, sender_id)
    sender = session.get_one(Sender, sender_id)
    if health.health is Health.PAUSED and not is_paused(session, PauseScope.SENDER, subject_id=sender_id, at=now()):
        reason = f"{sender.address} paused itself: {health.sentence} Find out why before you resume it."
        pause(session, PauseScope.SENDER, subject_id=sender_id, reason=reason, by_user_id=None)
    return health


def _count(session: Session, sender_id: int, number: int, counted: Delivery) -> tuple[int, int]:
    """Return how many of a sender's last mails met a fate, and of how many."""
    last = session.scalars(
        select(Message.delivery)
        .where(Message.sender_id == sender_id, Message.accepted_at.is_not(None), Message.state.in_(SENT))
        .order_by(Message.accepted_at.desc())
        .limit(number)
    ).all()
    return sum(delivery is counted for delivery in last), len(last)
