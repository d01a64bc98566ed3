"""Views of the board: the columns, one stage as a list, and what changes while sites are being read."""

from flask import render_template, request, url_for
from flask_login import current_user

from app.db import reading
from app.models import BOARD_STAGES, OFF_BOARD_STAGES, Stage, moves_by_person
from app.queries.board import board, cards_by_id, column_page, owners_of, stage_counts
from app.queries.board_filter import BadCursor, BoardFilter, BoardSort, Cursor, FitFilter, read_cursor
from app.queries.progress import program_progress
from app.services.access import Permission, may, program_for
from app.services.decisions import STAGE_OF
from app.services.errors import InvalidInput, NotFound
from app.web.board.blueprint import blueprint
from app.web.board.filters import MAX_ID, filter_args, read_filter

MAX_WATCHED = 400
# Entering these asks something first; the menu shows an ellipsis and opens a form.
ASKING = frozenset({*STAGE_OF.values(), Stage.DORMANT})


@blueprint.get("/board")
def show(slug: str) -> str:
    """Show the columns with their first cards."""
    chosen, problems = read_filter(request.args, user_id=current_user.id)
    with reading() as session:
        program = program_for(session, current_user, slug)
        shown = board(session, program.id, chosen)
        owners = owners_of(session, program.id)
        progress = program_progress(session, program.id)
    return render_template(
        "board/page.html",
        program=program,
        board=shown,
        owners=owners,
        progress=progress,
        problems=problems,
        **page_values(chosen),
    )


@blueprint.get("/board/<stage_name>")
def stage(slug: str, stage_name: str) -> str:
    """Show one stage as a list; to htmx, the cards of one page of it alone."""
    here = stage_named(stage_name)
    chosen, problems = read_filter(request.args, user_id=current_user.id)
    after = _cursor(chosen.sort)
    with reading() as session:
        program = program_for(session, current_user, slug)
        cards, following = column_page(session, program.id, here, chosen, after=after)
        values = {"program": program, "stage": here, "cards": cards, "next": following, **page_values(chosen)}
        if "HX-Request" in request.headers:
            return render_template("board/_cards.html", **values)
        counts = stage_counts(session, program.id, chosen)
        owners = owners_of(session, program.id)
    return render_template("board/stage.html", counts=counts, owners=owners, problems=problems, after=after, **values)


@blueprint.get("/board/live")
def live(slug: str) -> str:
    """Show how far reading and scoring are, every column's count, and the score chips that changed meanwhile.

    `shown` names the unfinished chips on screen as `id:word,…`; a chip that still says the same is left out.
    """
    chosen, _ = read_filter(request.args, user_id=current_user.id)
    shown = _shown_chips(request.args.get("shown", ""))
    with reading() as session:
        program = program_for(session, current_user, slug)
        progress = program_progress(session, program.id)
        counts = stage_counts(session, program.id, chosen)
        cards = cards_by_id(session, program.id, list(shown))
    changed = [card for card in cards.values() if card.fit != shown[card.id] or not card.is_pending]
    return render_template(
        "board/_live.html", program=program, progress=progress, counts=counts, cards=changed, **page_values(chosen)
    )


def stage_named(name: str) -> Stage:
    """Return the stage of an address; raises NotFound for a name that is none."""
    try:
        return Stage(name)
    except ValueError:
        raise NotFound(f"There is no stage {name!r}. Go to the board and choose a column there.") from None


def page_values(chosen: BoardFilter) -> dict[str, object]:
    """Return what every template of the board needs beside its rows."""
    return {
        "chosen": chosen,
        "prospects_root": url_for("prospects.show", slug=(request.view_args or {})["slug"], prospect_id=0)[:-1],
        "query": filter_args(chosen),
        "menus": {stage: menu_of(stage) for stage in Stage},
        "asking": ASKING,
        "board_stages": BOARD_STAGES,
        "off_board_stages": OFF_BOARD_STAGES,
        "fit_filters": tuple(FitFilter),
        "sorts": tuple(BoardSort),
    }


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
        raise InvalidInput({"after": "The place in the list is not readable; go back to the board."}) from None


def _shown_chips(text: str) -> dict[int, str]:
    chips = {}
    for part in text.split(",")[:MAX_WATCHED]:
        number, _, word = part.partition(":")
        if number.isdecimal() and len(number) < 10 and int(number) <= MAX_ID:
            chips[int(number)] = word
    return chips
