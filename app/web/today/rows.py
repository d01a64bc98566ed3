"""Working through one's day where it stands: done, later, somebody else's, and back."""

from datetime import date, timedelta

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.clock import today_in
from app.db import reading, transaction
from app.languages import gettext as _
from app.queries.prospect import possible_owners
from app.services import day_rows
from app.services.access import Permission, program_for
from app.services.day_rows import Deed
from app.services.errors import InvalidInput
from app.web.context import Navigation
from app.web.today.blueprint import blueprint
from app.web.today.screen import day_values
from app.web.undo import flash_with_undo
from app.whole_numbers import row_number

_ROW = "/p/<slug>/day/<day_kind>/<int:day_row_id>"


@blueprint.post(f"{_ROW}/done")
def finish(slug: str, day_kind: str, day_row_id: int) -> Response:
    """End a row, with an Undo."""
    with transaction() as session:
        row = day_rows.day_row(session, current_user, slug, day_kind, day_row_id)
        deed = day_rows.finish(session, row, actor=current_user)
    return _done(slug, day_kind, day_row_id, deed)


@blueprint.post(f"{_ROW}/later")
def snooze(slug: str, day_kind: str, day_row_id: int) -> Response:
    """Put a row off to tomorrow, next week or a day, with an Undo."""
    with transaction() as session:
        row = day_rows.day_row(session, current_user, slug, day_kind, day_row_id)
        deed = day_rows.snooze(session, row, until=_chosen_day(), actor=current_user)
    return _done(slug, day_kind, day_row_id, deed)


@blueprint.get(f"{_ROW}/give")
def give_form(slug: str, day_kind: str, day_row_id: int) -> str:
    """Ask whom a row is for: in a dialog, or as a page."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.WORK_PROSPECTS)
        row = day_rows.day_row(session, current_user, slug, day_kind, day_row_id)
        title, person_id, version = day_rows.given_to(session, row)
        people = possible_owners(session, program.id)
    return render_template(
        "today/_give.html" if "HX-Request" in request.headers else "today/give.html",
        program=program,
        row_id=f"{day_kind}-{day_row_id}",
        action=url_for("today.give", slug=slug, day_kind=day_kind, day_row_id=day_row_id),
        title=title,
        person_id=person_id,
        version=version,
        people=people,
    )


@blueprint.post(f"{_ROW}/give")
def give(slug: str, day_kind: str, day_row_id: int) -> Response:
    """Give a row to somebody, with an Undo."""
    with transaction() as session:
        row = day_rows.day_row(session, current_user, slug, day_kind, day_row_id)
        seen = request.form.get("version", "")
        deed = day_rows.give(session, row, person_id=_chosen_person(), seen=seen, actor=current_user)
    return _done(slug, day_kind, day_row_id, deed)


@blueprint.post(f"{_ROW}/back")
def take_back(slug: str, day_kind: str, day_row_id: int) -> Response:
    """Take back what was done with a row."""
    with transaction() as session:
        row = day_rows.day_row(session, current_user, slug, day_kind, day_row_id)
        words = day_rows.take_back(session, row, request.form, actor=current_user)
    if "HX-Request" in request.headers:
        return _renewed(words)
    flash(words, "success")
    return redirect(url_for("today.page"), 303)


def _chosen_person() -> int | None:
    person_id = row_number(request.form.get("person_id", ""))
    if person_id is None:
        raise InvalidInput({"person_id": _("Choose somebody who works in this program.")})
    return person_id or None


def _chosen_day() -> date:
    today = today_in(current_user.zone)
    match request.form.get("until"):
        case "tomorrow":
            return today + timedelta(days=1)
        case "week":
            return today + timedelta(days=7 - today.weekday())
    try:
        return date.fromisoformat(request.form.get("on", ""))
    except ValueError:
        raise InvalidInput({"on": _("Choose the day on which it comes back.")}) from None


def _done(slug: str, kind: str, row_id: int, deed: Deed) -> Response:
    """Show the day anew where a script asked, else lead back to it; both say what was done and offer an Undo."""
    undo_url = url_for("today.take_back", slug=slug, day_kind=kind, day_row_id=row_id)
    if "HX-Request" in request.headers:
        return _renewed(deed.words, undo_url=undo_url, undo=deed.undo)
    flash_with_undo(deed.words, url=undo_url, fields=deed.undo)
    return redirect(url_for("today.page"), 303)


def _renewed(words: str, *, undo_url: str = "", undo: dict[str, str] | None = None) -> Response:
    values = day_values()
    # The page is of no program, so its navigation is that of the first; the address here names the row's.
    nav = Navigation(slug=next(iter(values["slugs"].values()), ""))
    return make_response(
        render_template("today/_renewed.html", words=words, undo_url=undo_url, undo=undo or {}, nav=nav, **values)
    )
