"""Saved views as screens list and open them, and how a person keeps a board."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.models import User
from app.models.view import BoardHabit, SavedView, ViewLayout


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownView:
    """A view as menus and lists show it; `query` is its address, name to words."""

    id: int
    name: str
    is_team: bool
    is_mine: bool
    is_default: bool
    owner: str
    layout: ViewLayout
    query: Mapping[str, list[str]]
    folded: tuple[str, ...]
    version: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Habit:
    """How a person keeps a board: the view it opens with, if any, and the folded columns."""

    view_id: int | None = None
    folded: tuple[str, ...] = ()


def list_views(session: Session, program_id: int, user_id: int, habit: Habit) -> list[ShownView]:
    """Return the views a person may open in a program: their own and the team's, by name."""
    rows = session.execute(
        select(SavedView, User.name)
        .join(User, User.id == SavedView.owner_id)
        .where(SavedView.program_id == program_id, *is_visible(user_id))
        .order_by(SavedView.name, SavedView.id)
    )
    return [_shown(view, owner, habit, user_id) for view, owner in rows]


def habit_of(session: Session, program_id: int, user_id: int) -> Habit:
    """Return how a person keeps a program's board; a view that was deleted since is no habit."""
    row = session.execute(
        select(SavedView.id, BoardHabit.folded)
        .select_from(BoardHabit)
        .outerjoin(
            SavedView,
            (SavedView.id == BoardHabit.view_id)
            & SavedView.deleted_at.is_(None)
            & or_(SavedView.owner_id == user_id, SavedView.is_team),
        )
        .where(BoardHabit.program_id == program_id, BoardHabit.user_id == user_id)
    ).first()
    return Habit() if row is None else Habit(row.id, tuple(row.folded))


def is_visible(user_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for the views that a person may see."""
    return SavedView.deleted_at.is_(None), or_(SavedView.owner_id == user_id, SavedView.is_team)


def _shown(view: SavedView, owner: str, habit: Habit, user_id: int) -> ShownView:
    return ShownView(
        id=view.id,
        name=view.name,
        is_team=view.is_team,
        is_mine=view.owner_id == user_id,
        is_default=habit.view_id == view.id,
        owner=owner,
        layout=view.layout,
        query=view.query,
        folded=tuple(view.folded),
        version=view.version,
        updated_at=view.updated_at,
    )
