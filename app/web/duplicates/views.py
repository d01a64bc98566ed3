"""Views of the list of duplicates: look for them, turn one down, bring it back."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import counted
from app.languages import gettext as _
from app.queries.duplicates import merges_of, pairs_of, waiting_pairs
from app.services.access import Permission, program_for
from app.services.merging.finding import compare, look_at, record_pairs
from app.services.merging.pairs import bring_back, dismiss
from app.services.merging.undoing import UNDO_FOR
from app.web.duplicates.blueprint import blueprint
from app.web.undo import flash_with_undo

_SHOWN = 50


@blueprint.get("")
def index(slug: str) -> str:
    """Show the pairs that wait for a person, the surest first, and the merges of before."""
    view = "dismissed" if request.args.get("view") == "dismissed" else "waiting"
    with reading() as session:
        program = program_for(session, current_user, slug)
        pairs = pairs_of(session, program.id, dismissed=view == "dismissed", limit=_SHOWN)
        count = waiting_pairs(session, program.id)
        merges = merges_of(session, program.id)
    return render_template(
        "duplicates/index.html",
        program=program,
        view=view,
        pairs=pairs,
        count=count,
        merges=merges,
        undo_for=UNDO_FOR,
        shown=_SHOWN,
    )


@blueprint.post("/look")
def look(slug: str) -> Response:
    """Look through the program's companies now."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.IMPORT)
        seen = look_at(session, program.id)
    found = compare(seen)
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.IMPORT)
        fresh = record_pairs(session, program.id, found)
    among = counted("%(num)s company", "%(num)s companies", len(seen.companies))
    words = _("No new pair found among %(companies)s.", companies=among)
    if fresh:
        words = counted(
            "%(num)s new pair found among %(companies)s.",
            "%(num)s new pairs found among %(companies)s.",
            fresh,
            companies=among,
        )
    flash(words, "success" if fresh else "info")
    return redirect(url_for(".index", slug=slug), 303)


@blueprint.post("/<int:pair_id>/dismiss")
def turn_down(slug: str, pair_id: int) -> Response:
    """Remember that two companies are two."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.IMPORT)
        dismiss(session, program.id, pair_id, by_user_id=current_user.id)
    flash_with_undo(_("Noted: they are two companies."), url=url_for(".take_up", slug=slug, pair_id=pair_id), fields={})
    return redirect(url_for(".index", slug=slug), 303)


@blueprint.post("/<int:pair_id>/bring-back")
def take_up(slug: str, pair_id: int) -> Response:
    """Offer a pair again that was turned down."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.IMPORT)
        bring_back(session, program.id, pair_id, by_user_id=current_user.id)
    flash(_("The pair is on the list again."), "success")
    return redirect(url_for(".index", slug=slug), 303)
