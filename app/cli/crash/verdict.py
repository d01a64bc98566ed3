"""What came of it: the ledger beside the provider's own list of the mails it took."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cli.crash.provider import TakenMail
from app.models import Attempt, Enrollment, Message, MessageState, PostState, ProviderEvent, ProviderPost
from app.queries.ledger import Equation, equation
from app.services.ledger.states import DOUBTFUL, SENT, WAITING
from app.services.ledger.sweeping import DIED


@dataclass(frozen=True, slots=True)
class Verdict:
    """The figures of one run. `lost` and `doubled` name the addresses."""

    equation: Equation
    enrolled: int
    lost: list[str]
    doubled: list[str]
    uncertain: int
    uncertain_but_sent: int
    settled: int
    by_dead_workers: int
    kills: int

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost or doubled, every doubt is listed, and a kill made one at most."""
        return (
            not self.lost
            and not self.doubled
            and self.equation.is_exact
            and self.equation.planned == self.enrolled
            and self.by_dead_workers <= self.kills
        )

    def __str__(self) -> str:
        """Write the figures out."""
        return (
            f"lost {len(self.lost)}, doubled {len(self.doubled)}, uncertain {self.uncertain} "
            f"(of them taken by the provider: {self.uncertain_but_sent}), resolved by events {self.settled}; "
            f"doubts by {self.kills} kills: {self.by_dead_workers}\n  {self.equation}"
        )


def judge(session: Session, taken: list[TakenMail], *, kills: int) -> Verdict:
    """Compare every message with what the provider took."""
    times = Counter(mail.to_address for mail in taken)
    rows = session.execute(select(Message.to_address, Message.state)).all()
    states = {row.to_address: row.state for row in rows}
    lost = [address for address, state in states.items() if _is_lost(state, times[address])]
    lost += [address for address in times if address not in states]
    enrolled = session.scalar(select(func.count()).select_from(Enrollment)) or 0
    lost += ["an enrollment without a message"] * (enrolled - len(states))
    doubtful = [address for address, state in states.items() if state in DOUBTFUL]
    by_dead = session.scalar(select(func.count()).select_from(Attempt).where(Attempt.detail == DIED))
    return Verdict(
        equation=equation(session),
        enrolled=enrolled,
        lost=sorted(lost),
        doubled=sorted(address for address, count in times.items() if count > 1),
        uncertain=len(doubtful),
        uncertain_but_sent=sum(times[address] > 0 for address in doubtful),
        settled=sum(state is MessageState.RESOLVED_SENT for state in states.values()),
        by_dead_workers=by_dead or 0,
        kills=kills,
    )


def left_to_do(session: Session) -> int:
    """Return how many mails wait to be planned or sent, posts to be read and events to be applied; 0 is settled."""
    waiting = select(func.count()).select_from(Message).where(Message.state.in_(WAITING))
    enrolled = select(func.count()).select_from(Enrollment)
    planned = select(func.count()).select_from(Message)
    unplanned = (session.scalar(enrolled) or 0) - (session.scalar(planned) or 0)
    posts = select(func.count()).select_from(ProviderPost).where(ProviderPost.state == PostState.WAITING)
    events = select(func.count()).select_from(ProviderEvent).where(ProviderEvent.is_applied.is_(False))
    return unplanned + sum(session.scalar(query) or 0 for query in (waiting, posts, events))


def _is_lost(state: MessageState, times_taken: int) -> bool:
    """Whether a message claims what did not happen: sent though nobody took it, or settled as unsent though taken."""
    if state in SENT:
        return times_taken == 0
    if state in DOUBTFUL:
        return False
    return state in WAITING or times_taken > 0
