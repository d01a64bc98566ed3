"""Views of adding by address: look at what is known (a GET, as a bookmark needs it), then confirm (a POST)."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import counted
from app.languages import gettext as _
from app.models import Program, Role
from app.queries.navigation import NavigationProgram, programs_of
from app.queries.prospect import possible_owners
from app.services.access import Permission, program_for, require
from app.services.adding import MAX_ADDRESSES, Checked, add_checked, addresses_in, check_addresses
from app.services.errors import InvalidInput
from app.web.adding.blueprint import blueprint
from app.web.context import Navigation

Answer = Response | str | tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody gave: the text with the addresses, and the slug of the program they are for."""

    text: str
    slug: str


@blueprint.get("")
def page() -> Answer:
    """Show the field, and for addresses that were given what is known of each; nothing is written."""
    require(current_user, Permission.IMPORT)
    asked = Asked(text=request.args.get("url", ""), slug=request.args.get("p", ""))
    try:
        return _render(asked)
    except InvalidInput as error:
        return _render(asked, problem=str(error)), 422


@blueprint.post("")
def add() -> Answer:
    """Make prospects of the addresses that are new to the program; the others stay as they are."""
    require(current_user, Permission.IMPORT)
    asked = Asked(text=request.form.get("url", ""), slug=request.form.get("p", ""))
    try:
        with transaction() as session:
            program = program_for(session, current_user, asked.slug, Permission.IMPORT)
            checked = _checked(session, program, asked.text)
            if not any(each.is_added for each in checked):
                raise InvalidInput({"url": _("None of these can be added. What each one is stands beside it.")})
            members = {person.id for person in possible_owners(session, program.id)}
            owner_id = current_user.id if current_user.id in members else None
            added = add_checked(session, program, checked, owner_id=owner_id, by_user_id=current_user.id)
            ids = [prospect.id for prospect in added]
    except InvalidInput as error:
        return _render(asked, problem=str(error)), 422
    return _to_the_added(asked.slug, ids, left_out=len(checked) - len(ids))


@blueprint.get("/bookmark")
def bookmark() -> str:
    """Show the bookmark that sends the page in the browser here, and how to put it into the bar."""
    require(current_user, Permission.IMPORT)
    address = url_for("adding.page", _external=True)
    script = f"javascript:(()=>{{window.open('{address}?url='+encodeURIComponent(location.href))}})()"
    return render_template("adding/bookmark.html", script=script)


def _to_the_added(slug: str, ids: list[int], *, left_out: int) -> Response:
    rest = counted(" %(num)s address stayed out.", " %(num)s addresses stayed out.", left_out) if left_out else ""
    if len(ids) == 1:
        flash(_("Added. Its site is being read now.") + rest, "success")
        return redirect(url_for("prospects.show", slug=slug, prospect_id=ids[0]), 303)
    added = counted(
        "%(num)s prospect added; their sites are being read now.",
        "%(num)s prospects added; their sites are being read now.",
        len(ids),
    )
    flash(added + rest, "success")
    return redirect(url_for("board.show", slug=slug), 303)


def _checked(session: Session, program: Program, text: str) -> list[Checked]:
    ids = [each.id for each in _programs(session)]
    return check_addresses(session, program, addresses_in(text), program_ids=ids)


def _programs(session: Session) -> tuple[NavigationProgram, ...]:
    return programs_of(session, current_user.id, sees_all=current_user.role is Role.ADMIN)


def _render(asked: Asked, *, problem: str = "") -> str:
    """Draw the page; where the text itself is the problem, without looking at it."""
    with reading() as session:
        programs = _programs(session)
        here = next((each for each in programs if each.slug == asked.slug), programs[0] if programs else None)
        checked: list[Checked] = []
        if here is not None and asked.text.strip():
            program = program_for(session, current_user, here.slug, Permission.IMPORT)
            checked = (
                _checked_or_none(session, program, asked.text) if problem else _checked(session, program, asked.text)
            )
    return render_template(
        "adding/page.html",
        asked=asked,
        problem=problem,
        programs=programs,
        here=here,
        checked=checked,
        most=MAX_ADDRESSES,
        count=sum(each.is_added for each in checked),
        nav=Navigation(slug=here.slug if here else ""),
    )


def _checked_or_none(session: Session, program: Program, text: str) -> list[Checked]:
    try:
        return _checked(session, program, text)
    except InvalidInput:
        return []
