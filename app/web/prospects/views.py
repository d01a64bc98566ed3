"""Views of the prospects area: the page, its live part, and the saved text of a site's pages."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, has_request_context, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading
from app.languages import gettext as _
from app.models import Prospect
from app.queries.links import outside_link, shown_address
from app.queries.merges import standing_prospect
from app.queries.prospect import prospect_header
from app.queries.saved_page import Wanted, parse_span, saved_page
from app.queries.timeline_entry import TimelineGroup
from app.services.access import Permission, program_for
from app.services.errors import NotFound
from app.web.prospects.opened_from import NAME, read_opened_from
from app.web.prospects.screen import Typed, load_reading, load_screen, prospect_in, template_values

blueprint = Blueprint("prospects", __name__, url_prefix="/p/<slug>/prospects/<int:prospect_id>")
blueprint.add_app_template_filter(outside_link)
blueprint.add_app_template_filter(shown_address)


@blueprint.url_defaults
def keep_view(_endpoint: str, values: dict[str, Any]) -> None:
    """Carry the view a prospect was opened from through its forms and back, in whatever address its page builds."""
    shown = (request.view_args or {}).get("prospect_id") if has_request_context() else None
    if shown is not None and request.args.get(NAME) and values.get("prospect_id") == shown:
        values.setdefault(NAME, request.args[NAME])


@blueprint.get("")
def show(slug: str, prospect_id: int) -> str | Response:
    """Show everything known of a prospect on one page; one that was merged leads to the one that stands for it."""
    with reading() as session:
        program = program_for(session, current_user, slug)
        standing = None
        if session.get(Prospect, prospect_id) is None:
            standing = standing_prospect(session, program.id, prospect_id)
        if standing is None:
            return render_page(session, slug, prospect_id, Typed())
    flash(_("This prospect was merged; this one stands for it now."), "info")
    return redirect(url_for("prospects.show", slug=slug, prospect_id=standing), 302)


@blueprint.get("/reading")
def reading_status(slug: str, prospect_id: int) -> Response:
    """Show how far the reading of the site is; asked for again and again while it is under way."""
    with reading() as session:
        program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.READ)
        header = prospect_header(session, prospect.id)
        panel = load_reading(session, header)
    page = render_template("prospects/_reading.html", program=program, prospect=header, reading=panel)
    response = make_response(page)
    if not panel.progress.is_live:
        response.headers["HX-Trigger"] = "site-read"
    return response


@blueprint.get("/pages/<int:page_id>")
def page_text(slug: str, prospect_id: int, page_id: int) -> str:
    """Show the saved text of a page with the passages that earned points marked."""
    span = parse_span(request.args.get("passage", ""))
    wanted = Wanted(*span) if span else Wanted(words=request.args.get("words", ""))
    with reading() as session:
        program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.READ)
        header = prospect_header(session, prospect.id)
        page = saved_page(
            session, company_id=header.company_id, prospect_id=prospect.id, page_id=page_id, wanted=wanted
        )
    if page is None:
        raise NotFound(_("This page of the site is not saved any more. Read the site again, or open it on the web."))
    return render_template("prospects/saved_page.html", program=program, prospect=header, page=page, wanted=wanted)


def render_page(session: Session, slug: str, prospect_id: int, typed: Typed) -> str:
    """Return the whole page; `typed` holds forms that were refused, with their text and errors."""
    program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.READ)
    opened_from = read_opened_from(session, program, request.args.get(NAME, ""), user_id=current_user.id)
    before = _moment(request.args.get("before", ""))
    word = request.args.get("show", "")
    group = TimelineGroup(word) if word in set(TimelineGroup) else None
    screen = load_screen(session, program, prospect.id, opened_from=opened_from, before=before, group=group)
    return render_template("prospects/page.html", groups=tuple(TimelineGroup), **template_values(screen, typed))


def _moment(text: str) -> datetime | None:
    """Read a moment from an address; None for anything else, for people edit addresses by hand."""
    try:
        moment = datetime.fromisoformat(text)
        # Near the first and the last year there is, the same moment in UTC may not exist.
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
