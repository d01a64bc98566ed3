"""What a person does with one enrollment: pause, resume, release or skip its next step, quote another passage, stop."""

from flask import flash, redirect, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import transaction
from app.languages import gettext as _
from app.languages import mark
from app.models import Enrollment, PauseScope, Sender
from app.services import pauses
from app.services.access import Permission, program_for
from app.services.enrolling import choose_quote
from app.services.enrollments import release_step, skip_step, stop_enrollment
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.ledger.next_step import next_steps
from app.web.outreach.blueprint import blueprint
from app.web.outreach.pausing import pause_as_asked

_DONE = {
    "pause": mark("Paused for this contact."),
    "resume": mark("It goes on."),
    "release": mark("Released: the step happens in its next hours."),
    "skip": mark("Skipped; the sequence goes on with its next step."),
    "stop": mark("Stopped. Nothing more is sent to this contact by the sequence."),
    "quote": mark("The mail quotes this passage now."),
}


@blueprint.post("/enrollments/<int:enrollment_id>")
def act(slug: str, enrollment_id: int) -> Response:
    """Do what the button says (`do`) with one enrollment."""
    what = request.form.get("do", "")
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.ENROLL)
        enrollment = session.get(Enrollment, enrollment_id)
        if enrollment is None or enrollment.program_id != program.id:
            raise NotFound(_("There is no such enrollment in this program."))
        if what not in _DONE:
            raise InvalidInput({"do": _("Choose what to do with it.")})
        _do(session, enrollment, what)
    flash(_(_DONE[what]), "success")
    if request.form.get("back") == "sequence":
        return redirect(url_for("outreach.campaign", slug=slug, sequence_id=enrollment.sequence_id), 303)
    there = url_for("prospects.show", slug=slug, prospect_id=enrollment.prospect_id, _anchor="outreach")
    return redirect(there, 303)


def _do(session: Session, enrollment: Enrollment, what: str) -> None:
    me = current_user.id
    if what == "pause":
        zone = session.get_one(Sender, enrollment.sender_id).time_zone
        pause_as_asked(session, PauseScope.ENROLLMENT, enrollment.id, zone=zone)
    elif what == "resume":
        pauses.resume(session, PauseScope.ENROLLMENT, subject_id=enrollment.id, by_user_id=me)
    elif what == "release":
        release_step(session, enrollment.id, by_user_id=me)
    elif what == "stop":
        stop_enrollment(session, enrollment.id, by_user_id=me, reason=request.form.get("reason", ""))
    elif what == "quote":
        url, _space, text = request.form.get("quote", "").partition(" ")
        choose_quote(session, enrollment, {"url": url, "text": text}, actor=current_user)
    else:
        found = next_steps(session, [enrollment.id]).get(enrollment.id)
        if found is None or found.step is None:
            raise Conflict(_("There is no step left to skip. Reload the page."))
        skip_step(session, enrollment.id, found.step.id, by_user_id=me)
