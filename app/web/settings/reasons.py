"""Views of a program's reasons: those built in, its own, adding, changing, ordering, retiring."""

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from app.db import reading, transaction
from app.languages import gettext as _
from app.languages import mark
from app.models import DecisionOutcome
from app.models.program_settings import OwnReason, ReasonKind
from app.services.access import Permission, program_for
from app.services.decisions import REASONS
from app.services.errors import InvalidInput
from app.services.own_reasons import (
    LANGUAGES,
    ReasonContent,
    add_reason,
    change_reason,
    own_reasons,
    raise_reason,
    reason_in,
    restore_reason,
    retire_reason,
)
from app.services.reason_words import built_in_words
from app.web.form_errors import show_problems
from app.web.settings.blueprint import blueprint
from app.web.undo import flash_with_undo

Answer = Response | str | tuple[str, int]
_EDIT = Permission.MANAGE_PROGRAMS
_LONG = Length(max=2_000)


class ReasonForm(FlaskForm):
    """One reason; its words are for applicants, so only a decline has any."""

    kind = SelectField(
        mark("Reason for"),
        choices=[SelectChoice(kind.value, kind.label) for kind in ReasonKind],
        validators=[DataRequired()],
    )
    label = StringField(mark("Name"), validators=[InputRequired(mark("Name the reason.")), _LONG])
    words_en = StringField(mark("What the applicant reads, in English"), validators=[_LONG])
    words_pl = StringField(mark("In Polish"), validators=[_LONG])
    words_de = StringField(mark("In German"), validators=[_LONG])
    change_en = StringField(mark("What they can change, in English"), validators=[_LONG])
    change_pl = StringField(mark("What they can change, in Polish"), validators=[_LONG])
    change_de = StringField(mark("What they can change, in German"), validators=[_LONG])

    def content(self) -> ReasonContent:
        """Return what was typed, for the service."""
        words, changes = (
            {code: self[f"{name}_{code}"].data or "" for code in LANGUAGES} for name in ("words", "change")
        )
        return ReasonContent(label=self.label.data or "", words=words, changes=changes)


@blueprint.get("/p/<slug>/reasons")
def reasons(slug: str) -> str:
    """Show the reasons of each kind, and a form for another one."""
    return _page(slug, None)


@blueprint.post("/p/<slug>/reasons")
def add_own_reason(slug: str) -> Answer:
    """Add a reason behind the others of its kind."""
    form = ReasonForm()
    with reading() as session:
        program_for(session, current_user, slug, _EDIT)
    if form.validate():
        try:
            with transaction() as session:
                program = program_for(session, current_user, slug, _EDIT)
                kind = ReasonKind(form.kind.data)
                reason = add_reason(session, program, kind, form.content(), actor=current_user)
            flash(_("“%(label)s” can be chosen now.", label=reason.label), "success")
            return _back(slug)
        except InvalidInput as error:
            show_problems(form, error)
    return _page(slug, form), 422


@blueprint.route("/p/<slug>/reasons/<int:reason_id>", methods=["GET", "POST"])
def reason(slug: str, reason_id: int) -> Answer:
    """Change a reason on a page of its own."""
    with reading() as session:
        program = program_for(session, current_user, slug, _EDIT)
        row = reason_in(session, program, reason_id)
    form = ReasonForm(kind=row.kind.value)
    if not form.is_submitted():
        words = {f"words_{code}": text for code, text in row.words.items()}
        words |= {f"change_{code}": text for code, text in row.changes.items()}
        form = ReasonForm(kind=row.kind.value, label=row.label, **words)
        return render_template("settings/reason.html", program=program, reason=row, form=form)
    form.kind.data = row.kind.value
    if form.validate():
        try:
            with transaction() as session:
                change_reason(session, _row(slug, reason_id, session), form.content(), actor=current_user)
            flash(_("Saved."), "success")
            return _back(slug)
        except InvalidInput as error:
            show_problems(form, error)
    return render_template("settings/reason.html", program=program, reason=row, form=form), 422


@blueprint.post("/p/<slug>/reasons/<int:reason_id>/retire")
def retire_own_reason(slug: str, reason_id: int) -> Response:
    """Let nobody choose a reason any more."""
    with transaction() as session:
        row = _row(slug, reason_id, session)
        retire_reason(session, row, actor=current_user)
    undo = url_for("settings.restore_own_reason", slug=slug, reason_id=reason_id)
    flash_with_undo(_("“%(label)s” is retired. Where it was given it stays.", label=row.label), url=undo, fields={})
    return _back(slug)


@blueprint.post("/p/<slug>/reasons/<int:reason_id>/restore")
def restore_own_reason(slug: str, reason_id: int) -> Response:
    """Let a retired reason be chosen again."""
    try:
        with transaction() as session:
            row = _row(slug, reason_id, session)
            restore_reason(session, row, actor=current_user)
        flash(_("“%(label)s” can be chosen again.", label=row.label), "success")
    except InvalidInput as error:
        flash(str(error), "danger")
    return _back(slug)


@blueprint.post("/p/<slug>/reasons/<int:reason_id>/up")
def raise_own_reason(slug: str, reason_id: int) -> Response:
    """Move a reason one place up."""
    with transaction() as session:
        raise_reason(session, _row(slug, reason_id, session), actor=current_user)
    return _back(slug)


def _row(slug: str, reason_id: int, session: Session) -> OwnReason:
    return reason_in(session, program_for(session, current_user, slug, _EDIT), reason_id)


def _page(slug: str, form: ReasonForm | None) -> str:
    built_in = {ReasonKind(outcome.value): REASONS[outcome] for outcome in DecisionOutcome}
    with reading() as session:
        program = program_for(session, current_user, slug)
        kinds = [(kind, built_in.get(kind, ()), own_reasons(session, program.id, kind)) for kind in ReasonKind]
        retired = [row for kind in ReasonKind for row in own_reasons(session, program.id, kind, retired=True)]
    return render_template(
        "settings/reasons.html",
        program=program,
        kinds=kinds,
        retired=retired,
        words=built_in_words(),
        form=form or ReasonForm(formdata=None, kind=ReasonKind.DECLINE.value),
    )


def _back(slug: str) -> Response:
    return redirect(url_for("settings.reasons", slug=slug), 303)
