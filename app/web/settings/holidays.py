"""Views of holidays: a country's in a year, and the days that a program or a sender adds or takes out."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired

from app.clock import today
from app.db import reading, transaction
from app.languages import current_language, long_day, mark
from app.languages import gettext as _
from app.queries.holidays import countries_of, senders_of
from app.services.access import Permission, program_for
from app.services.errors import InvalidInput
from app.services.own_days import OwnDayContent, own_days, set_day, take_out_day
from app.web.form_errors import show_problems
from app.web.settings.blueprint import blueprint
from app.web.undo import flash_with_undo
from app.whole_numbers import row_number
from outreach.public_holidays import named_holidays

Answer = Response | str | tuple[str, int]
_EDIT = Permission.MANAGE_PROGRAMS
FIRST_YEAR, LAST_YEAR = 2024, 2036


class DayForm(FlaskForm):
    """One day of one's own."""

    day = DateField(mark("Day"), validators=[InputRequired(mark("Choose the day."))])
    kind = SelectField(
        mark("It is"),
        choices=[SelectChoice("free", mark("free")), SelectChoice("work", mark("a working day"))],
        validators=[DataRequired()],
    )
    country = StringField(mark("Country"), description=mark("Two letters; empty for all."))
    sender_id = SelectField(mark("For whom"), validate_choice=False)
    name = StringField(mark("Name"))

    def offer(self, senders: list[tuple[int, str]]) -> None:
        """Offer the whole program and each of its senders."""
        everybody = SelectChoice("", mark("The whole program"))
        self.sender_id.choices = [everybody, *(SelectChoice(str(each), name) for each, name in senders)]

    def content(self) -> OwnDayContent:
        """Return what was typed; raises InvalidInput."""
        country = (self.country.data or "").strip().upper()
        if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise InvalidInput({"country": _("Write the country's two letters, such as PL or DE, or nothing for all.")})
        day = self.day.data
        if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise InvalidInput(
                {
                    "day": _(
                        "Choose a day from %(first_year)s to %(last_year)s.", first_year=FIRST_YEAR, last_year=LAST_YEAR
                    )
                }
            )
        return OwnDayContent(
            day=day,
            is_free=self.kind.data != "work",
            country=country,
            name=self.name.data or "",
            sender_id=row_number(self.sender_id.data or ""),
        )


@blueprint.get("/p/<slug>/holidays")
def holidays(slug: str) -> str:
    """Show a country's holidays in a year and the days of one's own."""
    return _page(slug, None)


@blueprint.post("/p/<slug>/holidays")
def set_own_day(slug: str) -> Answer:
    """Keep a day free, or work on it."""
    form = DayForm()
    with reading() as session:
        form.offer(senders_of(session, program_for(session, current_user, slug, _EDIT).id))
    if form.validate():
        try:
            content = form.content()
            with transaction() as session:
                set_day(session, program_for(session, current_user, slug, _EDIT), content, actor=current_user)
            day = long_day(content.day)
            if content.is_free:
                flash(_("%(day)s is kept free now. Mails that are planned for it follow.", day=day), "success")
            else:
                flash(_("%(day)s is a working day now. Mails that are planned for it follow.", day=day), "success")
            return _back(slug)
        except InvalidInput as error:
            show_problems(form, error)
    return _page(slug, form), 422


@blueprint.post("/p/<slug>/holidays/take-out")
def take_out_own_day(slug: str) -> Response:
    """Let a day be again what the calendar says."""
    key = (request.form.get("day", ""), request.form.get("country", ""), row_number(request.form.get("sender_id", "")))
    with transaction() as session:
        program = program_for(session, current_user, slug, _EDIT)
        gone = take_out_day(session, program, key, actor=current_user)
    fields = {
        "day": gone.day.isoformat(),
        "kind": "free" if gone.is_free else "work",
        "country": gone.country,
        "sender_id": str(gone.sender_id or ""),
        "name": gone.name,
    }
    undo = url_for("settings.set_own_day", slug=slug)
    flash_with_undo(_("%(day)s is again what the calendar says.", day=long_day(gone.day)), url=undo, fields=fields)
    return _back(slug)


def _page(slug: str, form: DayForm | None) -> str:
    with reading() as session:
        program = program_for(session, current_user, slug)
        senders, countries = senders_of(session, program.id), countries_of(session, program.id)
    form = form or DayForm(formdata=None)
    form.offer(senders)
    asked = request.args.get("country", "").strip().upper()[:2]
    country = asked or next(iter(countries), "PL")
    year = min(max(row_number(request.args.get("year", "")) or today().year, FIRST_YEAR), LAST_YEAR)
    days = own_days(program)
    return render_template(
        "settings/holidays.html",
        program=program,
        form=form,
        country=country,
        countries=countries,
        year=year,
        public=named_holidays(country, year, current_language()),
        worked={
            each.day for each in days if not each.is_free and each.sender_id is None and each.country in ("", country)
        },
        own=[each for each in days if each.day >= date(today().year, 1, 1)],
        senders=dict(senders),
    )


def _back(slug: str) -> Response:
    return redirect(url_for("settings.holidays", slug=slug), 303)
