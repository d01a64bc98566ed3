"""Views of the search: a page of everything found, and the short list behind ⌘K.

Every role may search; what is found is of the programs that the person works in.
"""

from flask import render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from app.db import reading
from app.models import Role
from app.queries.navigation import programs_of
from app.queries.search import Hit, HitKind, Scope, prospects_by_id, search
from app.queries.search_words import MAX_TYPED_CHARS
from app.web.context import Navigation
from app.web.search.blueprint import blueprint
from app.web.search.commands import commands_for
from app.whole_numbers import row_number

PAGE_LIMIT, PALETTE_LIMIT = 20, 5
_MAX_RECENT = 6


@blueprint.get("")
def page() -> str:
    """Show everything found, by kind; `kind` narrows it down to one and shows more of it."""
    typed = request.args.get("q", "")[:MAX_TYPED_CHARS]
    kind = _kind(request.args.get("kind", ""))
    nav = _here()
    with reading() as session:
        scope = _scope(session, nav, limit=PAGE_LIMIT * (2 if kind else 1), kind=kind)
        found = search(session, typed, scope)
    return render_template(
        "search/page.html", typed=typed, kind=kind, kinds=tuple(HitKind), found=found, limit=scope.limit, nav=nav
    )


@blueprint.get("/palette")
def palette() -> str:
    """Show the options of ⌘K: what fits the typed words, and before anything is typed the prospects seen last."""
    typed = request.args.get("q", "")[:MAX_TYPED_CHARS]
    nav = _here()
    with reading() as session:
        scope = _scope(session, nav, limit=PALETTE_LIMIT)
        found = search(session, typed, scope)
        recent = [] if typed.strip() else _recent(session, scope)
    return render_template(
        "search/_options.html", typed=typed, found=found, recent=recent, commands=commands_for(nav, typed)
    )


@blueprint.app_template_global()
def hit_path(hit: Hit) -> str:
    """Return where a hit leads: the prospect, the note on its page, or the passage in the saved page."""
    slug, prospect_id = hit.place.slug, hit.place.prospect_id
    if hit.kind is HitKind.PASSAGE and hit.page_id is not None:
        span = f"{hit.span[0]}-{hit.span[1]}" if hit.span else None
        return url_for("prospects.page_text", slug=slug, prospect_id=prospect_id, page_id=hit.page_id, passage=span)
    anchor = "activity" if hit.kind is HitKind.NOTE else None
    return url_for("prospects.show", slug=slug, prospect_id=prospect_id, _anchor=anchor)


def _here() -> Navigation:
    """Return the navigation as the page that asks shows it: `p` names its program."""
    return Navigation(slug=request.args.get("p", "")[:80])


def _scope(session: Session, nav: Navigation, *, limit: int, kind: HitKind | None = None) -> Scope:
    programs = programs_of(session, current_user.id, sees_all=current_user.role is Role.ADMIN)
    return Scope(
        program_ids=[program.id for program in programs],
        here_id=nav.program.id if nav.program else None,
        kinds=(kind,) if kind else tuple(HitKind),
        limit=limit,
    )


def _recent(session: Session, scope: Scope) -> list[Hit]:
    """Read the ids that the browser remembers; names and access come from the database, each time."""
    parts = request.args.get("recent", "")[:200].split(",")
    ids = [number for part in parts if (number := row_number(part)) is not None]
    return prospects_by_id(session, list(dict.fromkeys(ids))[:_MAX_RECENT], scope)


def _kind(name: str) -> HitKind | None:
    return HitKind(name) if name in tuple(HitKind) else None
