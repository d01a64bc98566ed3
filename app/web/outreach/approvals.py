"""The approval queue: each first mail read, edited, sent or skipped by keyboard; and mails in doubt settled."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.languages import mark
from app.models import Message, Program
from app.queries.approvals import waiting_mails
from app.queries.ledger import equation, uncertain_mails
from app.queries.quotes import quotable
from app.services.access import Permission, program_for
from app.services.approving import approval_case, approve_mail
from app.services.enrolling import choose_quote
from app.services.enrollments import skip_step
from app.services.errors import InvalidInput, NotFound
from app.services.ledger.resolving import resolve
from app.web.outreach.blueprint import blueprint

Answer = Response | str | tuple[str, int]


@blueprint.get("/approvals")
def approvals(slug: str) -> str:
    """Show the mail that is due first, with the rest of the queue beside it."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        return _page(session, program, request.args.get("mail", type=int))


@blueprint.post("/approvals/<int:message_id>/approve")
def approve(slug: str, message_id: int) -> Answer:
    """Let a mail go with the words of the form, and go on to the next one."""
    subject, body = request.form.get("subject", ""), request.form.get("body", "").replace("\r\n", "\n")
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.ENROLL)
            case = approval_case(session, program, message_id)
            approve_mail(session, case, subject=subject, body=body, actor=current_user)
    except InvalidInput as error:
        with reading() as session:
            program = program_for(session, current_user, slug, Permission.ENROLL)
            return _page(session, program, message_id, typed=(subject, body), problem=str(error)), 422
    flash(_("Approved. It leaves to %(address)s in its hours.", address=case.message.to_address), "success")
    return redirect(url_for("outreach.approvals", slug=slug), 303)


@blueprint.post("/approvals/<int:message_id>/skip")
def skip_mail(slug: str, message_id: int) -> Response:
    """Leave this mail out; the sequence goes on with its next step."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.ENROLL)
        case = approval_case(session, program, message_id)
        skip_step(
            session,
            case.enrollment.id,
            case.message.step or "",
            by_user_id=current_user.id,
            reason=mark("Skipped while approving."),
        )
    flash(_("Skipped; the sequence goes on with its next step."), "success")
    return redirect(url_for("outreach.approvals", slug=slug), 303)


@blueprint.post("/approvals/<int:message_id>/quote")
def choose_other_quote(slug: str, message_id: int) -> Response:
    """Quote another passage of the prospect's page in this mail."""
    url, _space, text = request.form.get("quote", "").partition(" ")
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.ENROLL)
            case = approval_case(session, program, message_id)
            choose_quote(session, case.enrollment, {"url": url, "text": text}, actor=current_user)
    except InvalidInput as error:
        flash(str(error), "danger")
    return redirect(url_for("outreach.approvals", slug=slug, mail=message_id), 303)


@blueprint.get("/uncertain")
def uncertain(slug: str) -> str:
    """List the mails of which nobody knows whether they left."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        mails = uncertain_mails(session, program_id=program.id)
        numbers = equation(session, program_id=program.id)
    return render_template("outreach/uncertain.html", program=program, mails=mails, equation=numbers)


@blueprint.post("/messages/<int:message_id>/resolve")
def resolve_mail(slug: str, message_id: int) -> Response:
    """Settle a mail in doubt with one click: it was sent, or it was not."""
    was_sent = request.form.get("was_sent") == "yes"
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.ENROLL)
        message = session.get(Message, message_id)
        if message is None or message.program_id != program.id:
            raise NotFound(_("There is no such mail in this program."))
        resolve(session, message_id, was_sent=was_sent, by_user_id=current_user.id)
    if was_sent:
        flash(_("It counts as sent; the sequence goes on from there."), "success")
    else:
        flash(_("It counts as not sent; the sequence goes on from there."), "success")
    if request.form.get("back") == "prospect" and message.prospect_id:
        there = url_for("prospects.show", slug=slug, prospect_id=message.prospect_id, _anchor="outreach")
        return redirect(there, 303)
    return redirect(url_for("outreach.uncertain", slug=slug), 303)


def _page(
    session: Session,
    program: Program,
    message_id: int | None,
    *,
    typed: tuple[str, str] | None = None,
    problem: str = "",
) -> str:
    mails = waiting_mails(session, program.id)
    wanted = next((mail for mail in mails if mail.message_id == message_id), mails[0] if mails else None)
    case = approval_case(session, program, wanted.message_id) if wanted else None
    return render_template(
        "outreach/approvals.html",
        program=program,
        mails=mails,
        here=wanted,
        case=case,
        subject=typed[0] if typed else case.subject if case else "",
        body=typed[1] if typed else case.body if case else "",
        quotes=quotable(session, wanted.prospect_id) if wanted else [],
        problem=problem,
    )
