"""What each kind of bulk action is made of; the acts themselves are one module a group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.models import Program, Prospect, User
from app.services.access import Permission
from app.whole_numbers import row_number

Params = Mapping[str, Any]
Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Skip:
    """Prospects that an act leaves out: why, in a sentence, and the condition on Prospect and Company."""

    reason: str
    condition: ColumnElement[bool]


class Act(Protocol):
    """One kind of act. Preview and worker share `skips`, so what was shown is what happens."""

    @property
    def is_undoable(self) -> bool:
        """Say whether what was done can be taken back."""

    def permission(self, params: Params) -> Permission:
        """Return what a person must be allowed to do."""

    def read(self, session: Session, program: Program, typed: Typed) -> dict[str, Any]:
        """Return the act's parameters as a person typed them. Raises InvalidInput naming each field."""

    def words(self, session: Session, params: Params) -> str:
        """Say in a few words what is done, as in `Move to Qualified`."""

    def skips(self, session: Session, program_id: int, params: Params) -> Sequence[Skip]:
        """Return who is left out; the first condition that holds gives the reason."""

    def do(self, session: Session, prospect: Prospect, params: Params, actor: User) -> dict[str, Any]:
        """Do it to one prospect and return what undo needs. Raises ServiceError where it cannot be done."""

    def undo(self, session: Session, prospect: Prospect, before: Params, actor: User) -> str:
        """Take it back; return why it was left as it is, "" where it was taken back."""


def number_of(typed: Typed, name: str) -> int | None:
    """Return an id that was typed or chosen; None for anything else."""
    return row_number(typed.get(name, ""))
