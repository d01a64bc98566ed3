"""Senders: the list, one's details and mailbox, the check of its domain, pausing and putting away."""

import re

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.config import Settings
from app.db import reading, transaction
from app.languages import gettext as _
from app.models import PauseScope, Program, Sender, SenderTransport
from app.queries.mailboxes import mailbox_state
from app.queries.pauses import standing_pauses
from app.queries.senders import list_senders
from app.services import pauses
from app.services.access import Permission, program_for
from app.services.errors import Conflict, InvalidInput
from app.services.preflight import (
    look_at_way_out,
    look_up,
    override_preflight,
    record_preflight,
    withdraw_override,
)
from app.services.retelling import retold
from app.services.sealing import Unsealable
from app.services.sender_changes import archive_sender, change_sender, connect_sender, create_sender, sender_in
from app.services.senders import imap_of, smtp_server_of
from app.web.form_errors import show_problems
from app.web.outreach.blueprint import blueprint
from app.web.outreach.pausing import pause_as_asked
from app.web.outreach.sender_forms import ConnectionForm, SenderForm
from outreach.connection_check import try_imap, try_smtp

Answer = Response | str | tuple[str, int]


@blueprint.get("/senders")
def senders(slug: str) -> str:
    """List the program's senders and how they do."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        rows = list_senders(session, program.id)
    return render_template("outreach/senders.html", program=program, senders=rows)


@blueprint.route("/senders/new", methods=["GET", "POST"])
def new_sender(slug: str) -> Answer:
    """Add a sender."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_SENDERS)
    form = SenderForm()
    if not form.is_submitted():
        form.name.data, form.address.data = current_user.name, current_user.email
        return render_template("outreach/sender_new.html", program=program, form=form)
    if form.validate():
        try:
            with transaction() as session:
                # Not over `program`: a refused transaction expires its rows, and the page still shows this one.
                own = program_for(session, current_user, slug, Permission.MANAGE_SENDERS)
                sender = create_sender(session, own, form.details(), actor=current_user)
            return _to_sender(slug, sender.id)
        except InvalidInput as error:
            show_problems(form, error)
    return render_template("outreach/sender_new.html", program=program, form=form), 422


@blueprint.route("/senders/<int:sender_id>", methods=["GET", "POST"])
def sender(slug: str, sender_id: int) -> Answer:
    """Show a sender, and change who it is and how much it may send."""
    form = SenderForm()
    if form.is_submitted() and form.validate():
        try:
            with transaction() as session:
                _program, row = _opened(session, slug, sender_id)
                version = int(form.version.data) if re.fullmatch(r"[0-9]{1,9}", form.version.data or "") else 0
                change_sender(session, row, form.details(row), version=version, actor=current_user)
            flash(_("Saved."), "success")
            return _to_sender(slug, sender_id)
        except (InvalidInput, Conflict) as error:
            return _refused(slug, sender_id, error, form=form)
    with reading() as session:
        program, row = _opened(session, slug, sender_id, Permission.READ)
        if form.is_submitted():
            _opened(session, slug, sender_id)
            return _page(session, program, row, form=form), 422
        return _page(session, program, row)


@blueprint.post("/senders/<int:sender_id>/mailbox")
def connect(slug: str, sender_id: int) -> Answer:
    """Keep the servers of the mailbox, and try to sign in to them."""
    form = ConnectionForm()
    try:
        with transaction() as session:
            program, row = _opened(session, slug, sender_id)
            if not form.validate():
                return _page(session, program, row, connection=form), 422
            smtp, imap = form.servers()
            connect_sender(session, row, smtp=smtp, imap=imap, actor=current_user)
    except InvalidInput as error:
        return _refused(slug, sender_id, error, connection=form)
    _try(row)
    return _to_sender(slug, sender_id)


@blueprint.post("/senders/<int:sender_id>/test")
def test_connection(slug: str, sender_id: int) -> Response:
    """Sign in to the stored servers and say how that went; nothing is sent."""
    with reading() as session:
        _program, row = _opened(session, slug, sender_id)
    _try(row)
    return _to_sender(slug, sender_id)


@blueprint.post("/senders/<int:sender_id>/check")
def check(slug: str, sender_id: int) -> Response:
    """Look the domain's records up, with no transaction open, and keep what was found."""
    with reading() as session:
        _program, row = _opened(session, slug, sender_id)
    if row.transport is SenderTransport.OUTBOX:
        raise InvalidInput({"transport": _("Nothing leaves from this sender, so there is no domain to check.")})
    settings: Settings = current_app.extensions["scoutboard_settings"]
    way_out = look_at_way_out(row.address, settings)
    found = look_up(row.address, list(row.connection.get("dkim_selectors", ())), way_out=way_out)
    with transaction() as session:
        _program, row = _opened(session, slug, sender_id)
        may_send = record_preflight(session, row, found, actor=current_user)
    if may_send:
        flash(_("All is in order; this sender may send."), "success")
    else:
        flash(_("Not everything is in order yet. What to do stands beside each check."), "warning")
    return _to_sender(slug, sender_id)


