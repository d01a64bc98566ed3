"""Views of the board: the columns, one stage as a list, its filter, and what changes while sites are being read."""

from urllib.parse import parse_qs, urlsplit

from flask import make_response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading
from app.languages import gettext as _
from app.models import BOARD_STAGES, OFF_BOARD_STAGES, Program, Stage, moves_by_person
from app.models.view import ViewLayout
from app.queries.board import board, cards_by_id, column_page, stage_counts, stage_heads
from app.queries.board_changes import board_mark, board_tag, changes_since
from app.queries.board_filter import BadCursor, BoardSort, Cursor, read_cursor
from app.queries.board_progress import board_progress
from app.queries.card_flags import CardFlag
from app.queries.filter_options import FilterOptions, filter_options
from app.queries.prospect_conditions import FitFilter, NextStep
from app.queries.site_kinds import SITE_KINDS
from app.queries.views import habit_of
from app.services.access import Permission, may, program_for
from app.services.decisions import STAGE_OF
from app.services.errors import InvalidInput, NotFound
from app.web.board.blueprint import blueprint
from app.web.board.filters import FIELDS, BoardState, read_state
from app.web.board.screen import screen_values
from app.web.prospects.opened_from import link_end
from app.whole_numbers import row_number

MAX_WATCHED = 400
# Entering these asks something first; the menu shows an ellipsis and opens a form.
ASKING = frozenset({*STAGE_OF.values(), Stage.DORMANT})


@blueprint.get("/board")
def show(slug: str) -> str | Response:
    """Show the columns with their first cards; a bare address opens the view that the person chose to open first."""
    with reading() as session:
        program = program_for(session, current_user, slug)
        first = None if request.args else habit_of(session, program.id, current_user.id).view_id
        if first:
            return redirect(url_for("board.open_view", slug=slug, view_id=first), 303)
        return _columns(session, program, ViewLayout.BOARD)


@blueprint.get("/split")
def split(slug: str) -> str:
    """Show the same cards as one list beside the prospect that is open."""
    with reading() as session:
        program = program_for(session, current_user, slug)
        return _columns(session, program, ViewLayout.SPLIT)


def _columns(session: Session, program: Program, layout: ViewLayout) -> str:
    state = read_state(request.args, user_id=current_user.id)
    # Before the cards are read: what happens meanwhile is told once too often rather than never.
    mark = board_mark(session, program.id)
    shown = board(session, program.id, state.filter, sort=state.sort)
    progress = board_progress(session, program.id)
    around = screen_values(session, program, state, layout)
    return render_template(
        f"board/{'page' if layout is ViewLayout.BOARD else 'split'}.html",
        program=program,
        board=shown,
        progress=progress,
        mark=mark,
        tag=board_tag(mark, progress),
        **around,
        **page_values(state),
    )


@blueprint.get("/board/<stage_name>")
def stage(slug: str, stage_name: str) -> str:
    """Show one stage as a list; to htmx, the cards of one page of it alone."""
    here = stage_named(stage_name)
    state = read_state(request.args, user_id=current_user.id)
    after = _cursor(state.sort)
    with reading() as session:
        program = program_for(session, current_user, slug)
        cards, following = column_page(session, program.id, here, state.filter, sort=state.sort, after=after)
        values = {"program": program, "stage": here, "cards": cards, "next": following, **page_values(state)}
        if "HX-Request" in request.headers:
            return render_template("board/_cards.html", **values)
        values["counts"] = stage_counts(session, program.id, state.filter)
        around = screen_values(session, program, state, ViewLayout.BOARD)
    return render_template("board/stage.html", after=after, **values, **around)


@blueprint.get("/board/filter")
def filter_form(slug: str) -> str:
    """Show everything one can filter by: in the board's dialog, or as a page."""
    state = read_state(request.args, user_id=current_user.id)
    with reading() as session:
        program = program_for(session, current_user, slug)
        options = filter_options(session, program.id)
    return filter_page(program, options, state)


