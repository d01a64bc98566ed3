"""The reports of a program: one page each, and the same numbers as a file.

An address holds everything that was chosen, so it is the link that colleagues share; whoever opens it sees the report
only as a member of the program.
"""

from collections.abc import Iterator

from flask import Blueprint, Response, abort, render_template, request
from flask_login import current_user

from app.clock import today
from app.db import snapshot
from app.languages import gettext as _
from app.languages import inside
from app.models.report_mail import Rhythm
from app.queries.filter_options import filter_options
from app.queries.prospect_filter import FIELDS, filter_args
from app.queries.reports.kinds import KINDS, scope_of
from app.queries.reports.scope import Group, Period, Scope
from app.queries.reports.table import Report, Unit, write
from app.queries.site_kinds import SITE_KINDS
from app.services.access import program_for
from app.services.imports.safe_csv import csv_lines
from app.services.report_mails import query_of, report_mail_of

blueprint = Blueprint("reports", __name__, url_prefix="/p/<slug>/reports")
# The filters that the page itself offers; others that an address names hold too, and are said.
OFFERED = ("owner", "source", "kind")


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
        report = kind.ask(session, scope)
        options = filter_options(session, program.id)
        mail = report_mail_of(session, current_user.id, program.id, kind.name)
    args = {**filter_args(scope.chosen), "period": [scope.period.value]}
    if kind.has_groups:
        args["group"] = [scope.group.value]
    return render_template(
        "reports/page.html",
        program=program,
        kinds=KINDS.values(),
        kind=kind,
        report=report,
        scope=scope,
        problems=problems,
        owners=[("me", _("Mine")), ("none", _("Nobody's")), *((each.id, each.name) for each in options.owners)],
        args=args,
        carried={name: words for name, words in filter_args(scope.chosen).items() if name not in OFFERED},
        also=_said(scope),
        periods=list(Period),
        groups=list(Group),
        sources=[(source, source) for source in options.sources],
        site_kinds=[(each, _(each.capitalize())) for each in SITE_KINDS],
        write=write,
        made_on=today(),
        period_inside=inside(scope.period.label),
        mail=mail,
        rhythms=list(Rhythm),
        is_other=mail is not None and mail.query != query_of(scope, kind),
    )


@blueprint.get("/<name>.csv")
def file(slug: str, name: str) -> Response:
    """Download a report's tables as one file that is safe to open in a spreadsheet."""
    kind = KINDS.get(name) or abort(404)
    with snapshot() as session:
        program = program_for(session, current_user, slug)
        scope = scope_of(session, program, request.args, viewer=current_user)[0]
        report = kind.ask(session, scope)
    response = Response(csv_lines(_lines(report)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{program.slug}-{kind.name}-{today()}.csv"'
    return response


def _said(scope: Scope) -> list[str]:
    """Return the filters that the page does not offer itself, in words."""
    return [
        f"{_(field.label)}: {', '.join(field.say(value) for value in values)}"
        for field in FIELDS
        if field.name not in OFFERED and (values := field.of(scope.chosen))
    ]


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
