"""Views of a program's tags: the list, one tag, merging, giving up and bringing back."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.db import reading, transaction
from app.languages import counted, mark
from app.languages import gettext as _
from app.models.tag import MAX_TAG_LENGTH
from app.queries.tags import last_changes, tag_counts, tag_page
from app.services.access import Permission, program_for
from app.services.errors import InvalidInput
from app.services.tag_care import COLORS, bring_back, change_in, change_tag, give_up_tag, merge_tag
from app.services.tags import tag_in
from app.web.form_errors import show_problems
from app.web.settings.blueprint import blueprint
from app.web.undo import flash_with_undo

Answer = Response | str | tuple[str, int]
_EDIT = Permission.MANAGE_PROGRAMS


class TagForm(FlaskForm):
    """What a tag is called and which color it has."""

    name = StringField(
        mark("Name"), validators=[InputRequired(mark("A tag needs a name.")), Length(max=MAX_TAG_LENGTH * 4)]
    )
    color = RadioField(mark("Color"), choices=[SelectChoice(each) for each in COLORS], validate_choice=False)


class MergeForm(FlaskForm):
    """Which tag takes this one's place."""

    into = StringField(
        mark("Merge into"),
        validators=[InputRequired(mark("Write the name of the other tag.")), Length(max=MAX_TAG_LENGTH * 4)],
    )


@blueprint.get("/p/<slug>/tags")
def tags(slug: str) -> str:
    """Show a page of the tags, with how many prospects carry each, and those given up lately."""
    text, after = request.args.get("q", "").strip()[:MAX_TAG_LENGTH], request.args.get("after", "")[:200]
    with reading() as session:
        program = program_for(session, current_user, slug)
        page = tag_page(session, program.id, text=text, after=after)
        gone = last_changes(session, program.id)
    return render_template("settings/tags.html", program=program, page=page, text=text, after=after, gone=gone)


@blueprint.route("/p/<slug>/tags/<int:tag_id>", methods=["GET", "POST"])
def tag(slug: str, tag_id: int) -> Answer:
    """Rename and color a tag."""
    form = TagForm()
    if not form.is_submitted():
        return _tag_page(slug, tag_id)
    if form.validate():
        try:
            with transaction() as session:
                program = program_for(session, current_user, slug, _EDIT)
                row = tag_in(session, program, tag_id)
                changed = change_tag(
                    session, row, name=form.name.data or "", color=form.color.data or "", actor=current_user
                )
            flash(_("Saved.") if changed else _("Nothing was changed."), "success" if changed else "info")
            return _back(slug)
        except InvalidInput as error:
            show_problems(form, error)
    return _tag_page(slug, tag_id, form=form), 422


@blueprint.post("/p/<slug>/tags/<int:tag_id>/merge")
def merge(slug: str, tag_id: int) -> Answer:
    """Merge a tag into another one."""
    form = MergeForm()
    if form.validate():
        try:
            with transaction() as session:
                program = program_for(session, current_user, slug, _EDIT)
                row = tag_in(session, program, tag_id)
                change, gained = merge_tag(session, row, into=form.into.data or "", actor=current_user)
            said = counted(
                "“%(name)s” is merged; %(num)s prospect got the other tag by it.",
                "“%(name)s” is merged; %(num)s prospects got the other tag by it.",
                gained,
                name=change.name,
            )
            flash_with_undo(said, url=_undo(slug, change.id), fields={})
            return _back(slug)
        except InvalidInput as error:
            show_problems(form, error)
    return _tag_page(slug, tag_id, merging=form), 422


@blueprint.post("/p/<slug>/tags/<int:tag_id>/delete")
def delete_tag(slug: str, tag_id: int) -> Response:
    """Give a tag up, on every prospect."""
    with transaction() as session:
        program = program_for(session, current_user, slug, _EDIT)
        change = give_up_tag(session, tag_in(session, program, tag_id), actor=current_user)
    said = counted(
        "“%(name)s” was taken off %(num)s prospect.",
        "“%(name)s” was taken off %(num)s prospects.",
        len(change.prospect_ids),
        name=change.name,
    )
    flash_with_undo(said, url=_undo(slug, change.id), fields={})
    return _back(slug)


@blueprint.post("/p/<slug>/tags/changes/<int:tag_change_id>/undo")
def bring_tag_back(slug: str, tag_change_id: int) -> Response:
    """Bring a tag back that was given up or merged."""
    with transaction() as session:
        program = program_for(session, current_user, slug, _EDIT)
        row = bring_back(session, change_in(session, program, tag_change_id), actor=current_user)
    flash(_("“%(name)s” is back on the prospects that carried it.", name=row.name), "success")
    return _back(slug)


def _tag_page(slug: str, tag_id: int, *, form: TagForm | None = None, merging: MergeForm | None = None) -> str:
    with reading() as session:
        program = program_for(session, current_user, slug, _EDIT)
        row = tag_in(session, program, tag_id)
        prospects = tag_counts(session, [row.id]).get(row.id, 0)
    return render_template(
        "settings/tag.html",
        program=program,
        tag=row,
        prospects=prospects,
        colors=COLORS,
        form=form or TagForm(formdata=None, name=row.name, color=row.color),
        merging=merging or MergeForm(formdata=None),
    )


def _undo(slug: str, change_id: int) -> str:
    return url_for("settings.bring_tag_back", slug=slug, tag_change_id=change_id)


def _back(slug: str) -> Response:
    return redirect(url_for("settings.tags", slug=slug), 303)
