"""The overview: what is next, the waves, and the report before and after."""

from flask import Response, render_template
from flask_login import current_user

from app.db import reading
from app.languages import in_language
from app.queries.waves import counts_by_show, waves_of
from app.queries.waves_report import Report, Tally, migration_report
from app.services.access import Permission, program_for
from app.services.waves.plans import plan_of
from app.web.waves.blueprint import blueprint, csv_answer, unit_of

_HEADINGS = ("group", "of", "partners", "planned", "invited", "opened", "accepted", "moved", "refused", "lost")


@blueprint.get("")
def index(slug: str) -> str:
    """Show how far the migration is, what is next, and its waves."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        plan = plan_of(session, program)
        return render_template(
            "waves/index.html",
            program=program,
            plan=plan,
            unit=unit_of(plan),
            report=migration_report(session, plan),
            waves=waves_of(session, program.id),
            counts=counts_by_show(session, plan),
            tab="index",
        )


@blueprint.get("/report.csv")
def report_file(slug: str) -> Response:
    """Download the report: the whole, by band, by wave."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        plan = plan_of(session, program)
        with in_language("en"):  # what is read by machines has one language
            report, unit = migration_report(session, plan), unit_of(plan)
    return csv_answer(_rows(report, unit), f"{program.slug}-migration.csv")


def _rows(report: Report, unit: str) -> list[tuple[object, ...]]:
    values = tuple(f"{name} ({unit})" for name in ("value before", "value accepted", "value moved"))
    groups = (("all", (report.total,)), ("band", report.bands), ("wave", report.waves))
    return [
        (*_HEADINGS, *values, "share of value moved"),
        *((group, *_cells(tally)) for group, tallies in groups for tally in tallies),
    ]


def _cells(tally: Tally) -> tuple[object, ...]:
    counts = (tally.partners, tally.planned, tally.invited, tally.opened, tally.accepted, tally.moved)
    values = (tally.value_before, tally.value_accepted, tally.value_moved)
    share = "" if tally.moved_share is None else f"{tally.moved_share:.4f}"
    label = f"{tally.label} ({tally.note})" if tally.note else tally.label
    return (label, *counts, tally.refused, tally.lost, *(f"{value:.2f}" for value in values), share)
