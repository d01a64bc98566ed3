"""What a person does on the prospect page: notes, calls, owner, reading the site again."""

from flask import flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.models import ActivityKind
from app.queries.company_facts import newest_crawl
from app.services.access import Permission
from app.services.activities import add_activity, assign_owner, remove_activity
from app.services.crawls import cancel_crawl, retry_crawl
from app.services.errors import Conflict, InvalidInput
from app.services.fit import request_score
from app.web.form_errors import show_problems
from app.web.mention_hints import flash_mentions
from app.web.prospects.forms import NoteForm
from app.web.prospects.screen import Typed, prospect_in
from app.web.prospects.views import blueprint, render_page
from app.whole_numbers import row_number

Answer = Response | tuple[str, int]


@blueprint.post("/notes")
def add_note(slug: str, prospect_id: int) -> Answer:
    """Write a note or a call on the timeline."""
    form = NoteForm()
    try:
        with transaction() as session:
            _program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.WRITE_NOTES)
            if not form.validate():
                return refused(slug, prospect_id, Typed(note=form))
            kind = ActivityKind(form.kind.data)
            add_activity(session, prospect, kind=kind, body=form.body.data, author=current_user)
            flash_mentions(session, prospect.program_id, form.body.data or "")
    except InvalidInput as error:
        show_problems(form, error)
        return refused(slug, prospect_id, Typed(note=form))
    return back(slug, prospect_id, "activity")


@blueprint.post("/notes/<int:activity_id>/remove")
def remove_note(slug: str, prospect_id: int, activity_id: int) -> Answer:
    """Take one's own note or call off the timeline."""
    with transaction() as session:
        _program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.WRITE_NOTES)
        remove_activity(session, prospect, activity_id, actor=current_user)
    flash(_("Removed from the timeline."), "success")
    return back(slug, prospect_id, "activity")


@blueprint.post("/owner")
def set_owner(slug: str, prospect_id: int) -> Answer:
    """Give the prospect to a member of the program, or to nobody."""
    owner, version = request.form.get("owner_id", ""), request.form.get("version", "")
    try:
        with transaction() as session:
            _program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.WORK_PROSPECTS)
            person = assign_owner(
                session, prospect, owner_id=row_number(owner), version=row_number(version, 0), actor=current_user
            )
    except Conflict as error:
        return refused(slug, prospect_id, Typed(owner_error=str(error)), status=409)
    except InvalidInput as error:
        return refused(slug, prospect_id, Typed(owner_error=error.fields["owner_id"]))
    somebody = _("%(name)s looks after this prospect now.", name=person.name) if person else ""
    flash(somebody or _("Nobody owns this prospect now."), "success")
    return back(slug, prospect_id)


@blueprint.post("/crawl")
def read_again(slug: str, prospect_id: int) -> Answer:
    """Read the company's site (again)."""
    with transaction() as session:
        _program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.CRAWL)
        retry_crawl(session, prospect.company_id, requested_by_id=current_user.id)
    return back(slug, prospect_id, "reading")


@blueprint.post("/crawl/cancel")
def stop_reading(slug: str, prospect_id: int) -> Answer:
    """Stop the reading that is under way."""
    with transaction() as session:
        _program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.CRAWL)
        crawl = newest_crawl(session, prospect.company_id)
        if crawl is None:
            raise Conflict(_("The site is not being read; there is nothing to cancel."))
        cancel_crawl(session, crawl.id, by_user_id=current_user.id)
    return back(slug, prospect_id, "reading")


@blueprint.post("/score")
def score_again(slug: str, prospect_id: int) -> Answer:
    """Compute the fit score again from what was read."""
    with transaction() as session:
        _program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.CRAWL)
        request_score(session, prospect)
    return back(slug, prospect_id, "reading")


def back(slug: str, prospect_id: int, part: str = "") -> Response:
    """Lead back to the page, to one of its parts."""
    return redirect(url_for("prospects.show", slug=slug, prospect_id=prospect_id, _anchor=part or None), 303)


def refused(slug: str, prospect_id: int, typed: Typed, *, status: int = 422) -> tuple[str, int]:
    """Show the page again with what was refused."""
    with reading() as session:
        return render_page(session, slug, prospect_id, typed), status
