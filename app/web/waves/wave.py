"""One wave: who is in it, the mail as it would be read, and sending it."""

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import counted
from app.queries.wave_bands import band_of, value_of
from app.queries.waves import waves_of
from app.services.access import Permission, program_for
from app.services.errors import Conflict
from app.services.waves.plans import plan_of
from app.services.waves.sending import CHUNK, preview_wave, send_wave
from app.web.waves.blueprint import STATUS_TONES, blueprint, unit_of


@blueprint.get("/<int:wave_id>")
def show(slug: str, wave_id: int) -> str:
    """Show a wave."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        plan = plan_of(session, program)
        preview = preview_wave(session, program, wave_id)
        values = {
            line.partner.id: value_of(plan, revenue_cents=line.partner.revenue_cents, leads=line.partner.leads)
            for line in preview.lines
        }
        return render_template(
            "waves/wave.html",
            program=program,
            plan=plan,
            preview=preview,
            values=values,
            bands={key: band_of(plan, value) for key, value in values.items()},
            waves=waves_of(session, program.id),
            unit=unit_of(plan),
            tones=STATUS_TONES,
            tab="index",
        )


@blueprint.post("/<int:wave_id>/send")
def send(slug: str, wave_id: int) -> Response:
    """Invite everybody of the wave who was not invited yet."""
    count, has_more, stopped = 0, True, ""
    try:
        while has_more:
            with transaction() as session:
                program = program_for(session, current_user, slug, Permission.DECIDE)
                sent = send_wave(session, program, wave_id, actor=current_user)
            count, has_more = count + sent, sent == CHUNK
    except Conflict as error:
        stopped = str(error)
    if count:
        done = counted(
            "%(num)s invitation on the way. Who accepts is approved in your name.",
            "%(num)s invitations on the way. Who accepts is approved in your name.",
            count,
        )
        flash(f"{done} {stopped}".rstrip(), "success")
    else:
        flash(stopped, "warning")
    return redirect(url_for("waves.show", slug=slug, wave_id=wave_id), 303)
