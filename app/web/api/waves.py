"""Partners on their way over from another platform: how far each is, read and put."""

from flask import request
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.models import Company, Prospect
from app.models.api_token import ApiScope
from app.models.wave import Wave, WavePartner, WaveSource, WaveStatus
from app.queries.api_partners import moving, moving_of
from app.services.api_tokens import program_of
from app.services.errors import InvalidInput
from app.services.waves.changes import By, audit_act, locked_partner, new_act
from app.services.waves.statuses import BY_HAND, set_status
from app.web.api.blueprint import blueprint, caller_with
from app.web.api.body import fields_of_body, text_in
from app.web.api.partners import Content, filter_of_list, page_of
from app.whole_numbers import row_number

FIELDS = ("status", "version")


@blueprint.get("/programs/<slug>/waves/partners")
def moving_partners(slug: str) -> Content:
    """List the partners of the other platform by id, a page at a time; by status, its id or the domain."""
    caller = caller_with(ApiScope.READ)
    chosen, wanted = filter_of_list(), request.args.get("status", "")
    if wanted and wanted not in list(WaveStatus):
        raise InvalidInput({"status": f"{wanted[:40]!r} is no status. Use one of: {', '.join(WaveStatus)}."})
    with reading() as session:
        program = program_of(session, caller, slug)
        found = moving(session, program.id, chosen, status=WaveStatus(wanted) if wanted else None)
    return page_of("partners", found, chosen, slug=slug)


@blueprint.put("/programs/<slug>/waves/partners/<int:partner_id>/status")
def put_status(slug: str, partner_id: int) -> Content:
    """Say how far a partner is, with all that follows from it on the screens; saying it again changes nothing."""
    caller = caller_with(ApiScope.WAVES_WRITE)
    status, version = _read()
    with transaction() as session:
        program = program_of(session, caller, slug)
        partner = locked_partner(session, program, partner_id)
        changed = partner.status is not status
        if changed:
            partner = locked_partner(session, program, partner_id, version=version)
            by = By(source=WaveSource.API, user_id=caller.user.id, act=new_act())
            set_status(session, partner, status, by)
            token = caller.token_id
            audit_act(session, program, "waves.statuses_set", by, count=1, statuses={status.value: 1}, token_id=token)
        content = _content(session, partner)
    return content | {"changed": changed}


def _read() -> tuple[WaveStatus, int | None]:
    fields, problems = fields_of_body(FIELDS)
    wanted, version = text_in(fields, "status", problems), text_in(fields, "version", problems)
    usable = ", ".join(BY_HAND)
    if "status" not in problems and wanted not in BY_HAND:
        what = f"{wanted[:40]!r} is no status that can be set" if wanted else "A status is needed"
        problems["status"] = f"{what}. Use one of: {usable}."
    if version and row_number(version) is None:
        problems["version"] = f"{version[:20]!r} is no version. Send the number that the list gave, or leave it out."
    if problems:
        raise InvalidInput(problems)
    return WaveStatus(wanted), row_number(version)


def _content(session: Session, partner: WavePartner) -> Content:
    company = session.get_one(Company, session.get_one(Prospect, partner.prospect_id).company_id)
    wave = session.get(Wave, partner.wave_id) if partner.wave_id else None
    return moving_of(partner, company.name, company.domain, wave.number if wave else None)
