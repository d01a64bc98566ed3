"""Views of the table: its page, further rows, and the tags one may mean."""

from typing import Any

from flask import jsonify, render_template, request
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading
from app.languages import gettext as _
from app.models import Program, Stage
from app.models.bulk import BulkKind
from app.models.view import ViewLayout
from app.queries.board import owners_of
from app.queries.board_changes import board_mark
from app.queries.filter_options import filter_options, what_is_gone
from app.queries.prospect_conditions import tag_key
from app.queries.table import TablePage, Window, table_count, table_page
from app.queries.table_order import BadPlace, read_place
from app.queries.tags import tags_holding
from app.queries.views import habit_of, list_views
from app.services.access import may, program_for
from app.services.bulk.registry import ACTS
from app.services.errors import InvalidInput
from app.web.board.filters import read_state as read_board_state
from app.web.board.views import ASKING, filter_page, menu_of
from app.web.bulk.asking import VERBS
from app.web.table.blueprint import blueprint
from app.web.table.state import OWN_NAMES, TableState, read_state

SUGGESTED = 12
_ICONS = {
    BulkKind.MOVE: "arrow-right",
    BulkKind.ASSIGN: "user",
    BulkKind.TAG: "tag",
    BulkKind.UNTAG: "x",
    BulkKind.SET_FIELD: "edit",
    BulkKind.ENROLL: "send",
    BulkKind.RECRAWL: "refresh",
    BulkKind.RESCORE: "gauge",
    BulkKind.EXPORT: "download",
}


@blueprint.get("")
def show(slug: str) -> str:
    """Show the first rows; to htmx asking for more, the rows behind `after` alone."""
    with reading() as session:
        program = program_for(session, current_user, slug)
        state = read_state(session, program)
        # Before the rows are read: what happens meanwhile is told once too often rather than never.
        mark = board_mark(session, program.id)
        page = _page(session, program, state)
        if "HX-Request" in request.headers and request.args.get("after"):
            return render_template("table/_rows.html", program=program, state=state, page=page)
        is_whole = page.next is None and not request.args.get("after")
        count = len(page.rows) if is_whole else table_count(session, program.id, state.filter)
        around = _around(session, program, state)
    return render_template(
        "table/page.html",
        program=program,
        state=state,
        page=page,
        count=count,
        **around,
        acts=[
            (kind, VERBS[kind], icon)
            for kind, icon in _ICONS.items()
            if may(current_user.role, ACTS[kind].permission({}))
        ],
        is_behind=bool(request.args.get("after")),
        mark=mark,
        menus={stage: menu_of(stage) for stage in Stage},
        asking=ASKING,
    )


@blueprint.get("/filter")
def filter_form(slug: str) -> str:
    """Show everything one can filter by: in the table's dialog, or as a page."""
    with reading() as session:
        program = program_for(session, current_user, slug)
        state = read_state(session, program)
        options = filter_options(session, program.id)
    return filter_page(
        program,
        options,
        read_board_state(request.args, user_id=current_user.id, also=OWN_NAMES),
        shown_by="table.show",
        kept={name: words for name, words in state.args.items() if name in ("by", "col")},
    )


@blueprint.get("/tags")
def tags(slug: str) -> Response:
    """Return the program's tags that hold what was typed, at the beginning first; there may be ten thousand of them."""
    key = tag_key(request.args.get("q", "")[:40])
    with reading() as session:
        program = program_for(session, current_user, slug)
        return jsonify(tags_holding(session, program.id, key, most=SUGGESTED))


def _around(session: Session, program: Program, state: TableState) -> dict[str, Any]:
    """Return what stands around the rows: the filter in words, what is wrong with the address, the saved views."""
    owners = owners_of(session, program.id)
    habit = habit_of(session, program.id, current_user.id)
    views = list_views(session, program.id, current_user.id, habit)
    open_view = next((view for view in views if str(view.id) == state.view_id), None)
    gone = what_is_gone(session, program.id, state.filter)
    if state.view_id not in ("", "0") and open_view is None:
        gone = [*gone, _("a view that was deleted or is somebody else's")]
    missing = [_("This asks for %(what)s: it is not there any more.", what=", ".join(gone))] if gone else []
    kept = {name: list(words) for name, words in open_view.query.items()} if open_view else {}
    return {
        "owners": owners,
        "chips": state.chips({owner.id: owner.name for owner in owners}),
        "problems": [*state.problems, *missing],
        "views": views,
        "open_view": open_view,
        "is_changed": open_view is not None and (open_view.layout, kept) != (ViewLayout.TABLE, state.view_args),
        "layout": ViewLayout.TABLE.value,
    }


def _page(session: Session, program: Program, state: TableState) -> TablePage:
    mark = request.args.get("after", "")
    try:
        place = read_place(mark) if mark else None
        return table_page(session, program.id, state.filter, columns=state.columns, window=Window(state.order, place))
    except BadPlace:
        words = _("The place in the table is not readable; go back to its beginning.")
        raise InvalidInput({"after": words}) from None
