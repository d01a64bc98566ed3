"""Sending a step to oneself, as the chosen recipient would get it."""

from flask import flash, request
from flask_login import current_user

from app.db import transaction
from app.languages import gettext as _
from app.models import Sender
from app.services.access import Permission, program_for
from app.services.errors import InvalidInput
from app.services.sequence_drafts import step_in
from app.services.sequences import sequence_in
from app.services.test_mails import send_test
from app.web.outreach.blueprint import blueprint
from app.web.outreach.editor import step_page
from app.web.outreach.editor_page import load_editor, previews_of
from app.web.outreach.forms import StepForm


@blueprint.post("/sequences/<int:sequence_id>/edit/steps/<step_id>/test")
def test_mail(slug: str, sequence_id: int, step_id: str) -> str:
    """Send one wording of a step to the person who asks; what is in the form counts, saved or not."""
    form = StepForm()
    wanted = request.form.get("action", "").removeprefix("test-")
    place = "abcd".find(wanted) if wanted else 0
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.EDIT_SEQUENCES)
        sequence = sequence_in(session, program, sequence_id)
        page = load_editor(session, program, sequence)
        step_in(page.draft.content, step_id)
        entries = list(form.variants)
        try:
            if not 0 <= place < len(entries):
                raise InvalidInput({"action": _("This variant is not there (any more). Reload the page.")})
            subject, body = entries[place].subject.data or "", (entries[place].body.data or "").replace("\r\n", "\n")
            shown = previews_of(session, page, [(wanted, subject, body)])
            if not shown or sequence.sender_id is None:
                raise InvalidInput({"sender_id": _("Choose a sender under Settings, and somebody to try it on.")})
            sender = session.get_one(Sender, sequence.sender_id)
            send_test(session, program, sender, shown[0][1], actor=current_user)
            flash(_("On its way to %(email)s.", email=current_user.email), "success")
        except InvalidInput as error:
            flash(str(error), "danger")
        # No redirect: what is typed and not saved yet stays on the page.
        return step_page(session, page, step_id, form)
