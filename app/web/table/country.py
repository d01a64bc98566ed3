"""The country of a company, set in its cell: what is said of it, and the way back."""

from dataclasses import dataclass

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import transaction
from app.languages import gettext as _
from app.models import Company, Prospect
from app.queries.country_words import country_in_words
from app.services.access import Permission
from app.services.companies import TypedCountry, set_country
from app.services.errors import Conflict
from app.web.auth.next_page import HOME, safe_next
from app.web.prospects.screen import prospect_in
from app.web.table.blueprint import blueprint
from app.whole_numbers import row_number


@dataclass(frozen=True, slots=True)
class CountrySet:
    """A country that was set: in words, and where and with which fields that is taken back."""

    words: str
    undo_url: str
    undo_fields: dict[str, str]


def write_country(
    session: Session, slug: str, prospect: Prospect, typed: TypedCountry, version: int
) -> CountrySet | None:
    """Set a country as it was typed; None where that is the one it had. Raises Conflict and InvalidInput."""
    if not set_country(session, prospect, typed, actor=current_user, version=version):
        return None
    return CountrySet(
        _words(session, prospect),
        url_for("table.undo_country", slug=slug, prospect_id=prospect.id),
        {
            "value": typed.seen,
            "seen": _company(session, prospect).country or "",
            "version": str(prospect.version),
            "next": next_table(slug),
        },
    )


def next_table(slug: str) -> str:
    """Return the table that was asked for, with its filter and columns, else the whole one."""
    wanted = safe_next(request.values.get("next"))
    return wanted if wanted != HOME else url_for("table.show", slug=slug)


@blueprint.post("/<int:prospect_id>/country/undo")
def undo_country(slug: str, prospect_id: int) -> Response:
    """Put a country back as it was, where nobody changed the prospect since; the row is drawn anew."""
    typed = TypedCountry(request.form.get("value", "")[:2], request.form.get("seen", "")[:2])
    category, status = "success", 200
    try:
        with transaction() as session:
            _program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.WORK_PROSPECTS)
            set_country(
                session, prospect, typed, actor=current_user, version=row_number(request.form.get("version", ""), 0)
            )
            words = _("Undone. %(words)s", words=_words(session, prospect))
    except Conflict as error:
        words, category, status = str(error), "warning", 409
    if "HX-Request" not in request.headers:
        flash(words, category)
        return redirect(next_table(slug), 303)
    page = render_template("table/_redrawn.html", prospect_id=prospect_id, text=words, category=category)
    return make_response(page, status)


def _words(session: Session, prospect: Prospect) -> str:
    company = _company(session, prospect)
    country = country_in_words(company.country) or _("not known")
    return _("Country of %(name)s: %(country)s.", name=company.name, country=country)


def _company(session: Session, prospect: Prospect) -> Company:
    return session.get_one(Company, prospect.company_id)
