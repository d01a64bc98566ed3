"""Outreach mail in the outbox: what was sent, or kept here where the sender's mail does not leave."""

from flask import render_template, request

from app.db import reading
from app.languages import gettext as _
from app.queries.sent_mail import sent_mail, sent_mails
from app.services.errors import NotFound
from app.web.outbox.views import blueprint
from app.whole_numbers import MAX_ID


@blueprint.get("/outreach")
def sent() -> str:
    """List the outreach mails, newest first."""
    before = request.args.get("before", type=int)
    with reading() as session:
        mails, next_before = sent_mails(session, before=min(before, MAX_ID) if before else None)
    return render_template("outbox/sent.html", mails=mails, next_before=next_before)


@blueprint.get("/outreach/<int:message_id>")
def sent_one(message_id: int) -> str:
    """Show one outreach mail as it went out."""
    with reading() as session:
        mail = sent_mail(session, message_id)
    if mail is None:
        raise NotFound(_("There is no such mail, or it has not left yet."))
    return render_template("outbox/sent_one.html", mail=mail)
