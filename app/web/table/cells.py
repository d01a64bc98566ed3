"""Changing a cell in its place: its form, and what is written; to a plain browser the form is a page of its own."""

from dataclasses import dataclass
from datetime import date

from flask import make_response, redirect, render_template, request
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.models import Program, Prospect
from app.queries.country_words import countries_in_words
from app.queries.prospect import possible_owners
from app.queries.prospect_conditions import tag_key
from app.queries.table import TableRow, rows_by_id
from app.queries.table_columns import Builtin, Column
from app.services.access import Permission
from app.services.activities import assign_owner
from app.services.companies import TypedCountry
from app.services.custom_field_values import check_version, set_value
from app.services.custom_fields import field_for
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.next_steps import TypedStep, set_next_step
from app.services.tags import set_tags, split_tags, tags_of
from app.services.task_times import due_day
from app.web.prospects.screen import prospect_in
from app.web.table.blueprint import blueprint
from app.web.table.country import CountrySet, next_table, write_country
from app.web.table.state import TableState, read_state
from app.web.undo import flash_with_undo
from app.whole_numbers import row_number

MAX_TYPED = 2_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a cell was not written, and what was typed into it, which stays."""

    message: str
    status: int
    value: str
    due_on: str


@blueprint.get("/<int:prospect_id>/cell")
def edit(slug: str, prospect_id: int) -> Response:
    """Show a cell as a form; with `show` in the address the row as it is, which gives the editing up."""
    with reading() as session:
        program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.WORK_PROSPECTS)
        state = read_state(session, program)
        if request.args.get("show"):
            return make_response(_row_page(session, program, state, prospect.id))
        return make_response(_form(session, program, state, prospect))


@blueprint.post("/<int:prospect_id>/cell")
def write(slug: str, prospect_id: int) -> Response:
    """Write a cell and show its row, or say why not: 409 where somebody was faster, 422 for what does not fit."""
    refusal = done = None
    try:
        with transaction() as session:
            program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.WORK_PROSPECTS)
            column = _column(read_state(session, program))
            done = _write(session, program, prospect, column)
    except Conflict as error:
        refusal = _refusal(str(error), 409)
    except InvalidInput as error:
        refusal = _refusal(" ".join(error.fields.values()), 422)
    with reading() as session:
        program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.WORK_PROSPECTS)
        state = read_state(session, program)
        if refusal is not None:
            return make_response(_form(session, program, state, prospect, refusal), refusal.status)
        if "HX-Request" in request.headers:
            return make_response(_row_page(session, program, state, prospect.id, done))
    if done is not None:
        flash_with_undo(done.words, url=done.undo_url, fields=done.undo_fields)
    return redirect(next_table(slug), 303)


def _write(session: Session, program: Program, prospect: Prospect, column: Column) -> CountrySet | None:
    value, version = request.form.get("value", "")[:MAX_TYPED], row_number(request.form.get("version", ""), 0)
    if column.field_id is not None:
        field = field_for(session, program, column.field_id)
        set_value(session, prospect, field, value, actor=current_user, version=version)
    elif column.key == Builtin.OWNER:
        check_version(session, prospect, version)
        assign_owner(session, prospect, owner_id=row_number(value), version=version, actor=current_user)
    elif column.key == Builtin.COUNTRY:
        typed = TypedCountry(value, request.form.get("seen", ""))
        return write_country(session, program.slug, prospect, typed, version)
    elif column.key == Builtin.TAGS:
        check_version(session, prospect, prospect.version)  # holds it: nobody tags between the look and the write
        _check_tags(session, prospect)
        set_tags(session, prospect, split_tags(value), actor=current_user)
    else:
        seen = row_number(request.form.get("seen", ""), 0)
        step = TypedStep(title=value, due_on=_day(request.form.get("due_on", "")), seen_task_id=seen)
        set_next_step(session, prospect, step, actor=current_user)
    return None


def _check_tags(session: Session, prospect: Prospect) -> None:
    """Raise Conflict where the tags are others than those the person saw: what they did not see would be taken off."""
    there = tags_of(session, prospect.id)
    seen = {tag_key(name) for name in split_tags(request.form.get("seen", "")[:MAX_TYPED])}
    if "seen" in request.form and {tag_key(name) for name in there} != seen:
        now_there = ", ".join(there) or _("none")
        words = _("Somebody changed the tags meanwhile: %(tags)s now. Add yours, then save.", tags=now_there)
        raise Conflict(words)


def _form(
    session: Session, program: Program, state: TableState, prospect: Prospect, refusal: Refusal | None = None
) -> str:
    column = _column(state)
    row = rows_by_id(session, program.id, [prospect.id], columns=state.known)[prospect.id]
    return render_template(
        "table/_edit.html" if "HX-Request" in request.headers else "table/edit.html",
        program=program,
        state=state,
        column=column,
        row=row,
        value=refusal.value if refusal else _value(row, column),
        due_on=refusal.due_on if refusal else _due_on(row),
        refusal=refusal,
        people=possible_owners(session, program.id) if column.key == Builtin.OWNER else (),
        countries=countries_in_words() if column.key == Builtin.COUNTRY else {},
        next=next_table(program.slug),
    )


def _row_page(
    session: Session, program: Program, state: TableState, prospect_id: int, done: CountrySet | None = None
) -> str:
    row = rows_by_id(session, program.id, [prospect_id], columns=state.columns)[prospect_id]
    return render_template("table/_one_row.html", program=program, state=state, row=row, done=done)


def _column(state: TableState) -> Column:
    key = request.values.get("column") or Builtin.OWNER.value
    found = next((column for column in state.known if column.key == key and column.is_editable), None)
    if found is None:
        raise NotFound(_("There is no such column to change (any more). Reload the table."))
    return found


def _value(row: TableRow, column: Column) -> str:
    return str(row.owner_id or "") if column.key == Builtin.OWNER else row.text_of(column)


def _due_on(row: TableRow) -> str:
    day = due_day(row.step.due_at, current_user.zone, is_timed=row.step.is_timed) if row.step else None
    return day.isoformat() if day else ""


def _refusal(message: str, status: int) -> Refusal:
    return Refusal(message, status, request.form.get("value", "")[:MAX_TYPED], request.form.get("due_on", "")[:10])


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput({"due_on": _("“%(text)s” is no day. Write it as 2026-11-30.", text=text[:20])}) from None
