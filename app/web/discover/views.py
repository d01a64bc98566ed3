"""Views of the Discover area: the first page, one discovery, and the part of it that stays live."""

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.models import Discovery, Program
from app.services.access import Permission, program_for
from app.services.discover.requests import Source, discovery_for, start_discovery
from app.services.errors import InvalidInput
from app.web.discover import screen
from app.web.discover.blueprint import blueprint
from app.web.discover.forms import SearchForm
from app.web.form_errors import show_problems

TICKS = ("new", "all", "none")


@blueprint.get("")
def index(slug: str) -> str:
    """Show the ways to find companies, competitors and who links to them, and earlier discoveries."""
    return render_index(slug, screen.Typed())


@blueprint.post("")
def start(slug: str) -> Response | tuple[str, int]:
    """Look through a source: a pasted list at once, an address in the background."""
    form = SearchForm()
    source = Source(address=form.address.data or "", text=form.pasted.data or "", title=form.title.data or "")
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.IMPORT)
            discovery_id = start_discovery(session, program, source, by_user_id=current_user.id).id
    except InvalidInput as error:
        show_problems(form, error)
        return render_index(slug, screen.Typed(search=form)), 422
    return redirect(url_for(".show", slug=slug, discovery_id=discovery_id), 303)


@blueprint.get("/<int:discovery_id>")
def show(slug: str, discovery_id: int) -> str:
    """Show one discovery with its candidates."""
    return render_discovery(slug, discovery_id)


@blueprint.get("/<int:discovery_id>/status")
def status(slug: str, discovery_id: int) -> Response:
    """Show the status card alone, for looking again; the whole page is reloaded when the state has changed."""
    with reading() as session:
        program, discovery = find_discovery(session, slug, discovery_id, Permission.READ)
        values = template_values(screen.load_discovery(session, program, discovery, screen.Chosen()))
        response = make_response(render_template("discover/_status.html", **values))
    if request.args.get("seen", discovery.state.value) != discovery.state.value:
        response.headers["HX-Refresh"] = "true"
    return response


def find_discovery(session: Session, slug: str, discovery_id: int, permission: Permission) -> tuple[Program, Discovery]:
    """Return a discovery through the program the user works in; locked where the permission is to import."""
    program = program_for(session, current_user, slug, permission)
    return program, discovery_for(session, program.id, discovery_id, for_change=permission is Permission.IMPORT)


def render_index(slug: str, typed: screen.Typed) -> str:
    """Return the first page; `typed` holds forms that were refused, with their text and errors."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        found = screen.load_index(session, program)
    return render_template("discover/index.html", program=program, found=found, typed=typed, screen=screen)


def render_discovery(slug: str, discovery_id: int, *, problem: str = "") -> str:
    """Return the page of one discovery, with what is wrong with a choice that was refused."""
    ticked = request.args.get("tick", "")
    chosen = screen.Chosen(request.args.get("q", "").strip()[:200], ticked if ticked in TICKS else "new")
    with reading() as session:
        program, discovery = find_discovery(session, slug, discovery_id, Permission.READ)
        values = template_values(screen.load_discovery(session, program, discovery, chosen, problem=problem))
        return render_template("discover/discovery.html", **values)


def template_values(shown: screen.DiscoveryScreen) -> dict[str, Any]:
    """Return what the templates of one discovery are given."""
    return {"program": shown.program, "shown": shown, "discovery": shown.discovery, "screen": screen}
