"""Saved views in the browser: opened, kept, changed, copied, deleted with an Undo, and the one a board opens with."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.models import Program
from app.models.view import SavedView, ViewLayout
from app.queries.board import owners_of
from app.queries.filter_options import own_fields
from app.queries.views import habit_of, list_views
from app.services import views
from app.services.access import Permission, program_for
from app.services.errors import Conflict, InvalidInput
from app.web.auth.next_page import HOME, safe_next
from app.web.board.blueprint import blueprint
from app.web.board.filters import read_state
from app.web.board.screen import own_names
from app.web.board.views import stage_named
from app.web.undo import flash_with_undo
from app.whole_numbers import row_number

# Where each layout lives; the table is an area of its own.
ENDPOINTS = {ViewLayout.BOARD: "board.show", ViewLayout.TABLE: "table.show", ViewLayout.SPLIT: "board.split"}
_WORD = 2_000


@blueprint.get("/views")
def saved_views(slug: str) -> str:
    """List the views a person may open, with what can be done to each."""
    with reading() as session:
        program = program_for(session, current_user, slug)
        return _list_page(session, program)


@blueprint.get("/views/<int:view_id>")
def open_view(slug: str, view_id: int) -> Response:
    """Lead to the address that a view keeps."""
    with reading() as session:
        program = program_for(session, current_user, slug)
        view = views.view_in(session, program, view_id, current_user)
        return redirect(address_of(slug, view), 303)


@blueprint.get("/views/new")
def new_view(slug: str) -> str:
    """Ask how to call what is on the screen; the address's parameters are what is kept."""
    with reading() as session:
        program = program_for(session, current_user, slug)
        habit = habit_of(session, program.id, current_user.id)
    return _form_page(program, _typed(request.args, folded=habit.folded))


@blueprint.post("/views")
def save_view(slug: str) -> Response | tuple[str, int]:
    """Keep a view and open it."""
    typed = _typed(request.form, folded=request.form.getlist("folded"))
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug)
            view = views.save_view(session, program, typed, actor=current_user)
    except InvalidInput as error:
        return _refused(slug, typed, error), 422
    flash(
        _("“%(name)s” is kept for the team.", name=view.name)
        if view.is_team
        else _("“%(name)s” is kept.", name=view.name),
        "success",
    )
    return redirect(address_of(slug, view), 303)


@blueprint.get("/views/<int:view_id>/change")
def view_form(slug: str, view_id: int) -> str:
    """Ask for another name, layout or audience of a view."""
    with reading() as session:
        program = program_for(session, current_user, slug)
        view = views.view_in(session, program, view_id, current_user)
        return _form_page(program, _content(view), view=view)


@blueprint.post("/views/<int:view_id>/change")
def change_view(slug: str, view_id: int) -> Response | tuple[str, int]:
    """Change a view: its name and audience from the form, or (`keeps=screen`) what is on the screen now."""
    content = views.ViewContent(name="")
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug)
            view = views.view_in(session, program, view_id, current_user)
            content = _changed(session, program, view)
            version = row_number(request.form.get("version", ""))
            views.change_view(session, view, content, version=version, actor=current_user)
    except InvalidInput as error:
        return _refused(slug, content, error, view_id=view_id), 422
    except Conflict as error:
        flash(str(error), "warning")
        return redirect(url_for("board.open_view", slug=slug, view_id=view_id), 303)
    flash(_("“%(name)s” was changed.", name=view.name), "success")
    return redirect(_next(slug) if "next" in request.form else address_of(slug, view), 303)


@blueprint.post("/views/<int:view_id>/copy")
def copy_view(slug: str, view_id: int) -> Response:
    """Keep a private copy."""
    with transaction() as session:
        program = program_for(session, current_user, slug)
        view = views.view_in(session, program, view_id, current_user)
        copy = views.copy_view(session, view, actor=current_user)
    flash(_("“%(name)s” is yours to change.", name=copy.name), "success")
    return redirect(url_for("board.saved_views", slug=slug), 303)


@blueprint.post("/views/<int:view_id>/delete")
def delete_view(slug: str, view_id: int) -> Response:
    """Delete a view, with an Undo."""
    with transaction() as session:
        program = program_for(session, current_user, slug)
        view = views.view_in(session, program, view_id, current_user)
        views.delete_view(session, view, actor=current_user)
    flash_with_undo(
        _("“%(name)s” was deleted.", name=view.name),
        url=url_for("board.restore_view", slug=slug, view_id=view_id),
        fields={},
    )
    return redirect(url_for("board.saved_views", slug=slug), 303)


@blueprint.post("/views/<int:view_id>/restore")
def restore_view(slug: str, view_id: int) -> Response:
    """Bring a deleted view back."""
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug)
            view = views.restore_view(session, program, view_id, actor=current_user)
        flash(_("“%(name)s” is back.", name=view.name), "success")
    except InvalidInput as error:
        flash(str(error), "danger")
    return redirect(url_for("board.saved_views", slug=slug), 303)


