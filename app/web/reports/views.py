"""The reports of a program: one page each, and the same numbers as a file.

An address holds everything that was chosen, so it is the link that colleagues share; whoever opens it sees the report
only as a member of the program.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask_login import current_user
from sqlalchemy.orm import Session

from app.clock import today
from app.db import snapshot
from app.models import Program, Role
from app.queries.filter_options import filter_options
from app.queries.navigation import programs_of
from app.queries.prospect_filter import FIELDS, SITE_KINDS, filter_args, read_filter
from app.queries.reports.automation import automation
from app.queries.reports.fit import fit_calibration
from app.queries.reports.funnel import funnel
from app.queries.reports.onboarding import onboarding_times
from app.queries.reports.scope import Group, Period, Scope
from app.queries.reports.sequences import sequence_results
from app.queries.reports.table import Cell, Report, Unit
from app.queries.reports.workload import workload
from app.services.access import program_for
from app.services.imports.safe_csv import csv_lines

blueprint = Blueprint("reports", __name__, url_prefix="/p/<slug>/reports")
OWN_NAMES = frozenset({"period", "group"})
# The filters that the page itself offers; others that an address names hold too, and are said.
OFFERED = ("owner", "source", "kind")


@dataclass(frozen=True, slots=True)
class Kind:
    """A report one can ask for: what it is called, the question it answers, and who answers it."""

    name: str
    title: str
    question: str
    ask: Callable[[Session, Scope], Report]
    has_groups: bool = False


KINDS = {
    kind.name: kind
    for kind in (
        Kind("funnel", "Funnel", "How far do prospects come, and where do they stand still?", funnel, has_groups=True),
        Kind("sequences", "Sequences", "Which sequences are answered?", sequence_results),
        Kind("fit", "Fit score", "Are those with a high score the ones we approve?", fit_calibration),
        Kind("onboarding", "Onboarding", "How long does it take, and where do partners stand?", onboarding_times),
        Kind("workload", "Workload", "Who has how much on the desk?", workload),
        Kind("automation", "Automation", "What did the product do, and what did people do?", automation),
    )
}


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
        scope, problems = _scope(session, program)
        report = kind.ask(session, scope)
        options = filter_options(session, program.id)
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
        owners=[("me", "Mine"), ("none", "Nobody's"), *((each.id, each.name) for each in options.owners)],
        args=args,
        carried={name: words for name, words in filter_args(scope.chosen).items() if name not in OFFERED},
        also=_said(scope),
        periods=list(Period),
        groups=list(Group),
        sources=[(source, source) for source in options.sources],
        site_kinds=[(each, each.capitalize()) for each in SITE_KINDS],
        write=write,
        made_on=today(),
    )


@blueprint.get("/<name>.csv")
def file(slug: str, name: str) -> Response:
    """Download a report's tables as one file that is safe to open in a spreadsheet."""
    kind = KINDS.get(name) or abort(404)
    with snapshot() as session:
        program = program_for(session, current_user, slug)
        scope, _ = _scope(session, program)
        report = kind.ask(session, scope)
    response = Response(csv_lines(_lines(report)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{program.slug}-{kind.name}-{today()}.csv"'
    return response


def _scope(session: Session, program: Program) -> tuple[Scope, list[str]]:
    chosen, problems = read_filter(request.args, user_id=current_user.id, also=OWN_NAMES)
    period, group = Period.QUARTER, Group.SOURCE
    if request.args.get("period") in set(Period):
        period = Period(request.args["period"])
    if request.args.get("group") in set(Group):
        group = Group(request.args["group"])
    scope = Scope(programs={program.id: program.name}, period=period, chosen=chosen, group=group)
    if group is not Group.PROGRAM:
        return scope, problems
    seen = programs_of(session, current_user.id, sees_all=current_user.role is Role.ADMIN)
    return replace(scope, programs={each.id: each.name for each in seen}), problems


def _said(scope: Scope) -> list[str]:
    """Return the filters that the page does not offer itself, in words."""
    return [
        f"{field.label}: {', '.join(field.say(value) for value in values)}"
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
    return {Unit.SHARE: " (share)", Unit.HOURS: " (hours)", Unit.MINUTES: " (minutes)"}.get(unit, "")


def write(cell: Cell, unit: Unit) -> str:
    """Write a cell as people read it; a dash where there was nothing to measure."""
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    formats: dict[Unit, Callable[[Any], str]] = {
        Unit.SHARE: lambda value: f"{value:.1%}",
        Unit.DAYS: lambda value: f"{value:.1f} d",
        Unit.HOURS: lambda value: f"{value:,.1f} h",
        Unit.MINUTES: lambda value: f"{value:g} min",
    }
    return formats.get(unit, lambda value: f"{value:,.0f}")(cell)
