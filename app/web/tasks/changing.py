"""Changing a task in a dialog or on a page of its own, removing it, and the way back from both."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import flash, make_response, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.models import Company, Prospect, Task, User
from app.queries.prospect import possible_owners
from app.services import task_changes, tasks
from app.services.access import Permission, program_for
from app.services.errors import Conflict, InvalidInput
from app.services.task_changes import TaskValues
from app.web.form_errors import show_problems
from app.web.mention_hints import flash_mentions
from app.web.tasks.blueprint import blueprint
from app.web.tasks.due import due_moment
from app.web.tasks.forms import ChangeForm
from app.web.tasks.ways_back import lead_back, next_page, short
from app.web.undo import flash_with_undo


@blueprint.get("/<int:task_id>/change")
def change_form(slug: str, task_id: int) -> Response:
    """Show what can be changed of a task."""
    return _ask(slug, task_id, None)


@blueprint.post("/<int:task_id>/change")
def change(slug: str, task_id: int) -> Response:
    """Change a task, with an Undo; what was typed stays on screen where it cannot be saved."""
    form, fields = ChangeForm(), {}
    try:
        with transaction() as session:
            task = _task(session, slug, task_id)
            _offer(session, form, task)
            if form.validate():
                typed = _typed(session, form, task)
                fields = _change(session, task, typed)
    except Conflict as error:
        return _ask(slug, task_id, form, status=409, conflict=str(error))
    except InvalidInput as error:
        show_problems(form, error)
    if form.errors:
        return _ask(slug, task_id, form, status=422)
    words = _("Saved: %(title)s", title=short(task))
    url = url_for("tasks.restore", slug=slug, task_id=task_id)
    flash_with_undo(words, url=url, fields=fields | {"next": next_page(slug)})
    return _renewed(slug)


@blueprint.post("/<int:task_id>/restore")
def restore(slug: str, task_id: int) -> Response:
    """Take a change back, where nobody changed the task since."""
    with transaction() as session:
        task = _task(session, slug, task_id)
        before = _values(request.form)
        task_changes.edit_task(session, task, before, seen=request.form.get("version", ""), actor=current_user)
    flash(_("As it was: %(title)s", title=short(task)), "success")
    return lead_back(slug)


@blueprint.post("/<int:task_id>/remove")
def remove(slug: str, task_id: int) -> Response:
    """Remove a task that is not to be done, with an Undo."""
    with transaction() as session:
        task = _task(session, slug, task_id)
        task_changes.drop_task(session, task, actor=current_user)
    words = _("Removed: %(title)s", title=short(task))
    if task_changes.steps_over(task):
        words = _("Removed: %(title)s. The sequence goes on without this step.", title=short(task))
    fields = {"next": next_page(slug)}
    flash_with_undo(words, url=url_for("tasks.reopen", slug=slug, task_id=task_id), fields=fields)
    return _renewed(slug)


def _change(session: Session, task: Task, typed: TaskValues) -> dict[str, str]:
    """Change a task; return the fields that restore it."""
    seen = request.form.get("version", "")
    before = task_changes.edit_task(session, task, typed, seen=seen, actor=current_user)
    if task.title != before.title:
        flash_mentions(session, task.program_id, task.title)
    return {
        "title": before.title,
        "assignee_id": str(before.assignee_id or 0),
        "due_at": before.due_at.isoformat() if before.due_at else "",
        "is_timed": "1" if before.is_timed else "",
        "prospect_id": str(before.prospect_id or 0),
        "version": str(task.version),
    }


def _task(session: Session, slug: str, task_id: int) -> Task:
    program = program_for(session, current_user, slug, Permission.WORK_PROSPECTS)
    return tasks.task_in(session, program, task_id)


def _offer(session: Session, form: ChangeForm, task: Task) -> None:
    person = session.get(User, task.assignee_id) if task.assignee_id else None
    form.offer(possible_owners(session, task.program_id), keeps=(person.id, person.name) if person else None)


def _typed(session: Session, form: ChangeForm, task: Task) -> TaskValues:
    about = task.prospect_id
    if task_changes.has_own_words(task) and (form.domain.data or "") != _domain_of(session, task):
        about = task_changes.prospect_named(session, task.program_id, form.domain.data or "")
    return TaskValues(
        title=form.title.data or "",
        assignee_id=form.person_id,
        due_at=_due_at(form, task),
        is_timed=form.is_timed,
        prospect_id=about,
    )


def _due_at(form: ChangeForm, task: Task) -> datetime | None:
    """Return when it is due; where the day stays and has no time, to the second as it was."""
    is_same_day = task.due_at is not None and task.due_at.date() == form.due_on.data
    if is_same_day and not form.is_timed and not task.is_timed:
        return task.due_at
    return form.due_at(current_user.zone)


def _domain_of(session: Session, task: Task) -> str:
    prospect = session.get(Prospect, task.prospect_id) if task.prospect_id else None
    return session.get_one(Company, prospect.company_id).domain if prospect else ""


def _ask(slug: str, task_id: int, form: ChangeForm | None, *, status: int = 200, conflict: str = "") -> Response:
    """Show the form with what was typed; over it, for a conflict, what the task is now."""
    with reading() as session:
        task = _task(session, slug, task_id)
        if form is None:
            form = ChangeForm(formdata=None)
            _offer(session, form, task)
            form.show(task, _domain_of(session, task), current_user.zone)
        person = session.get(User, task.assignee_id) if task.assignee_id else None
        facts = [task.title, person.name if person else _("Nobody yet")]
        if task.due_at:
            facts.append(_("Due %(day)s", day=due_moment(task.due_at, task.is_timed)))
        values = {"task": task, "now_is": ", ".join(facts), "has_own_words": task_changes.has_own_words(task)}
        values["steps_over"] = task_changes.steps_over(task)
        program = program_for(session, current_user, slug)
    template = "tasks/_change.html" if "HX-Request" in request.headers else "tasks/change.html"
    page = render_template(
        template, form=form, program=program, conflict=conflict, next=next_page(slug), is_open=task.closed_at is None,
        **values,
    )  # fmt: skip
    return make_response(page, status)


def _renewed(slug: str) -> Response:
    """Let a script load the page anew, with the message on it; lead anybody else back."""
    if "HX-Request" not in request.headers:
        return lead_back(slug)
    answer = make_response("")
    answer.headers["HX-Refresh"] = "true"
    return answer


def _values(fields: Mapping[str, str]) -> TaskValues:
    """Read what the fields of _change say. Raises InvalidInput for one that was made by hand."""
    try:
        due_at = datetime.fromisoformat(fields["due_at"]) if fields.get("due_at") else None
        return TaskValues(
            title=fields.get("title", ""),
            assignee_id=_row_id(fields.get("assignee_id", "0")),
            due_at=due_at.replace(tzinfo=due_at.tzinfo or UTC) if due_at else None,
            is_timed=fields.get("is_timed") == "1",
            prospect_id=_row_id(fields.get("prospect_id", "0")),
        )
    except ValueError:
        raise InvalidInput({"what": _("What to take back is not readable; reload the page.")}) from None


def _row_id(text: str) -> int | None:
    if len(text) > 9:
        raise ValueError(text)
    return int(text) or None
