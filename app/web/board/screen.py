"""What every layout of the prospects shows around its rows: the filter in words, the views, the folded columns."""

from typing import Any

from flask import request
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.languages import gettext as _
from app.models import BOARD_STAGES, Program
from app.models.view import ViewLayout
from app.queries.board import owners_of
from app.queries.filter_options import own_fields, what_is_gone
from app.queries.prospect_filter import ProspectFilter
from app.queries.views import Habit, ShownView, habit_of, list_views
from app.web.board.filters import BoardState, read_state


def screen_values(session: Session, program: Program, state: BoardState, layout: ViewLayout) -> dict[str, Any]:
    """Return what the templates around the rows need; a handful of queries whatever the program holds."""
    owners = owners_of(session, program.id)
    habit = habit_of(session, program.id, current_user.id)
    views = list_views(session, program.id, current_user.id, habit)
    open_view = next((view for view in views if view.id == state.view_id), None)
    gone = what_is_gone(session, program.id, state.filter)
    if state.view_id and open_view is None:
        gone = [*gone, _("a view that was deleted or is somebody else's")]
    return {
        "owners": owners,
        "chips": state.chips({owner.id: owner.name for owner in owners}, own_names(session, program, state.filter)),
        "problems": problems_of(state, gone),
        "views": views,
        "open_view": open_view,
        "is_changed": open_view is not None and is_changed(open_view, state, layout, folded_of(habit)),
        "folded": folded_of(habit),
        "layout": layout.value,
    }


def own_names(session: Session, program: Program, chosen: ProspectFilter) -> dict[int, str]:
    """Return the program's own fields by id; none where the filter asks for none."""
    return {field.id: field.label for field in own_fields(session, program.id)} if chosen.own else {}


def folded_of(habit: Habit) -> frozenset[str]:
    """Return the folded columns: those of the address (an opened view), else those of the person's habit."""
    named = request.args.getlist("fold") if "fold" in request.args else habit.folded
    return frozenset(named) & {stage.value for stage in BOARD_STAGES}


def is_changed(view: ShownView, state: BoardState, layout: ViewLayout, folded: frozenset[str]) -> bool:
    """Say whether the screen shows something else than the view keeps."""
    kept = read_state(MultiDict(view.query), user_id=current_user.id).args
    shown = {name: words for name, words in state.args.items() if name != "view"}
    return (kept, view.layout, frozenset(view.folded)) != (shown, layout, folded)


def problems_of(state: BoardState, gone: list[str]) -> list[str]:
    """Return what is wrong with an address, a line each: what was left out, and what it asks for that is gone."""
    is_missing = _("This asks for %(what)s: it is not there any more.", what=", ".join(gone)) if gone else ""
    return [*state.problems, *filter(None, [is_missing])]
