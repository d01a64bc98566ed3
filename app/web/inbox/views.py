"""Read what came in, answer it, put it off, say what it means, match what nothing ties to anybody."""

from datetime import date
from io import BytesIO

from flask import Blueprint, flash, redirect, request, send_file, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import day_and_month
from app.languages import gettext as _
from app.models import ReceivedMail, ReplyMark
from app.queries.inbox import inbox_page
from app.services import replies
from app.services.access import Permission, program_for
from app.services.errors import InvalidInput, NotFound
from app.web.form_errors import show_problems
from app.web.inbox.forms import AnswerForm, MarkForm, MatchForm, SnoozeForm
from app.web.inbox.screen import Forms, chosen_tab, show
from app.web.undo import flash_with_undo
from outreach.inbound.attachments import open_attachment

blueprint = Blueprint("inbox", __name__, url_prefix="/p/<slug>/inbox")
Answer = Response | tuple[str, int]


@blueprint.get("")
def index(slug: str) -> str:
    """Show a tab of the inbox."""
    return show(slug)


@blueprint.get("/<int:mail_id>")
def mail(slug: str, mail_id: int) -> str:
    """Show a conversation beside the list it was opened from."""
    return show(slug, mail_id)


@blueprint.get("/<int:mail_id>/attachments/<int:attachment_number>")
def attachment(slug: str, mail_id: int, attachment_number: int) -> Response:
    """Give out one file of a mail to be saved: never as what it claims to be, so that no browser opens or runs it."""
    with reading() as session:
        found = replies.mail_for(session, current_user, slug, mail_id)
        opened = open_attachment(found.raw, attachment_number)
    if opened is None:
        raise NotFound(_("This mail has no such attachment; it may have been erased."))
    file, content = opened
    return send_file(
        BytesIO(content), mimetype="application/octet-stream", as_attachment=True, download_name=file.name, max_age=0
    )


@blueprint.post("/<int:mail_id>/answer")
def answer(slug: str, mail_id: int) -> Answer:
    """Write back in the thread; the conversation is done with it unless the person says otherwise."""
    form = AnswerForm()
    stays = request.form.get("then") == "stay"
    try:
        with transaction() as session:
            found = _mail(session, slug, mail_id)
            replies.answer(session, found, text=form.text.data or "", actor=current_user, sender_id=form.sender_id.data)
            if not stays:
                replies.finish(session, found, actor=current_user)
    except InvalidInput as error:
        show_problems(form, error)
        return show(slug, mail_id, Forms(answer=form)), 422
    flash(_("Your answer is on its way."), "success")
    return _back(slug, mail_id, stay=stays)


@blueprint.post("/<int:mail_id>/done")
def done(slug: str, mail_id: int) -> Response:
    """Take the conversation off the list; the next one opens."""
    with transaction() as session:
        replies.finish(session, _mail(session, slug, mail_id), actor=current_user)
    flash_with_undo(_("Done."), url=url_for("inbox.reopen", slug=slug, mail_id=mail_id), fields={})
    return _back(slug, mail_id)


@blueprint.post("/<int:mail_id>/reopen")
def reopen(slug: str, mail_id: int) -> Response:
    """Put the conversation back on the list."""
    with transaction() as session:
        replies.reopen(session, _mail(session, slug, mail_id), actor=current_user)
    return redirect(url_for("inbox.mail", slug=slug, mail_id=mail_id), 303)


@blueprint.post("/<int:mail_id>/snooze")
def snooze(slug: str, mail_id: int) -> Answer:
    """Hide the conversation until a morning."""
    form = SnoozeForm()
    try:
        with transaction() as session:
            found = _mail(session, slug, mail_id)
            until = form.chosen()
            replies.snooze(session, found, until=until, actor=current_user)
    except InvalidInput as error:
        show_problems(form, InvalidInput({"on": str(error)}))
        return show(slug, mail_id, Forms(snooze=form)), 422
    text = _("It comes back on %(day)s.", day=day_and_month(until))
    flash_with_undo(text, url=url_for("inbox.reopen", slug=slug, mail_id=mail_id), fields={})
    return _back(slug, mail_id)


@blueprint.post("/<int:mail_id>/mark")
def mark(slug: str, mail_id: int) -> Answer:
    """Say what the reply means; the prospect moves with it, and the move can be taken back."""
    form = MarkForm()
    on = form.wake_up_on.data
    try:
        with transaction() as session:
            found = _mail(session, slug, mail_id)
            as_ = form.chosen()
            move = replies.mark(
                session, found, as_=as_, actor=current_user, wake_up_on=on if isinstance(on, date) else None
            )
    except InvalidInput as error:
        show_problems(form, InvalidInput({"wake_up_on": str(error)}))
        return show(slug, mail_id, Forms(mark=form)), 422
    said = {
        ReplyMark.INTERESTED: _("Marked “interested”."),
        ReplyMark.NOT_NOW: _("Marked “not now”."),
        ReplyMark.NO: _("Marked “no”."),
    }[as_]
    if move is not None:
        stage = _(move.to_stage.label)
        said = f"{said} " + _("Moved to %(stage)s; the prospect's page can undo that.", stage=stage)
    flash(said, "success")
    return _back(slug, mail_id, stay=as_ is ReplyMark.INTERESTED)


@blueprint.post("/<int:mail_id>/match")
def match(slug: str, mail_id: int) -> Answer:
    """Tie an unmatched mail to a prospect of this program."""
    form = MatchForm()
    try:
        with transaction() as session:
            found = _mail(session, slug, mail_id)
            program = program_for(session, current_user, slug, Permission.WORK_PROSPECTS)
            replies.match_by_hand(
                session, found, program_id=program.id, domain=form.domain.data or "", actor=current_user
            )
    except InvalidInput as error:
        show_problems(form, error)
        return show(slug, mail_id, Forms(match=form)), 422
    flash(_("Matched. It is in the inbox now, and on the prospect's timeline."), "success")
    return redirect(url_for("inbox.mail", slug=slug, mail_id=mail_id), 303)


def _mail(session: Session, slug: str, mail_id: int) -> ReceivedMail:
    return replies.mail_for(session, current_user, slug, mail_id, Permission.WORK_PROSPECTS)


def _back(slug: str, mail_id: int, *, stay: bool = False) -> Response:
    """Go on with the next conversation of the tab, or stay with this one."""
    tab = chosen_tab()
    if stay:
        return redirect(url_for("inbox.mail", slug=slug, mail_id=mail_id, tab=tab.value), 303)
    with reading() as session:
        program = program_for(session, current_user, slug)
        rows = inbox_page(session, program.id, tab).rows
    following = next((row for row in rows if row.mail_id < mail_id), rows[0] if rows else None)
    if following is None:
        return redirect(url_for("inbox.index", slug=slug, tab=tab.value), 303)
    return redirect(url_for("inbox.mail", slug=slug, mail_id=following.mail_id, tab=tab.value), 303)
