"""A way back in for those who lost their link: an address is typed, and whoever it belongs to gets a new one."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.db import transaction
from app.extensions import limiter
from app.services.onboarding.mails import mail_link_asked_for
from app.services.onboarding.people import MAX_EMAIL, people_with
from app.web.apply.guards import ADDRESS_LIMIT, mailbox_key
from app.web.portal.blueprint import blueprint

MAILBOX_LIMIT = "5 per day"


@blueprint.get("")
def lost() -> str:
    """Ask for the address."""
    return render_template("portal/lost.html", is_sent=request.args.get("sent") == "1")


@blueprint.post("")
@limiter.limit(ADDRESS_LIMIT)
@limiter.limit(MAILBOX_LIMIT, key_func=mailbox_key)
def send_link() -> Response:
    """Mail new links where the address is a partner's; the answer is the same where it is nobody's."""
    email = request.form.get("email", "")[:MAX_EMAIL]
    with transaction() as session:
        for person in people_with(session, email) if "@" in email else ():
            mail_link_asked_for(session, person)
    return redirect(url_for("portal.lost", sent=1), 303)
