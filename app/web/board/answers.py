"""What the views that move cards answer: the fresh card with both counts, a form that asks, or why not.

To htmx the answers are fragments that carry their own place (out-of-band); to a plain form they are a redirect with
a message that has the same Undo.
"""

from dataclasses import dataclass

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading
from app.languages import gettext as _
from app.models import MoveEvent, Stage, StageChange
from app.queries.board import cards_by_id, stage_heads
from app.services.access import program_for
from app.services.decisions import outcome_for
from app.services.errors import Conflict, NotFound, ServiceError
from app.services.moves import stage_left
from app.web.auth.next_page import HOME, safe_next
from app.web.board.filters import read_state
from app.web.board.forms import DecisionForm, DormancyForm
from app.web.board.views import page_values
from app.web.undo import flash_with_undo

WAKE_UP = "wake_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedMove:
    """What the browser asks for: the stage by name (or `wake_up`), behind which card, seen at which version."""

    stage_name: str
    after_id: int | None
    version: int | None

    @property
    def stage(self) -> Stage | None:
        """Return the stage, None for waking up. Raises Conflict for a column that does not exist (any more)."""
        if self.stage_name == WAKE_UP:
            return None
        try:
            return Stage(self.stage_name)
        except ValueError:
            raise Conflict(
                _(
                    "There is no column %(name)s any more, so nothing was moved. Reload the board.",
                    name=repr(self.stage_name[:40]),
                )
            ) from None


def ask(
    slug: str, prospect_id: int, wanted: WantedMove, form: DecisionForm | DormancyForm | None, *, status: int
) -> Response:
    """Show the form that a move asks for, or the choice of stages: in the board's dialog, or as a page."""
    is_part = "HX-Request" in request.headers
    state = read_state(request.args, user_id=current_user.id)
    with reading() as session:
        program = program_for(session, current_user, slug)
        card = cards_by_id(session, program.id, [prospect_id]).get(prospect_id)
        left = stage_left(session, prospect_id)
    if card is None:
        raise NotFound(_("There is no such prospect in this program."))
    stage = wanted.stage if wanted.stage_name else None
    response = make_response(
        render_template(
            "board/_ask.html" if is_part else "board/move.html",
            program=program,
            card=card,
            form=form,
            wanted=wanted,
            stage=stage,
            outcome=outcome_for(stage) if stage else None,
            stage_left=left,
            next=_next(slug),
            **page_values(state),
        ),
        status,
    )
    if is_part:
        response.headers["HX-Retarget"] = "#dialog-content"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def moved(slug: str, prospect_id: int, change: StageChange | None) -> Response:
    """Show a card at its new place, with an Undo unless the change was one itself or only a new order."""
    text, undo_url = _words(slug, prospect_id, change)
    if "HX-Request" not in request.headers:
        if change is not None:
            flash_with_undo(text, url=undo_url, fields={"next": _next(slug)})
        return redirect(_next(slug), 303)
    # What the columns then hold is not counted for it, which takes longer than the move: the page steps its counts by
    # one, and learns them exactly with what is live.
    page = _fragments(slug, prospect_id, change=change, text=text, category="success", undo_url=undo_url)
    response = make_response(page)
    response.headers["HX-Trigger"] = "dialog-done"
    response.headers["HX-Reswap"] = "none"
    return response


def refused(slug: str, prospect_id: int, error: ServiceError, status: int) -> Response:
    """Say why a card was not moved, and show it where it is now."""
    if "HX-Request" not in request.headers:
        flash(str(error), "warning")
        return redirect(_next(slug), 303)
    page = _fragments(slug, prospect_id, counts=True, text=str(error), category="warning", undo_url="")
    response = make_response(page, status)
    response.headers["HX-Trigger"] = "dialog-done"
    response.headers["HX-Reswap"] = "none"
    return response


def _words(slug: str, prospect_id: int, change: StageChange | None) -> tuple[str, str]:
    if change is None:
        return "", ""
    if change.event is MoveEvent.UNDO:
        return _("Undone: back in %(stage)s.", stage=_(change.to_stage.label)), ""
    args = read_state(request.args, user_id=current_user.id).args
    url = url_for("board.undo", slug=slug, prospect_id=prospect_id, change_id=change.id, **args)
    return _("Moved to %(stage)s.", stage=_(change.to_stage.label)), url


def _fragments(slug: str, prospect_id: int, *, counts: bool = False, **values: object) -> str:
    state = read_state(request.args, user_id=current_user.id)
    with reading() as session:
        program = program_for(session, current_user, slug)
        card = cards_by_id(session, program.id, [prospect_id]).get(prospect_id)
        heads = stage_heads(session, program.id, state.filter) if counts else {}
    return render_template(
        "board/_moved.html",
        program=program,
        card=card,
        heads=heads,
        **values,
        **page_values(state),
    )


def _next(slug: str) -> str:
    wanted = safe_next(request.values.get("next"))
    return wanted if wanted != HOME else url_for("board.show", slug=slug)
