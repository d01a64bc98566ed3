"""The migration list: filters, moving partners between waves, the list as a file."""

from collections.abc import Iterator

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.db import reading, transaction
from app.languages import counted, in_language, mark
from app.languages import gettext as _
from app.models.wave import MigrationPlan, WaveStatus
from app.queries.wave_bands import bands_of
from app.queries.waves import STUCK, UNPLANNED, PartnerFilter, counts_by_show, partner_page, waves_of
from app.services.access import Permission, program_for
from app.services.waves.planning import move_to_wave
from app.services.waves.plans import plan_of
from app.services.waves.statuses import BY_HAND
from app.web.undo import flash_with_undo
from app.web.waves.blueprint import STATUS_TONES, blueprint, csv_answer, unit_of
from app.web.waves.forms import StatusFileForm
from app.whole_numbers import row_number

MAX_TEXT = 100
_AT_ONCE = 1_000
SHOWS = [
    ("", mark("All")),
    (UNPLANNED, mark("Without a wave")),
    *((each.value, each.label) for each in WaveStatus),
    (STUCK, mark("Stuck")),
]


@blueprint.get("/partners")
def partners(slug: str) -> str:
    """Show the migration list."""
    return partners_page(slug, StatusFileForm(formdata=None))


@blueprint.post("/partners/move")
def move(slug: str) -> BaseResponse:
    """Put the chosen partners into another wave, or into none."""
    ids = [key for key, _version in chosen()]
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.DECIDE)
        wave_id = row_number(request.form.get("wave", ""))
        act, moved, stayed = move_to_wave(session, program, ids, wave_id, actor=current_user)
    left = counted(
        "%(num)s partner stayed: invited already, or in it.",
        "%(num)s partners stayed: invited already, or in it.",
        stayed,
    )
    if moved:
        words = counted("%(num)s partner moved.", "%(num)s partners moved.", moved)
        said = f"{words} {left}" if stayed else words
        flash_with_undo(said, url=url_for("waves.undo", slug=slug), fields={"act": act})
    else:
        flash(f"{_('Nobody was moved.')} {left if stayed else _('Choose partners first.')}", "warning")
    return redirect(url_for("waves.partners", slug=slug), 303)


@blueprint.get("/partners.csv")
def partners_file(slug: str) -> Response:
    """Download the migration list; with its status column changed it can be uploaded as a file of statuses."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        plan = plan_of(session, program)
    with in_language("en"):  # what is read by machines and uploaded again has one language
        unit = unit_of(plan)
    return csv_answer(_rows(plan, unit), f"{program.slug}-partners.csv")


def partners_page(slug: str, file_form: StatusFileForm) -> str:
    """Draw the list with the form for a file of statuses."""
    wanted = _filter()
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        plan = plan_of(session, program)
        return render_template(
            "waves/partners.html",
            program=program,
            plan=plan,
            unit=unit_of(plan),
            page=partner_page(session, plan, wanted, number=request.args.get("page", 1, type=int)),
            wanted=wanted,
            shows=SHOWS,
            counts=counts_by_show(session, plan),
            bands=bands_of(plan),
            waves=waves_of(session, program.id),
            statuses=BY_HAND,
            tones=STATUS_TONES,
            file_form=file_form,
            tab="partners",
        )


def chosen() -> list[tuple[int, int]]:
    """Return the ids and versions of the ticked partners; what is no such pair is passed over."""
    found = []
    for value in request.form.getlist("chosen")[:_AT_ONCE]:
        key, version, *_more = map(row_number, [*value.split(":"), ""])
        if key is not None and version is not None:
            found.append((key, version))
    return found


def _filter() -> PartnerFilter:
    return PartnerFilter(
        show=request.args.get("show", ""),
        band=request.args.get("band", "")[:1],
        wave_id=row_number(request.args.get("wave", "")),
        text=request.args.get("q", "").strip()[:MAX_TEXT],
    )


def _rows(plan: MigrationPlan, unit: str) -> Iterator[tuple[object, ...]]:
    """Yield the heading and the list, a page at a time."""
    yield ("id", "domain", "company", "band", f"value ({unit})", "wave", "status", "since", "board stage")
    number = 1
    while True:
        with reading() as session:
            page = partner_page(session, plan, PartnerFilter(), number=number, size=_AT_ONCE)
        for row in page.rows:
            value = "" if row.value is None else f"{row.value:.2f}"
            place = (row.wave or "", row.status.value, row.status_at.date().isoformat(), row.stage.value)
            yield (row.external_id, row.domain, row.company, row.band, value, *place)
        if number >= page.page_count:
            return
        number += 1
