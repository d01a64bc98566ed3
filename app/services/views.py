"""Saved views: kept under a name, private or for the team; changed, copied, deleted and brought back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import BOARD_STAGES, Program, Stage, User
from app.models.view import BoardHabit, SavedView, ViewLayout
from app.services.access import Permission, require
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.plain_text import clean_line

MAX_NAME, MAX_VIEWS, MAX_QUERY = 80, 200, 4_000
# Parameters that say where somebody is in a list, not which list it is.
PASSING_NAMES = frozenset({"view", "after", "open", "shown", "since", "next", "csrf_token"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewContent:
    """What a view keeps: its name, for whom, the layout, the address's parameters, the folded columns."""

    name: str
    is_team: bool = False
    layout: ViewLayout = ViewLayout.BOARD
    query: Mapping[str, list[str]] = field(default_factory=dict)
    folded: Sequence[str] = ()


def view_in(session: Session, program: Program, view_id: int, user: User) -> SavedView:
    """Return a view of a program that access was checked for; somebody else's private one is not there (NotFound)."""
    view = session.get(SavedView, view_id)
    if view is None or view.program_id != program.id or not (view.is_team or view.owner_id == user.id):
        raise NotFound(_("There is no such view in this program; it may have been deleted."))
    if view.deleted_at is not None:
        raise NotFound(_("This view was deleted. Its owner can bring it back for as long as the message offers Undo."))
    return view


def save_view(session: Session, program: Program, content: ViewContent, *, actor: User) -> SavedView:
    """Keep a new view. Raises InvalidInput (fields `name`, `query`), and NotAllowed for who may not share one."""
    _may_share(content.is_team, actor)
    number = session.scalar(
        select(func.count()).where(SavedView.program_id == program.id, SavedView.owner_id == actor.id)
    )
    if (number or 0) >= MAX_VIEWS:
        raise InvalidInput(
            {"name": _("You have %(most)s views here, which is the most. Delete some first.", most=MAX_VIEWS)}
        )
    view = SavedView(program_id=program.id, owner_id=actor.id)
    _fill(session, view, content)
    session.add(view)
    session.flush()
    _note(session, view, "view.saved", actor)
    return view


def change_view(session: Session, view: SavedView, content: ViewContent, *, version: int | None, actor: User) -> None:
    """Change a view. Raises Conflict where somebody else changed it since `version`, and as save_view does."""
    _may_share(view.is_team or content.is_team, actor)
    if view.is_team and not content.is_team and view.owner_id != actor.id:
        raise InvalidInput({"is_team": _("Only its owner can make a team view private again; copy it instead.")})
    if version is not None and version != view.version:
        raise Conflict(
            _(
                "“%(name)s” was changed by somebody else while you looked at it, so nothing of yours was written. "
                "Open it again, then repeat.",
                name=view.name,
            )
        )
    _fill(session, view, content)
    view.version += 1
    view.updated_at = now()
    _note(session, view, "view.changed", actor)


def copy_view(session: Session, view: SavedView, *, actor: User) -> SavedView:
    """Keep a private copy under a name that is free."""
    program = session.get_one(Program, view.program_id)
    base = view.name[: MAX_NAME - 12]
    taken = set(_names(session, program.id, actor.id, is_team=False))
    copies = (_("%(name)s (copy %(number)s)", name=base, number=number) for number in range(2, MAX_VIEWS + 2))
    numbered = [_("%(name)s (copy)", name=base), *copies]
    name = next(each for each in numbered if each.casefold() not in taken)
    content = ViewContent(name=name, layout=view.layout, query=view.query, folded=view.folded)
    return save_view(session, program, content, actor=actor)


def delete_view(session: Session, view: SavedView, *, actor: User) -> None:
    """Delete a view; for who opens the board with it, the board opens plain again."""
    _may_share(view.is_team, actor)
    view.deleted_at = now()
    _note(session, view, "view.deleted", actor)


