"""The campaign page: how far people got, step by step and variant by variant, with answers in front."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.languages import counted
from app.languages import gettext as _
from app.models import (
    Delivery,
    Enrollment,
    EnrollmentState,
    Message,
    MessageKind,
    MessageState,
    ReceivedMail,
    StepDone,
)
from app.queries.sequences import ShownStep, steps_of

# Below this many sent mails a share says nothing worth acting on, whatever its interval.
FEWEST = 30
_Z95 = 1.959964
_SENT = (MessageState.ACCEPTED, MessageState.RESOLVED_SENT)
_WAITING = (MessageState.PLANNED, MessageState.CLAIMED, MessageState.HANDING_OVER, MessageState.RETRY_WAIT)
_DOUBTFUL = (MessageState.UNCERTAIN, MessageState.NEEDS_PERSON)


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval by Wilson, all 0 to 1; `of` is what it was measured on."""

    count: int
    of: int

    @property
    def value(self) -> float:
        """Return the share itself; 0 where nothing was measured."""
        return self.count / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Return the interval the true share lies in with 95 % confidence (Wilson 1927)."""
        if not self.of:
            return 0.0, 1.0
        share, z2 = self.value, _Z95 * _Z95
        middle = (share + z2 / (2 * self.of)) / (1 + z2 / self.of)
        half = _Z95 * sqrt(share * (1 - share) / self.of + z2 / (4 * self.of * self.of)) / (1 + z2 / self.of)
        return max(0.0, middle - half), min(1.0, middle + half)

    @property
    def is_telling(self) -> bool:
        """Say whether there are enough mails for the share to mean something."""
        return self.of >= FEWEST


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFunnel:
    """One step, or one variant of it: how many mails stand where. `answered` are people who answered that mail."""

    step: str
    variant: str
    planned: int
    sent: int
    delivered: int
    bounced: int
    opted_out: int
    complained: int
    doubtful: int
    skipped: int
    refused: int
    waiting: int
    answered: int
    interested: int

    @property
    def answers(self) -> Share:
        """Return the share of sent mails that a person answered."""
        return Share(self.answered, self.sent)


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """A step of the newest version with its numbers, and those of its variants where it has several."""

    shown: ShownStep
    total: StepFunnel
    variants: tuple[StepFunnel, ...]
    verdict: str
    done: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Campaign:
    """A sequence's numbers: people by state, and the funnel."""

    people: Mapping[EnrollmentState, int]
    steps: tuple[FunnelStep, ...]
    sent: int
    answered: int
    interested: int

    @property
    def answers(self) -> Share:
        """Return the share of people written to who answered."""
        return Share(self.answered, self.sent)


def campaign(session: Session, sequence_id: int, content: Mapping[str, Any]) -> Campaign:
    """Return a sequence's numbers over all its versions, shown on the steps of a content."""
    people = dict(
        session.execute(
            select(Enrollment.state, func.count())
            .where(Enrollment.sequence_id == sequence_id)
            .group_by(Enrollment.state)
        ).all()
    )
    funnels = _funnels(session, sequence_id)
    tasks = _tasks(session, sequence_id)
    steps = tuple(_step(shown, funnels, tasks) for shown in steps_of(content))
    written_to, answered, interested = _people_reached(session, sequence_id)
    return Campaign(people, steps, written_to, answered, interested)


def _step(
    shown: ShownStep, funnels: dict[tuple[str, str], StepFunnel], tasks: dict[str, tuple[int, int]]
) -> FunnelStep:
    own = [funnel for (step, _), funnel in sorted(funnels.items()) if step == shown.id]
    variants = tuple(own) if len(own) > 1 else ()
    done, skipped = tasks.get(shown.id, (0, 0))
    return FunnelStep(shown, _sum(shown.id, own), variants, verdict_of(variants), done, skipped)


def verdict_of(variants: tuple[StepFunnel, ...]) -> str:
    """Say in words what variants tell: who is ahead only where the intervals do not overlap."""
    if len(variants) < 2:
        return ""
    if not all(each.answers.is_telling for each in variants):
        need = max(FEWEST - each.sent for each in variants)
        return counted(
            "Too few to say: %(num)s more mail of one variant at least, %(each)s each.",
            "Too few to say: %(num)s more mails of one variant at least, %(each)s each.",
            need,
            each=FEWEST,
        )
    best, *others = sorted(variants, key=lambda each: -each.answers.value)
    if all(best.answers.interval[0] > other.answers.interval[1] for other in others):
        return _("Variant %(name)s gets more answers; chance alone rarely does that.", name=best.variant.upper())
    return _("No difference that chance could not make.")


