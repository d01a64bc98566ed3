"""The product's own mail: what it says, whether it left, and why not."""

import re

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.models import NoticeState
from app.queries.outbox import notice_page, outbox_page
from app.services.access import Permission, require
from app.services.errors import NotFound
from app.services.notices import MAX_ATTEMPTS, send_again
from app.web.login import settings_of_app
from app.whole_numbers import MAX_ID

blueprint = Blueprint("outbox", __name__, url_prefix="/outbox")


@blueprint.before_request
def only_for_admins() -> None:
    """Let nobody else read mail: it holds links that open accounts."""
    require(current_user, Permission.READ_OUTBOX)


@blueprint.get("")
def outbox() -> str:
    """List mails, newest first, of one state or of all."""
    wanted = request.args.get("state", "")
    state = NoticeState(wanted) if wanted in set(NoticeState) else None
    before = request.args.get("before", type=int)
    with reading() as session:
        page = outbox_page(session, state=state, before=min(before, MAX_ID) if before else None)
    return render_template(
        "outbox/outbox.html",
        page=page,
        state=state,
        states=list(NoticeState),
        transport=settings_of_app().mail_transport,
    )


@blueprint.get("/<int:notice_id>")
def notice(notice_id: int) -> str:
    """Show one mail; links to this installation can be followed, others stay text."""
    with reading() as session:
        page = notice_page(session, notice_id)
    if page is None:
        raise NotFound(_("There is no such mail."))
    parts = split_links(page.text, settings_of_app().public_url)
    return render_template(
        "outbox/notice.html",
        row=page.row,
        parts=parts,
        max_attempts=MAX_ATTEMPTS,
        transport=settings_of_app().mail_transport,
    )


@blueprint.post("/<int:notice_id>/send-again")
def resend(notice_id: int) -> Response:
    """Put a failed mail back on the list."""
    with transaction() as session:
        send_again(session, notice_id, actor_id=current_user.id)
    flash(_("The mail is on the list again."), "success")
    return redirect(url_for("outbox.notice", notice_id=notice_id), 303)


def split_links(text: str, public_url: str) -> list[tuple[str, bool]]:
    """Cut a text into (piece, is a link to this installation); the pieces put together are the text."""
    pieces = re.split(rf"({re.escape(public_url)}/[\w\-/]+)", text)
    return [(piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece]
