"""Reports by mail: having one sent, ending that on its page, and ending it with one press from the mail."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.extensions import csrf
from app.languages import SOURCE, in_language
from app.languages import gettext as _
from app.models import User
from app.models.report_mail import ReportMail
from app.queries.reports.kinds import KINDS
from app.services.access import program_for
from app.services.report_mails import choose_report_mail, end_report_mail, mail_by_token, report_mail_of
from app.web.reports.views import blueprint

stopping = Blueprint("report_mail", __name__, url_prefix="/u/report")
_NO_FILTER = frozenset({"csrf_token", "rhythm"})


@blueprint.post("/<name>/mail")
def choose(slug: str, name: str) -> Response:
    """Have the report sent with the filters of the page it was asked on, or no more."""
    kind = KINDS.get(name) or abort(404)
    args = MultiDict((key, word) for key, word in request.form.items(multi=True) if key not in _NO_FILTER)
    rhythm = request.form.get("rhythm", "")
    with transaction() as session:
        program = program_for(session, current_user, slug)
        if rhythm == "off":
            row = report_mail_of(session, current_user.id, program.id, kind.name)
            if row is not None:
                end_report_mail(session, row)
            flash(_("It is not sent any more."), "success")
        else:
            row = choose_report_mail(session, current_user, program, report=kind.name, args=args, rhythm=rhythm)
            flash(
                _(
                    "%(rhythm)s, to %(email)s, as it is shown here.",
                    rhythm=_(row.rhythm.label),
                    email=current_user.email,
                ),
                "success",
            )
    kept: dict[str, Any] = args.to_dict(flat=False)
    return redirect(url_for("reports.show", slug=slug, name=kind.name, **kept), 303)


@stopping.get("/<token>")
def ask(token: str) -> str:
    """Show what the button does, or that it was pressed."""
    with reading() as session:
        row = mail_by_token(session, token)
        title, language = KINDS[row.report].title if row else "", _language(session, row)
    return _page(language, title=title)


@stopping.post("/<token>")
@csrf.exempt
def act(token: str) -> str:
    """End the mail: no login, no cookie, no token of a form, no redirect (RFC 8058)."""
    with transaction() as session:
        row = mail_by_token(session, token)
        language = _language(session, row)
        if row is not None:
            end_report_mail(session, row)
    return _page(language, title="")


def _language(session: Session, row: ReportMail | None) -> str:
    """Return the language of whose mail it is; nobody knows any more once it was ended."""
    return session.get_one(User, row.user_id).language if row else SOURCE


def _page(language: str, *, title: str) -> str:
    with in_language(language, is_staff=True):
        return render_template("reports/stop.html", title=title)
