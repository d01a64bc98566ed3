"""The reports of a program: one page each, and the same numbers as a file.

An address holds everything that was chosen, so it is the link that colleagues share; whoever opens it sees the report
only as a member of the program.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, render_template, request
from flask_login import current_user

from app.clock import today
from app.db import snapshot
from app.languages import gettext as _
from app.models.report_mail import Rhythm
from app.queries.reports import kept
from app.queries.reports.asked import args_of, scope_of
from app.queries.reports.kinds import KINDS
from app.queries.reports.scope import Group, Period
from app.queries.reports.table import Report, Unit, write
from app.services.access import program_for
from app.services.imports.safe_csv import csv_lines
from app.services.report_mails import report_mail_of
from app.web.reports.choices import offer_of

blueprint = Blueprint("reports", __name__, url_prefix="/p/<slug>/reports")


@blueprint.get("")
def index(slug: str) -> str:
    """Show the first report."""
    return _page(slug, "funnel")


@blueprint.get("/<name>")
def show(slug: str, name: str) -> str:
    """Show one report with its picture and tables."""
    return _page(slug, name)


def _page(slug: str, name: str) -> str:
    kind = KINDS.get(name) or abort(404)
    with snapshot() as session:
        program = program_for(session, current_user, slug)
        scope, problems = scope_of(session, program, request.args, viewer=current_user)
        made = kept.ask(session, kind, scope, anew=_is_reloaded())
        offer = offer_of(session, program, kind, scope, viewer=current_user)
        mail = report_mail_of(session, current_user.id, program.id, kind.name)
    args = args_of(scope, has_groups=kind.has_groups)
    return render_template(
        "reports/page.html",
        program=program,
        kinds=KINDS.values(),
        kind=kind,
        report=made.report,
        scope=scope,
        problems=problems,
        args=args,
        # What stays when another report is opened: which days, which programs.
        stays={name: args[name] for name in ("period", "from", "to", "program") if name in args},
        offer=offer,
        periods=list(Period),
        groups=list(Group),
        write=write,
        made_at=made.made_at,
        mail=mail,
        rhythms=list(Rhythm),
        is_other=mail is not None and mail.query != urlencode(args, doseq=True),
    )


@blueprint.get("/<name>.csv")
def file(slug: str, name: str) -> Response:
    """Download a report's tables as one file that is safe to open in a spreadsheet."""
    kind = KINDS.get(name) or abort(404)
    with snapshot() as session:
        program = program_for(session, current_user, slug)
        scope = scope_of(session, program, request.args, viewer=current_user)[0]
        report = kept.ask(session, kind, scope).report
    response = Response(csv_lines(_lines(report)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{program.slug}-{kind.name}-{today()}.csv"'
    return response


def _is_reloaded() -> bool:
    """Say whether the browser was told to load the page again, which means: with new figures."""
    return request.cache_control.max_age == 0 or bool(request.cache_control.no_cache)


def _lines(report: Report) -> Iterator[tuple[object, ...]]:
    for number, table in enumerate(report.tables):
        if number:
            yield ()
        yield (table.title,)
        yield tuple(column.label + _unit(column.unit) for column in table.columns)
        for row in table.rows:
            yield tuple("" if cell is None else round(cell, 4) if isinstance(cell, float) else cell for cell in row)


def _unit(unit: Unit) -> str:
    words = {Unit.SHARE: _("share"), Unit.HOURS: _("hours"), Unit.MINUTES: _("minutes")}.get(unit)
    return f" ({words})" if words else ""
