"""The log's page, and the proof that it is whole. Directors read their programs' part, admins everything."""

from datetime import date
from itertools import islice

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading
from app.extensions import limiter
from app.languages import gettext as _
from app.models import Role
from app.queries.audit_log import MAX_TEXT, AuditFilter, audit_page, people_in_log
from app.queries.navigation import programs_of
from app.services.access import Permission, require
from app.services.audit import broken_audit_events
from app.whole_numbers import MAX_ID

blueprint = Blueprint("audit", __name__, url_prefix="/settings/audit")


@blueprint.before_request
def only_for_readers() -> None:
    """Let nobody else read what people did."""
    require(current_user, Permission.READ_AUDIT)


@blueprint.get("")
def log() -> str:
    """List events, newest first, searched by words, person, program and days."""
    chosen = AuditFilter(
        text=request.args.get("q", "").strip()[:MAX_TEXT],
        actor_id=_id("person"),
        program_id=_id("program"),
        since=_day("since"),
        until=_day("until"),
    )
    sees_all = current_user.role is Role.ADMIN
    with reading() as session:
        programs = programs_of(session, current_user.id, sees_all=sees_all)
        seen = None if sees_all else [program.id for program in programs]
        page = audit_page(session, chosen, programs=seen, before=_id("before"))
        people = people_in_log(session)
    args = {name: value for name, value in request.args.items() if name in NAMES and value}
    return render_template("audit/log.html", page=page, chosen=chosen, programs=programs, people=people, args=args)


NAMES = ("q", "person", "program", "since", "until")


def _id(name: str) -> int | None:
    value = request.args.get(name, type=int)
    return value if value is not None and 0 <= value <= MAX_ID else None


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


@blueprint.post("/check")
@limiter.limit("6 per minute")
def check() -> Response:
    """Follow the chain of hashes from the first event to the last, and say where it breaks."""
    require(current_user, Permission.MANAGE_PEOPLE)
    with reading() as session:
        broken = list(islice(broken_audit_events(session), 5))
    if broken:
        numbers = ", ".join(f"#{number}" for number in broken)
        flash(
            _(
                "The log was edited or cut from outside: %(numbers)s does not follow what stands before it.",
                numbers=numbers,
            ),
            "danger",
        )
    else:
        flash(_("The log is whole: every event follows the one before it."), "success")
    return redirect(url_for("audit.log"), 303)
