"""What changed in a table since it was drawn, for the page to show by itself."""

from flask import Response, make_response, render_template, request
from flask_login import current_user

from app.db import reading
from app.queries.board_changes import board_mark, changes_since
from app.queries.table import passing, rows_by_id, table_count
from app.services.access import program_for
from app.web.board.views import since_of
from app.web.table.blueprint import blueprint
from app.web.table.state import read_state


@blueprint.get("/live")
def live(slug: str) -> Response:
    """Show the rows that were changed since the event `since`, which of them left the filter, and how many it leaves.

    Asked with the ETag of its last answer it says 304 where nothing happened, after a look at one index.
    """
    with reading() as session:
        program = program_for(session, current_user, slug)
        mark = board_mark(session, program.id)
        tag = f'"{mark}"'
        if request.headers.get("If-None-Match") == tag:
            return Response(status=304, headers={"ETag": tag})
        state = read_state(session, program, keeps_columns=False)
        changes = changes_since(session, [program.id], since_of(mark), viewer_id=current_user.id)
        here = passing(session, program.id, state.filter, changes.prospect_ids)
        rows = rows_by_id(session, program.id, here, columns=state.columns)
        count = table_count(session, program.id, state.filter)
    page = render_template(
        "table/_live.html",
        program=program,
        state=state,
        mark=mark,
        changes=changes,
        rows=list(rows.values()),
        gone=[number for number in changes.prospect_ids if number not in rows],
        count=count,
    )
    return make_response(page, {"ETag": tag})