@blueprint.get("/board/live")
def live(slug: str) -> Response:
    """Show what changed on the board since `since`: counts, cards that others touched, chips, how far reading is.

    `shown` names the unfinished chips on screen as `id:word,…`; a chip that still says the same is left out. Asked
    with the ETag of its last answer it says 304 where nothing happened, after a look at two indexes.
    """
    state = read_state(request.args, user_id=current_user.id)
    shown = shown_chips(request.args.get("shown", ""))
    with reading() as session:
        program = program_for(session, current_user, slug)
        mark, progress = board_mark(session, program.id), board_progress(session, program.id)
        tag = board_tag(mark, progress)
        if request.headers.get("If-None-Match") == tag:
            return Response(status=304, headers={"ETag": tag})
        changes = changes_since(session, [program.id], since_of(mark), viewer_id=current_user.id)
        heads = stage_heads(session, program.id, state.filter)
        chips = cards_by_id(session, program.id, list(shown))
        cards = cards_by_id(session, program.id, changes.prospect_ids, state.filter)
    return make_response(
        render_template(
            "board/_live.html",
            program=program,
            progress=progress,
            heads=heads,
            changes=changes,
            cards=list(cards.values()),
            gone=[number for number in changes.prospect_ids if number not in cards],
            chips=[card for card in chips.values() if card.fit != shown[card.id] or not card.is_pending],
            mark=mark,
            tag=tag,
            **page_values(state),
        ),
        {"ETag": tag},
    )


def stage_named(name: str) -> Stage:
    """Return the stage of an address; raises NotFound for a name that is none."""
    try:
        return Stage(name)
    except ValueError:
        raise NotFound(
            _("There is no stage %(name)s. Go to the board and choose a column there.", name=repr(name))
        ) from None


def filter_page(program: Program, options: FilterOptions, state: BoardState, **more: object) -> str:
    """Draw everything one can filter by, in the dialog for a script, else as a page; the table shows the same."""
    template = "board/_filter_form.html" if "HX-Request" in request.headers else "board/filter.html"
    return render_template(
        template,
        program=program,
        options=options,
        **filter_values(),
        **page_values(state),
        **more,
    )


def filter_values() -> dict[str, object]:
    """Return what the form of all filters offers whatever the program is."""
    return {
        "fields": FIELDS,
        "site_kinds": SITE_KINDS,
        "flags": tuple(flag.value for flag in CardFlag),
        "fit_states": tuple(FitFilter),
        "steps": tuple(NextStep),
    }


def page_values(state: BoardState) -> dict[str, object]:
    """Return what every template of the board needs beside its rows."""
    return {
        **card_values(state),
        "prospects_root": url_for("prospects.show", slug=(request.view_args or {})["slug"], prospect_id=0)[:-1],
        "link_end": _link_end(state),
    }


def card_values(state: BoardState) -> dict[str, object]:
    """Return what cards need beside their rows, whatever the program is."""
    return {
        "state": state,
        "chosen": state.filter,
        "sort": state.sort,
        "query": state.args,
        "query_text": state.query,
        "menus": {stage: menu_of(stage) for stage in Stage},
        "asking": ASKING,
        "board_stages": BOARD_STAGES,
        "off_board_stages": OFF_BOARD_STAGES,
        "sorts": tuple(BoardSort),
    }


def _link_end(state: BoardState) -> str:
    """Return what tells a prospect's page the view that shows the cards, also when a part of it is asked for."""
    shown = urlsplit(request.headers.get("HX-Current-URL", request.path))
    if shown.path.endswith("/pipelines"):
        return link_end("pipelines", {"p": parse_qs(shown.query).get("p", []), **state.args})
    layout = ViewLayout.SPLIT if shown.path.endswith("/split") else ViewLayout.BOARD
    return link_end(layout.value, state.args)


def menu_of(stage: Stage) -> list[Stage]:
    """Return the stages the signed-in person may move a card of a stage to."""
    if not may(current_user.role, Permission.WORK_PROSPECTS):
        return []
    decides = may(current_user.role, Permission.DECIDE)
    return [target for target in moves_by_person(stage) if decides or target not in STAGE_OF.values()]


def _cursor(sort: BoardSort) -> Cursor | None:
    mark = request.args.get("after", "")
    if not mark:
        return None
    try:
        return read_cursor(mark, sort)
    except BadCursor:
        raise InvalidInput({"after": _("The place in the list is not readable; go back to the board.")}) from None


def since_of(mark: int) -> int:
    """Return the event that a live part asks from; for none, or none that can be, the newest one."""
    return row_number(request.args.get("since", ""), mark)


def shown_chips(text: str) -> dict[int, str]:
    """Read `id:word,…`: the unfinished chips on screen and what they say; at most MAX_WATCHED."""
    chips = {}
    for part in text.split(",")[:MAX_WATCHED]:
        written, _, word = part.partition(":")
        if (number := row_number(written)) is not None:
            chips[number] = word
    return chips