def restore_view(session: Session, program: Program, view_id: int, *, actor: User) -> SavedView:
    """Bring a deleted view back. Raises NotFound, and InvalidInput where its name was taken meanwhile."""
    view = session.get(SavedView, view_id)
    if view is None or view.program_id != program.id or not (view.is_team or view.owner_id == actor.id):
        raise NotFound(_("There is no such view in this program."))
    _may_share(view.is_team, actor)
    if view.deleted_at is not None:
        _check_name(session, view, view.name)
        view.deleted_at = None
        _note(session, view, "view.restored", actor)
    return view


def set_default_view(session: Session, program: Program, view: SavedView | None, *, actor: User) -> None:
    """Let a person's board of a program open with a view, or plain (None)."""
    habit = habit_row(session, program.id, actor.id)
    habit.view_id = view.id if view else None
    record_audit(
        session,
        "view.default_set",
        subject=f"program:{program.id}",
        actor_id=actor.id,
        program_id=program.id,
        details={"view_id": habit.view_id},
    )


def fold_column(session: Session, program: Program, stage: Stage, *, is_folded: bool, actor: User) -> None:
    """Remember that a person folded a column of a program's board, or opened it again."""
    habit = habit_row(session, program.id, actor.id)
    folded = set(habit.folded) - {stage.value} | ({stage.value} if is_folded else set())
    habit.folded = [each.value for each in BOARD_STAGES if each.value in folded]


def habit_row(session: Session, program_id: int, user_id: int) -> BoardHabit:
    """Return how a person keeps a program's board, to be changed; the row is made where there is none."""
    query = select(BoardHabit).where(BoardHabit.program_id == program_id, BoardHabit.user_id == user_id)
    habit = session.scalar(query)
    if habit is not None:
        return habit
    habit = BoardHabit(program_id=program_id, user_id=user_id, folded=[])
    try:
        with session.begin_nested():
            session.add(habit)
    except IntegrityError:
        return session.scalars(query).one()  # a second tab of the same person was faster
    return habit


def _fill(session: Session, view: SavedView, content: ViewContent) -> None:
    is_same_place = bool(view.id) and view.is_team == content.is_team
    view.is_team = content.is_team
    name = clean_line(content.name)
    if not name:
        raise InvalidInput({"name": _("Give the view a name.")})
    if len(name) > MAX_NAME:
        raise InvalidInput(
            {"name": _("At most %(most)s characters; this has %(count)s.", most=MAX_NAME, count=len(name))}
        )
    if not is_same_place or name.casefold() != view.name.casefold():
        _check_name(session, view, name)
    view.name = name
    view.layout = content.layout
    view.query = {key: list(words) for key, words in content.query.items() if key not in PASSING_NAMES and words}
    if sum(len(key) + len(word) for key, words in view.query.items() for word in words) > MAX_QUERY:
        words = _("This view asks for more than an address can hold. Take some values out of it.")
        raise InvalidInput({"query": words})
    view.folded = [stage.value for stage in BOARD_STAGES if stage.value in content.folded]


def _check_name(session: Session, view: SavedView, name: str) -> None:
    if name.casefold() in _names(session, view.program_id, view.owner_id, is_team=view.is_team, but=view.id):
        team = _("The team has a view “%(name)s” already. Choose another name, or change that one.", name=name)
        own = _("You have a view “%(name)s” already. Choose another name, or change that one.", name=name)
        raise InvalidInput({"name": team if view.is_team else own})


def _names(session: Session, program_id: int, owner_id: int, *, is_team: bool, but: int | None = None) -> list[str]:
    query = select(SavedView.id, SavedView.name).where(
        SavedView.program_id == program_id, SavedView.is_team == is_team, SavedView.deleted_at.is_(None)
    )
    if not is_team:
        query = query.where(SavedView.owner_id == owner_id)
    return [name.casefold() for view_id, name in session.execute(query) if view_id != but]


def _may_share(is_team: bool, actor: User) -> None:
    if is_team:
        require(actor, Permission.WORK_PROSPECTS)


def _note(session: Session, view: SavedView, action: str, actor: User) -> None:
    record_audit(
        session,
        action,
        subject=f"view:{view.id}",
        actor_id=actor.id,
        program_id=view.program_id,
        details={"name": view.name, "is_team": view.is_team, "layout": view.layout.value, "query": dict(view.query)},
    )