@blueprint.post("/senders/<int:sender_id>/override")
def override(slug: str, sender_id: int) -> Answer:
    """Let a sender send without a green check, or take that back; admins alone, and audited."""
    try:
        with transaction() as session:
            _program, row = _opened(session, slug, sender_id, Permission.OVERRIDE_SENDING)
            if request.form.get("withdraw"):
                withdraw_override(session, row, actor=current_user)
            else:
                override_preflight(session, row, reason=request.form.get("reason", ""), actor=current_user)
    except InvalidInput as error:
        return _refused(slug, sender_id, error)
    flash(_("Noted in the audit log."), "success")
    return _to_sender(slug, sender_id)


@blueprint.post("/senders/<int:sender_id>/pause")
def pause_sender(slug: str, sender_id: int) -> Response:
    """Hold everything a sender would send, or let it go again."""
    try:
        with transaction() as session:
            _program, row = _opened(session, slug, sender_id, Permission.EDIT_SEQUENCES)
            if row.paused_at is not None:
                pauses.resume(session, PauseScope.SENDER, subject_id=row.id, by_user_id=current_user.id)
            else:
                pause_as_asked(session, PauseScope.SENDER, row.id, zone=row.time_zone)
    except InvalidInput as error:
        flash(str(error), "danger")
    return _to_sender(slug, sender_id)


@blueprint.post("/senders/<int:sender_id>/archive")
def put_sender_away(slug: str, sender_id: int) -> Response:
    """Put a sender away; its history stays."""
    with transaction() as session:
        _program, row = _opened(session, slug, sender_id)
        archive_sender(session, row, actor=current_user)
    flash(_("%(address)s was put away.", address=row.address), "success")
    return redirect(url_for("outreach.senders", slug=slug), 303)


def _try(row: Sender) -> None:
    """Sign in to a mailbox's servers and say in a message how each answered."""
    if row.transport is not SenderTransport.SMTP:
        flash(_("Saved. The mailbox is used once the sender's way out is SMTP."), "info")
        return
    try:
        problems = {
            "SMTP": try_smtp(smtp_server_of(row)) if "smtp" in row.connection else _("No SMTP server is entered.")
        }
        account = imap_of(row)
        problems |= {"IMAP": try_imap(account)} if account else {}
    except Unsealable as error:
        flash(str(error), "danger")
        return
    for kind, problem in problems.items():
        flash(retold(problem) or _("%(kind)s: signed in, all well.", kind=kind), "danger" if problem else "success")


def _refused(
    slug: str,
    sender_id: int,
    error: InvalidInput | Conflict,
    *,
    form: SenderForm | None = None,
    connection: ConnectionForm | None = None,
) -> tuple[str, int]:
    with reading() as session:
        program, row = _opened(session, slug, sender_id, Permission.READ)
        if isinstance(error, Conflict):
            return _page(session, program, row, form=form, problem=str(error)), 409
        shown = form or connection
        if shown is None:
            return _page(session, program, row, problem=str(error)), 422
        show_problems(shown, error)
        return _page(session, program, row, form=form, connection=connection), 422


def _page(
    session: Session,
    program: Program,
    row: Sender,
    *,
    form: SenderForm | None = None,
    connection: ConnectionForm | None = None,
    problem: str = "",
) -> str:
    if form is None:
        form = SenderForm(formdata=None)
        form.fill(row)
    if connection is None:
        connection = ConnectionForm(formdata=None)
        connection.fill(row)
    standing = standing_pauses(session, PauseScope.SENDER, [row.id]).get(row.id) if row.paused_at else None
    return render_template(
        "outreach/sender.html",
        program=program,
        sender=row,
        form=form,
        connection=connection,
        problem=problem,
        has_imap=bool(row.connection.get("imap")),
        mailbox=mailbox_state(session, row.id),
        pause_ends_at=standing.until_at if standing else None,
    )


def _opened(
    session: Session, slug: str, sender_id: int, permission: Permission = Permission.MANAGE_SENDERS
) -> tuple[Program, Sender]:
    program = program_for(session, current_user, slug, permission)
    return program, sender_in(session, program, sender_id)


def _to_sender(slug: str, sender_id: int) -> Response:
    return redirect(url_for("outreach.sender", slug=slug, sender_id=sender_id), 303)
