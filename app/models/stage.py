"""The pipeline: stages, the events that move a prospect, and the one table of allowed moves (DESIGN section 5)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum

# How the program of this request or job calls its stages; what it does not name keeps the product's word.
_names: ContextVar[Mapping[str, str] | None] = ContextVar("stage_names", default=None)


class Stage(StrEnum):
    """Where a prospect stands."""

    SOURCED = "sourced"
    QUALIFIED = "qualified"
    CONTACTED = "contacted"
    ENGAGED = "engaged"
    APPLIED = "applied"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    ONBOARDING = "onboarding"
    ACTIVE = "active"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    DORMANT = "dormant"

    @property
    def word(self) -> str:
        """Return the product's own word for the stage."""
        return self.value.replace("_", " ").capitalize()

    @property
    def label(self) -> str:
        """Return the stage as people of the program in force read it (`call_stages`)."""
        return (_names.get() or {}).get(self.value) or self.word


def call_stages(names: Mapping[str, str] | None) -> None:
    """Call stages as a program does (stage to name) from now on, in this request or job; None is the product's way."""
    _names.set(names)


@contextmanager
def stages_called(names: Mapping[str, str] | None) -> Iterator[None]:
    """Call stages as a program does for the length of a block."""
    before = _names.get()
    call_stages(names)
    try:
        yield
    finally:
        call_stages(before)


# Where a company is a partner: from the approval on.
PARTNER_STAGES = (Stage.APPROVED, Stage.ONBOARDING, Stage.ACTIVE)
BOARD_STAGES = (
    Stage.SOURCED,
    Stage.QUALIFIED,
    Stage.CONTACTED,
    Stage.ENGAGED,
    Stage.APPLIED,
    Stage.IN_REVIEW,
    Stage.APPROVED,
    Stage.ONBOARDING,
    Stage.ACTIVE,
)
OFF_BOARD_STAGES = (Stage.DECLINED, Stage.WITHDRAWN, Stage.DORMANT)


class MoveEvent(StrEnum):
    """What makes a move."""

    HAND = "hand"
    IMPORTED = "imported"
    MAIL_SENT = "mail_sent"
    REPLY = "reply"
    APPLICATION = "application"
    DECISION = "decision"
    ONBOARDING_STARTED = "onboarding_started"
    ONBOARDING_DONE = "onboarding_done"
    WITHDRAWN = "withdrawn"
    WAKE_UP = "wake_up"
    UNDO = "undo"


_EARLY = BOARD_STAGES[: BOARD_STAGES.index(Stage.IN_REVIEW) + 1]
_LATE = (Stage.APPROVED, Stage.ONBOARDING, Stage.ACTIVE)


def _forward_to(target: Stage) -> frozenset[tuple[Stage, Stage]]:
    """Return the moves from every earlier board stage to the target: events only ever move forward."""
    return frozenset((stage, target) for stage in BOARD_STAGES[: BOARD_STAGES.index(target)])


def _by_hand() -> frozenset[tuple[Stage, Stage]]:
    among_early = {(a, b) for a in _EARLY for b in _EARLY if a is not b}
    off_board = {(a, b) for a in BOARD_STAGES for b in (Stage.WITHDRAWN, Stage.DORMANT)}
    back = {(off, stage) for off in OFF_BOARD_STAGES for stage in _EARLY}
    late = {
        (Stage.APPROVED, Stage.ONBOARDING),
        (Stage.ONBOARDING, Stage.APPROVED),
        (Stage.ONBOARDING, Stage.ACTIVE),
        (Stage.ACTIVE, Stage.ONBOARDING),
    }
    return frozenset(among_early | off_board | back | late)


ALLOWED_MOVES: dict[MoveEvent, frozenset[tuple[Stage, Stage]]] = {
    MoveEvent.HAND: _by_hand(),
    MoveEvent.MAIL_SENT: _forward_to(Stage.CONTACTED),
    MoveEvent.REPLY: _forward_to(Stage.ENGAGED),
    MoveEvent.APPLICATION: _forward_to(Stage.APPLIED) | {(off, Stage.APPLIED) for off in OFF_BOARD_STAGES},
    MoveEvent.DECISION: frozenset(
        {(stage, Stage.APPROVED) for stage in _EARLY} | {(stage, Stage.DECLINED) for stage in (*_EARLY, *_LATE)}
    ),
    MoveEvent.ONBOARDING_STARTED: frozenset({(Stage.APPROVED, Stage.ONBOARDING)}),
    MoveEvent.ONBOARDING_DONE: frozenset({(Stage.ONBOARDING, Stage.ACTIVE)}),
    MoveEvent.WITHDRAWN: frozenset((stage, Stage.WITHDRAWN) for stage in BOARD_STAGES),
    # Waking returns to the stage the prospect left, which its last change knows.
    MoveEvent.WAKE_UP: frozenset((Stage.DORMANT, stage) for stage in BOARD_STAGES),
}


def is_allowed(event: MoveEvent, from_stage: Stage, to_stage: Stage) -> bool:
    """Say whether an event may move a prospect between two stages.

    Undo is checked elsewhere: it may only write the inverse of the prospect's last change.
    """
    return (from_stage, to_stage) in ALLOWED_MOVES.get(event, frozenset())


def moves_by_person(from_stage: Stage) -> list[Stage]:
    """Return the stages a person may move a prospect to, by hand or by a decision, in board order."""
    reachable = ALLOWED_MOVES[MoveEvent.HAND] | ALLOWED_MOVES[MoveEvent.DECISION]
    return [stage for stage in (*BOARD_STAGES, *OFF_BOARD_STAGES) if (from_stage, stage) in reachable]


def needs_decision(to_stage: Stage) -> bool:
    """Say whether entering a stage always passes a Decision with reason codes."""
    return to_stage in (Stage.APPROVED, Stage.DECLINED)