def _sum(step: str, parts: list[StepFunnel]) -> StepFunnel:
    names = [name for name in StepFunnel.__dataclass_fields__ if name not in ("step", "variant")]
    return StepFunnel(step=step, variant="", **{name: sum(getattr(part, name) for part in parts) for name in names})


def _funnels(session: Session, sequence_id: int) -> dict[tuple[str, str], StepFunnel]:
    def count(condition: Any) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    rows = session.execute(
        select(
            Message.step,
            Message.variant,
            func.count(),
            count(Message.state.in_(_SENT)),
            count(Message.delivery == Delivery.DELIVERED),
            count(Message.delivery == Delivery.HARD_BOUNCED),
            count(Message.delivery == Delivery.OPTED_OUT),
            count(Message.delivery == Delivery.COMPLAINED),
            count(Message.state.in_(_DOUBTFUL)),
            count(Message.state.in_((MessageState.SKIPPED, MessageState.RESOLVED_NOT_SENT))),
            count(Message.state == MessageState.REFUSED),
            count(Message.state.in_(_WAITING)),
        )
        .join(Enrollment, Enrollment.id == Message.enrollment_id)
        .where(Enrollment.sequence_id == sequence_id, Message.kind == MessageKind.STEP)
        .group_by(Message.step, Message.variant)
    )
    replies = _replies(session, sequence_id)
    found = {}
    for step, variant, *numbers in rows:
        answered, interested = replies.get((step, variant), (0, 0))
        names = "planned sent delivered bounced opted_out complained doubtful skipped refused waiting".split()
        values = {name: int(value) for name, value in zip(names, numbers, strict=True)}
        found[(step, variant)] = StepFunnel(
            step=step, variant=variant, answered=answered, interested=interested, **values
        )
    return found


def _replies(session: Session, sequence_id: int) -> dict[tuple[str, str], tuple[int, int]]:
    """Count the mails that a person answered, each once however often they wrote."""
    rows = session.execute(
        select(
            Message.step,
            Message.variant,
            func.count(func.distinct(Message.id)),
            func.count(func.distinct(case((ReceivedMail.mark == "interested", Message.id)))),
        )
        .join(Enrollment, Enrollment.id == Message.enrollment_id)
        .join(ReceivedMail, ReceivedMail.message_id == Message.id)
        .where(Enrollment.sequence_id == sequence_id, ReceivedMail.kind == "reply")
        .group_by(Message.step, Message.variant)
    )
    return {(step or "", variant): (answered, interested) for step, variant, answered, interested in rows}


def _people_reached(session: Session, sequence_id: int) -> tuple[int, int, int]:
    """Return how many people were written to, answered, and were marked interested."""
    written = session.scalar(
        select(func.count(func.distinct(Message.enrollment_id)))
        .join(Enrollment, Enrollment.id == Message.enrollment_id)
        .where(Enrollment.sequence_id == sequence_id, Message.kind == MessageKind.STEP, Message.state.in_(_SENT))
    )
    row = session.execute(
        select(
            func.count(func.distinct(ReceivedMail.enrollment_id)),
            func.count(func.distinct(case((ReceivedMail.mark == "interested", ReceivedMail.enrollment_id)))),
        )
        .join(Enrollment, Enrollment.id == ReceivedMail.enrollment_id)
        .where(Enrollment.sequence_id == sequence_id, ReceivedMail.kind == "reply")
    ).one()
    return written or 0, row[0], row[1]


def _tasks(session: Session, sequence_id: int) -> dict[str, tuple[int, int]]:
    rows = session.execute(
        select(StepDone.step, StepDone.is_skipped, func.count())
        .join(Enrollment, Enrollment.id == StepDone.enrollment_id)
        .where(Enrollment.sequence_id == sequence_id)
        .group_by(StepDone.step, StepDone.is_skipped)
    )
    found: dict[str, tuple[int, int]] = {}
    for step, is_skipped, number in rows:
        done, skipped = found.get(step, (0, 0))
        found[step] = (done, skipped + number) if is_skipped else (done + number, skipped)
    return found
