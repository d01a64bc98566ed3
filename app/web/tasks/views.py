"""Views of the tasks area: the list, and what a person does with a task."""

from flask import flash, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.models import Prospect
from app.queries.prospect import possible_owners
from app.queries.tasks import closed_tasks, group_by_due, open_tasks, task_counts
from app.services import tasks
from app.services.access import Permission, program_for
from app.services.errors import InvalidInput, NotFound
from app.services.watch import set_watch_points, watch_points
from app.web.form_errors import show_problems
from app.web.mention_hints import flash_mentions
from app.web.tasks.blueprint import blueprint
from app.web.tasks.forms import TaskForm, WatchForm
from app.web.tasks.ways_back import lead_back, next_page, short
from app.web.undo import flash_with_undo
from app.whole_numbers import row_number, whole_number

Answer = Response | tuple[str, int]
VIEWS = ("mine", "everyone", "done")
_LAST_PAGE = 999_999


@blueprint.get("")
def index(slug: str) -> str:
    """Show the tasks of a program: one's own, everyone's, or those that are done."""
    return _page(slug, TaskForm(formdata=None), WatchForm(formdata=None))


def _page(slug: str, form: TaskForm, watch: WatchForm) -> str:
    view = request.args.get("view", "mine")
    view = view if view in VIEWS else "mine"
    number = whole_number(request.args.get("page", ""), least=1, most=_LAST_PAGE) or 1
    with reading() as session:
        program = program_for(session, current_user, slug)
        people = possible_owners(session, program.id)
        counts = task_counts(session, program.id, user_id=current_user.id)
        mine = current_user.id if view == "mine" else None
        if view == "done":
            found = closed_tasks(session, program.id, page=number)
        else:
            found = open_tasks(session, program.id, assignee_id=mine, page=number)
        points = watch_points(session, program.id)
    form.offer(people)
    if not form.is_submitted():
        form.assignee_id.data = str(current_user.id)
    if watch.points.data is None and not watch.errors:
        watch.points.data = points
    return render_template(
        "tasks/page.html",
        program=program,
        view=view,
        counts=counts,
        groups=group_by_due(found.tasks, current_user.zone) if view != "done" else [],
        done=found.tasks if view == "done" else (),
        number=number,
        has_more=found.has_more,
        people=people,
        form=form,
        watch=watch,
        points=points,
    )


@blueprint.post("")
def add(slug: str) -> Answer:
    """Write down a task, for the program or for one of its prospects."""
    form = TaskForm()
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.WORK_PROSPECTS)
        form.offer(possible_owners(session, program.id))
        prospect_id = _prospect_of_form(
            session.get(Prospect, row_number(request.form.get("prospect_id", ""), 0)), program.id
        )
        if form.validate():
            new = tasks.NewTask(program_id=program.id, prospect_id=prospect_id, title=form.title.data or "",
                                assignee_id=form.person_id, due_at=form.due_at(current_user.zone),
                                is_timed=form.is_timed)  # fmt: skip
            try:
                tasks.add_task_by_hand(session, new, actor=current_user)
                flash_mentions(session, program.id, new.title)
            except InvalidInput as error:
                show_problems(form, error)
    if form.errors:
        return _page(slug, form, WatchForm(formdata=None)), 422
    flash(_("Task added."), "success")
    return lead_back(slug)


def _prospect_of_form(prospect: Prospect | None, program_id: int) -> int | None:
    if not request.form.get("prospect_id"):
        return None
    if prospect is None or prospect.program_id != program_id:
        raise NotFound(_("There is no such prospect in this program; it may have been removed."))
    return prospect.id


@blueprint.post("/<int:task_id>/done")
def complete(slug: str, task_id: int) -> Response:
    """Mark a task as done, with an Undo."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.WORK_PROSPECTS)
        task = tasks.task_in(session, program, task_id)
        tasks.complete_task(session, task, actor=current_user)
    fields = {"next": next_page(slug)}
    words = _("Done: %(title)s", title=short(task))
    flash_with_undo(words, url=url_for("tasks.reopen", slug=slug, task_id=task_id), fields=fields)
    return lead_back(slug)


@blueprint.post("/<int:task_id>/reopen")
def reopen(slug: str, task_id: int) -> Response:
    """Take a completion back."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.WORK_PROSPECTS)
        task = tasks.task_in(session, program, task_id)
        tasks.reopen_task(session, task, actor=current_user)
    flash(_("Open again: %(title)s", title=short(task)), "success")
    return lead_back(slug)


@blueprint.post("/watch")
def set_watch(slug: str) -> Answer:
    """Set how far a fit score must move after a re-reading to make a task."""
    form = WatchForm()
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.EDIT_PROFILE)
        if form.validate():
            set_watch_points(session, program, form.points.data or 0.0, actor=current_user)
    if form.errors:
        return _page(slug, TaskForm(formdata=None), form), 422
    flash(_("Saved. It holds from the next reading on."), "success")
    return lead_back(slug)
