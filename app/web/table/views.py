"""Views of the table: its page, further rows, and the tags one may mean."""

from flask import jsonify, render_template, request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading
from app.models import Program
from app.models.bulk import BulkKind
from app.models.tag import Tag
from app.queries.board import owners_of
from app.queries.prospect_conditions import tag_key
from app.queries.table import TablePage, Window, table_count, table_page
from app.queries.table_order import BadPlace, read_place
from app.services.access import may, program_for
from app.services.bulk.registry import ACTS
from app.services.errors import InvalidInput
from app.web.bulk.asking import VERBS
from app.web.table.blueprint import blueprint
from app.web.table.state import TableState, read_state

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
        page = _page(session, program, state)
        if "HX-Request" in request.headers and request.args.get("after"):
            return render_template("table/_rows.html", program=program, state=state, page=page)
        is_whole = page.next is None and not request.args.get("after")
        count = len(page.rows) if is_whole else table_count(session, program.id, state.filter)
        owners = owners_of(session, program.id)
    return render_template(
        "table/page.html",
        program=program,
        state=state,
        page=page,
        count=count,
        owners=owners,
        chips=state.chips({owner.id: owner.name for owner in owners}),
        acts=[
            (kind, VERBS[kind], _ICONS[kind]) for kind in BulkKind if may(current_user.role, ACTS[kind].permission({}))
        ],
        is_behind=bool(request.args.get("after")),
    )


@blueprint.get("/tags")
def tags(slug: str) -> Response:
    """Return the program's tags that begin with what was typed; there may be ten thousand of them."""
    key = tag_key(request.args.get("q", "")[:40])
    with reading() as session:
        program = program_for(session, current_user, slug)
        rows = select(Tag.name).where(Tag.program_id == program.id, Tag.key.startswith(key, autoescape=True))
        return jsonify(list(session.scalars(rows.order_by(Tag.key).limit(SUGGESTED))))


def _page(session: Session, program: Program, state: TableState) -> TablePage:
    mark = request.args.get("after", "")
    try:
        place = read_place(mark) if mark else None
        return table_page(session, program.id, state.filter, columns=state.columns, window=Window(state.order, place))
    except BadPlace:
        raise InvalidInput({"after": "The place in the table is not readable; go back to its beginning."}) from None