@blueprint.post("/views/default")
def set_default_view(slug: str) -> Response:
    """Choose the view that one's board opens with; without a `view_id`, none."""
    number = row_number(request.form.get("view_id", ""))
    with transaction() as session:
        program = program_for(session, current_user, slug)
        view = views.view_in(session, program, number, current_user) if number else None
        views.set_default_view(session, program, view, actor=current_user)
    flash(_("Your board opens with “%(name)s”.", name=view.name) if view else _("Your board opens plain."), "success")
    return redirect(url_for("board.saved_views", slug=slug), 303)


@blueprint.post("/board/<stage_name>/fold")
def fold(slug: str, stage_name: str) -> Response:
    """Fold a column, or open it again; remembered for this person and program."""
    stage = stage_named(stage_name)
    is_folded = request.form.get("folded") == "1"
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        views.fold_column(session, program, stage, is_folded=is_folded, actor=current_user)
    return Response(status=204) if "HX-Request" in request.headers else redirect(_next(slug), 303)


def address_of(slug: str, view: SavedView) -> str:
    """Return the address that a view stands for; it names the view, so that the screen can say which one is open."""
    words: dict[str, Any] = {name: list(each) for name, each in view.query.items()}
    if view.folded:
        words["fold"] = list(view.folded)
    endpoint = ENDPOINTS[view.layout]
    return url_for(
        endpoint if endpoint in current_app.view_functions else "board.show", slug=slug, **words, view=view.id
    )


def _list_page(session: Session, program: Program) -> str:
    shown = list_views(session, program.id, current_user.id, habit_of(session, program.id, current_user.id))
    names = {owner.id: owner.name for owner in owners_of(session, program.id)}
    own = {field.id: field.label for field in own_fields(session, program.id)}
    states = {view.id: read_state(MultiDict(view.query), user_id=current_user.id) for view in shown}
    chips = {number: state.chips(names, own) for number, state in states.items()}
    sorts = {number: state.sort for number, state in states.items()}
    return render_template("board/views.html", program=program, views=shown, chips=chips, sorts=sorts)


def _form_page(
    program: Program,
    content: views.ViewContent,
    *,
    view: SavedView | None = None,
    problems: dict[str, str] | None = None,
) -> str:
    is_part = "HX-Request" in request.headers and request.method == "GET"
    state = read_state(MultiDict(content.query), user_id=current_user.id)
    with reading() as session:
        names = {owner.id: owner.name for owner in owners_of(session, program.id)}
        own = own_names(session, program, state.filter)
    return render_template(
        "board/_view_form.html" if is_part else "board/view.html",
        program=program,
        content=content,
        view=view,
        problems=problems or {},
        chips=state.chips(names, own),
        layouts=tuple(ViewLayout),
    )


def _refused(slug: str, content: views.ViewContent, error: InvalidInput, *, view_id: int | None = None) -> str:
    """Show the form again with what was typed; the rows are read anew, for the transaction took them along."""
    with reading() as session:
        program = program_for(session, current_user, slug)
        view = views.view_in(session, program, view_id, current_user) if view_id else None
        return _form_page(program, content, view=view, problems=error.fields)


def _typed(values: MultiDict[str, str], *, folded: list[str] | tuple[str, ...]) -> views.ViewContent:
    own = {"name", "is_team", "layout", "folded", "keeps", "version", *views.PASSING_NAMES}
    layout = values.get("layout", "")
    return views.ViewContent(
        name=values.get("name", "")[:_WORD],
        is_team=values.get("is_team") == "1",
        layout=ViewLayout(layout) if layout in set(ViewLayout) else ViewLayout.BOARD,
        query={name: [word[:_WORD] for word in values.getlist(name)] for name in values if name not in own},
        folded=list(values.getlist("fold") or folded),
    )


def _content(view: SavedView) -> views.ViewContent:
    return views.ViewContent(
        name=view.name, is_team=view.is_team, layout=view.layout, query=view.query, folded=view.folded
    )


def _changed(session: Session, program: Program, view: SavedView) -> views.ViewContent:
    """Return the view as the form wants it: either its name and audience change, or what it shows."""
    old = _content(view)
    if request.form.get("keeps") == "screen":
        folded = habit_of(session, program.id, current_user.id).folded
        new = _typed(request.form, folded=folded)
        return views.ViewContent(
            name=old.name, is_team=old.is_team, layout=new.layout, query=new.query, folded=new.folded
        )
    new = _typed(request.form, folded=())
    return views.ViewContent(name=new.name, is_team=new.is_team, layout=old.layout, query=old.query, folded=old.folded)


def _next(slug: str) -> str:
    wanted = safe_next(request.values.get("next"))
    return wanted if wanted != HOME else url_for("board.show", slug=slug)
