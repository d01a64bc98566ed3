"""Views of the programs side by side: the lanes, their filter, what is live, and what a person chose of it."""

from urllib.parse import urlencode

from flask import make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.queries.board_changes import board_mark, changes_since
from app.queries.board_few import heads_of
from app.queries.lanes import MOST_LANES, Half, cards_in, lane_options, lane_programs, lanes, members_of
from app.services.access import program_for
from app.services.errors import NotFound
from app.services.lanes import choose_lanes, fold_lane
from app.web.auth.next_page import HOME, safe_next
from app.web.board.views import filter_values, shown_chips, since_of
from app.web.pipelines.blueprint import blueprint
from app.web.pipelines.screen import in_own_words, lane_values, read_asked

# Of the form that chooses programs; everything else in it is the filter.
_OWN = frozenset({"p", "csrf_token"})


@blueprint.get("")
def show() -> str | Response:
    """Show a lane for each program asked for; a bare address opens the ones that the person chose last."""
    with reading() as session:
        asked = read_asked(session)
        if not asked.programs:
            return render_template("pipelines/none.html")
        if "p" not in request.args:
            return redirect(url_for("pipelines.show", **asked.args), 303)
        # Before the cards are read: what happens meanwhile is told once too often rather than never.
        mark = board_mark(session, *asked.ids)
        found = lanes(session, asked.programs, asked.state.filter, sort=asked.state.sort)
        owners = members_of(session, asked.ids)
    names = {owner.id: owner.name for owner in owners}
    return render_template(
        "pipelines/page.html",
        lanes=found,
        spoken_lanes=in_own_words((lane.program, lane) for lane in found),
        spoken_menus=in_own_words((each, None) for each in asked.programs if each.stage_names),
        owners=owners,
        chips=asked.state.chips(names, {}),
        mark=mark,
        most=MOST_LANES,
        **lane_values(asked),
    )


@blueprint.get("/filter")
def filter_form() -> str:
    """Show everything that can be filtered by in several programs: in the dialog, or as a page."""
    with reading() as session:
        asked = read_asked(session)
        if not asked.programs:
            raise NotFound(_("You work in no program yet."))
        options = lane_options(session, asked.ids)
    return render_template(
        "board/_filter_form.html" if "HX-Request" in request.headers else "pipelines/filter.html",
        options=options,
        action=url_for("pipelines.show"),
        clear=url_for("pipelines.show", p=asked.args["p"]),
        kept={"p": asked.args["p"]},
        **filter_values(),
        **lane_values(asked),
    )


@blueprint.get("/live")
def live() -> Response:
    """Show what changed in the lanes since the event `since`; 304 where nothing happened, by two looks at an index."""
    with reading() as session:
        asked = read_asked(session)
        mark = board_mark(session, *asked.ids) if asked.programs else 0
        if not asked.programs or request.headers.get("If-None-Match") == f'"{mark}"':
            return Response(status=304, headers={"ETag": f'"{mark}"'})
        changes = changes_since(session, asked.ids, since_of(mark), viewer_id=current_user.id)
        heads = heads_of(session, asked.ids, asked.state.filter)
        pending = shown_chips(request.args.get("shown", ""))
        chips = cards_in(session, asked.ids, list(pending))
        cards = cards_in(session, asked.ids, changes.prospect_ids, asked.state.filter)
    passing = {card.id for card in cards}
    page = render_template(
        "pipelines/_live.html",
        spoken=in_own_words((each, heads) for each in asked.programs),
        chips=[card for card in chips if card.fit != pending[card.id] or not card.is_pending],
        cards=cards,
        changes=changes,
        gone=[number for number in changes.prospect_ids if number not in passing],
        count=len(changes.prospect_ids),
        mark=mark,
        **lane_values(asked),
    )
    return make_response(page, {"ETag": f'"{mark}"'})


@blueprint.post("/choose")
def choose() -> Response:
    """Remember the programs that a person wants side by side, and show them."""
    wanted = request.form.getlist("p")
    with transaction() as session:
        programs = lane_programs(session, current_user)
        choose_lanes(session, programs, set(wanted), actor=current_user)
    kept = [(name, word[:2_000]) for name in request.form for word in request.form.getlist(name) if name not in _OWN]
    query = urlencode([*(("p", each.slug) for each in programs if each.slug in wanted), *kept])
    return redirect(f"{url_for('pipelines.show')}?{query}" if query else url_for("pipelines.show"), 303)


@blueprint.post("/<slug>/<half_name>/fold")
def fold(slug: str, half_name: str) -> Response:
    """Fold a pipeline of a program, or open it again; remembered for this person."""
    with transaction() as session:
        program = program_for(session, current_user, slug)
        if half_name not in set(Half):
            raise NotFound(_("There is no such pipeline."))
        fold_lane(session, program, Half(half_name), is_folded=request.form.get("folded") == "1", actor=current_user)
    if "HX-Request" in request.headers:
        return Response(status=204)
    wanted = safe_next(request.form.get("next"))
    return redirect(wanted if wanted != HOME else url_for("pipelines.show"), 303)
