"""From imported rows to the migration list: one entry a company, values added up, taken back where it was a slip."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import BatchState, Contact, ImportBatch, ImportRow, Program, Prospect, Stage, User
from app.models.stage import PARTNER_STAGES
from app.models.wave import WaveEvent, WaveImport, WavePartner, WaveStatus
from app.services.audit import record_audit
from app.services.errors import Conflict
from app.services.imports.writing import entries_of
from app.services.waves.addresses import prospects_of
from app.services.waves.plans import plan_of
from app.services.waves.row_values import wave_values

_AT_ONCE = 500


@dataclass(slots=True)
class _Sum:
    """What the rows of one company say together."""

    external_id: str = ""
    email: str = ""
    revenue_cents: int | None = None
    leads: int | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """How many partners an import put on the list, and how many it brought up to date."""

    added: int
    updated: int


def enter_partners(session: Session, program: Program, wave_import: WaveImport, *, by_user_id: int | None) -> Entered:
    """Put the companies of an import on the migration list; safe to run twice. Raises Conflict before the import."""
    batch = session.get_one(ImportBatch, wave_import.batch_id)
    if batch.state is not BatchState.DONE:
        raise Conflict(_("The rows are not in yet. Import them first, or go on with what is left."))
    # Two files with one company in both come in one after the other.
    session.execute(select(Program.id).where(Program.id == program.id).with_for_update())
    sums = _sums(session, program, wave_import, batch)
    known = _known(session, sums)
    prospects = prospects_of(session, list(sums))
    contacts = _contacts(session, prospects, sums)
    added = 0
    for prospect_id, found in sums.items():
        partner = known.get(prospect_id)
        if partner is None:
            partner = _new_partner(prospects[prospect_id], batch)
            session.add(partner)
            added += 1
        partner.external_id = found.external_id or partner.external_id
        partner.revenue_cents = partner.revenue_cents if found.revenue_cents is None else found.revenue_cents
        partner.leads = partner.leads if found.leads is None else found.leads
        partner.contact_id = partner.contact_id or contacts.get((prospects[prospect_id].company_id, found.email))
    wave_import.entered_at = wave_import.entered_at or now()
    session.flush()
    entered = Entered(added, len(sums) - added)
    record_audit(
        session,
        "wave_partners.entered",
        subject=f"import:{batch.id}",
        actor_id=by_user_id,
        program_id=program.id,
        details={"added": entered.added, "updated": entered.updated},
    )
    return entered


def take_back(session: Session, program: Program, wave_import: WaveImport, *, actor: User) -> int:
    """Take off the list whom this import put on it and nobody has done anything with; returns how many.

    Whom another import brought up to date stays: that would be lost with them. Raises Conflict where nobody is left.
    """
    # Who came in as a partner already has accepted without any of us doing anything about it.
    has_history = select(WaveEvent.id).where(WaveEvent.partner_id == WavePartner.id).exists()
    in_another = (
        select(ImportRow.id)
        .join(WaveImport, WaveImport.batch_id == ImportRow.batch_id)
        .where(
            ImportRow.prospect_id == WavePartner.prospect_id,
            WaveImport.batch_id != wave_import.batch_id,
            WaveImport.entered_at.is_not(None),
        )
        .exists()
    )
    gone = session.scalars(
        delete(WavePartner)
        .where(
            WavePartner.program_id == program.id,
            WavePartner.batch_id == wave_import.batch_id,
            WavePartner.wave_id.is_(None),
            or_(WavePartner.status == WaveStatus.PLANNED, ~has_history),
            ~in_another,
        )
        .returning(WavePartner.id)
        .execution_options(synchronize_session="fetch")
    ).all()
    if not gone:
        raise Conflict(
            _("Nobody of this file can be taken off the list any more: they are in waves, in another file, or further.")
        )
    wave_import.entered_at = None
    record_audit(
        session,
        "wave_partners.taken_back",
        subject=f"import:{wave_import.batch_id}",
        actor_id=actor.id,
        program_id=program.id,
        details={"count": len(gone)},
    )
    return len(gone)


def _sums(session: Session, program: Program, wave_import: WaveImport, batch: ImportBatch) -> dict[int, _Sum]:
    rows = session.scalars(
        select(ImportRow)
        .where(ImportRow.batch_id == batch.id, ImportRow.prospect_id.is_not(None))
        .order_by(ImportRow.line)
    ).all()
    currency = plan_of(session, program).currency
    sums: dict[int, _Sum] = defaultdict(_Sum)
    for entry in entries_of(session, batch, list(rows)):
        if entry.row.prospect_id is None:
            continue
        found = sums[entry.row.prospect_id]
        values = wave_values(entry.row.fields, wave_import.columns, currency=currency)
        found.external_id = found.external_id or values.external_id
        found.email = found.email or entry.values.contact.email
        found.revenue_cents = _plus(found.revenue_cents, values.revenue_cents)
        found.leads = _plus(found.leads, values.leads)
    return dict(sums)


def _plus(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else one + other


def _new_partner(prospect: Prospect, batch: ImportBatch) -> WavePartner:
    """Return a new entry; who is a partner here already has accepted, and who is active has moved."""
    partner = WavePartner(
        program_id=prospect.program_id,
        prospect_id=prospect.id,
        batch_id=batch.id,
        external_id="",
        status=WaveStatus.PLANNED,
    )
    if prospect.stage in PARTNER_STAGES:
        partner.status = WaveStatus.MOVED if prospect.stage is Stage.ACTIVE else WaveStatus.ACCEPTED
        partner.accepted_at = prospect.stage_since_at
    return partner


def _known(session: Session, prospect_ids: dict[int, _Sum]) -> dict[int, WavePartner]:
    wanted = list(prospect_ids)
    found: dict[int, WavePartner] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(WavePartner).where(WavePartner.prospect_id.in_(wanted[start : start + _AT_ONCE]))
        found |= {partner.prospect_id: partner for partner in session.scalars(query)}
    return found


def _contacts(session: Session, prospects: dict[int, Prospect], sums: dict[int, _Sum]) -> dict[tuple[int, str], int]:
    """Return the contacts that the import made of the rows' addresses, by company and address."""
    pairs = [(prospects[place].company_id, found.email) for place, found in sums.items() if found.email]
    result: dict[tuple[int, str], int] = {}
    for start in range(0, len(pairs), _AT_ONCE):
        part = pairs[start : start + _AT_ONCE]
        rows = session.execute(
            select(Contact.company_id, Contact.key, Contact.id).where(
                Contact.company_id.in_([company_id for company_id, _email in part])
            )
        )
        keys = {(company_id, key): contact_id for company_id, key, contact_id in rows}
        result |= {pair: keys[pair[0], pair[1].lower()] for pair in part if (pair[0], pair[1].lower()) in keys}
    return result
