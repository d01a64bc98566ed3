"""Write what a file says over what is known, column by column as its collision rules have it."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Company, ImportBatch, ImportRow, Prospect, RowVerdict
from app.services.imports.beside import Placed, is_known_before
from app.services.imports.collisions import COUNTRY, EXTRA, NAME, OWNER, Known, Rules, Settled, settle
from app.services.imports.journal import VALUE, Change, Journal

ADDED = (RowVerdict.NEW, RowVerdict.NEW_IN_PROGRAM)


def settle_all(
    session: Session, batch: ImportBatch, placed: Sequence[Placed], journal: Journal, *, fresh: Collection[int]
) -> None:
    """Settle the rows of a chunk that found their company or prospect there; `fresh` are the prospects it just added.

    What is written to a prospect that this file brought is no change a person could have seen: it keeps its version,
    and undo, which removes it, needs no journal of it.
    """
    if not placed:
        return
    ids = {each.prospect_id for each in placed}
    prospects = {each.id: each for each in session.scalars(select(Prospect).where(Prospect.id.in_(ids)))}
    ours = added_by(session, batch.id, ids) | set(fresh)
    rules = Rules.of(batch)
    for each in placed:
        prospect, entry = prospects[each.prospect_id], each.entry
        known = known_of(each.company, prospect)
        settled = settle(entry.values, owner_id=entry.owner_id, extra=entry.extra, rules=rules, known=known)
        for one in settled:
            put(each.company, prospect, one.field, one.after)
            _put_down(journal, batch, each, one, is_ours=prospect.id in ours)
        if prospect.id not in ours and any(one.field not in (NAME, COUNTRY) for one in settled):
            prospect.version += 1
    session.flush()


def added_by(session: Session, batch_id: int, prospect_ids: Collection[int]) -> set[int]:
    """Return which of the prospects a batch has added."""
    rows = select(ImportRow.prospect_id).where(
        ImportRow.batch_id == batch_id, ImportRow.prospect_id.in_(prospect_ids), ImportRow.verdict.in_(ADDED)
    )
    return {prospect_id for prospect_id in session.scalars(rows) if prospect_id is not None}


def known_of(company: Company, prospect: Prospect | None) -> Known:
    """Return what stands there."""
    return Known(
        name="" if company.name == company.domain else company.name,
        country=company.country or "",
        owner_id=prospect.owner_id if prospect else None,
        extra=prospect.extra if prospect else None,
    )


def put(company: Company, prospect: Prospect | None, field: str, value: str) -> None:
    """Write one value, an empty one as what stands where nothing does; the prospect may be gone for a company's own."""
    if field == NAME:
        company.name = value or company.domain
    elif field == COUNTRY:
        company.country = value or None
    elif prospect is not None and field == OWNER:
        prospect.owner_id = int(value) if value else None
    elif prospect is not None and field.startswith(EXTRA):
        heading = field.removeprefix(EXTRA)
        rest = {name: text for name, text in prospect.extra.items() if name != heading}
        prospect.extra = rest | {heading: value} if value else rest


def value_of(company: Company, prospect: Prospect | None, field: str) -> str | None:
    """Return what stands in a field that `put` writes; None where the prospect is gone that held it."""
    known = known_of(company, prospect)
    if field in (NAME, COUNTRY):
        return known.name if field == NAME else known.country
    if known.extra is None:
        return None
    return str(known.owner_id or "") if field == OWNER else known.extra.get(field.removeprefix(EXTRA), "")


def _put_down(journal: Journal, batch: ImportBatch, placed: Placed, one: Settled, *, is_ours: bool) -> None:
    is_company = one.field in (NAME, COUNTRY)
    if is_known_before(placed.company, batch) if is_company else not is_ours:
        prospect_id = None if is_company else placed.prospect_id
        journal.note(
            Change(
                kind=VALUE,
                company_id=placed.company.id,
                prospect_id=prospect_id,
                field=one.field,
                before=one.before,
                after=one.after,
            )
        )
