"""Take back what was brought in, as far as nobody has worked on it since: the rules that every such undo shares."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, not_, or_, select
from sqlalchemy.orm import Session

from app.db import Base
from app.models import Company, Contact, ContactValue, Crawl, Prospect, Provenance, Stage

# Rows that the product itself makes of a prospect, a company or a contact; any other row that points at one is
# somebody's work.
MADE_WITH_PROSPECT = frozenset(
    {"stage_changes", "fit_scores", "discovery_candidates", "import_rows", "rule_assignments", "notifications"}
)
MADE_WITH_COMPANY = frozenset({"crawls", "site_watches", "duplicate_pairs"})
READ_OFF_COMPANY = frozenset({"pages", "page_links", "passages", "signals", "site_changes", "company_digests"})


def untouched(session: Session, prospect_ids: Sequence[int], *, ignored: Collection[str] = ()) -> list[int]:
    """Return the prospects that stand as they came in: where they started, unchanged, with nothing written to them.

    Tables in `ignored` do not count, beside those that the product fills by itself.
    """
    return list(
        session.scalars(
            select(Prospect.id).where(
                Prospect.id.in_(prospect_ids),
                Prospect.stage == Stage.SOURCED,
                Prospect.version == 1,
                not_(is_pointed_at(Prospect, ignored=MADE_WITH_PROSPECT | frozenset(ignored))),
            )
        )
    )


def remove_prospects(session: Session, prospect_ids: Sequence[int], *, since: datetime, source: str = "") -> None:
    """Delete prospects, and the companies that came with them since a moment where nothing else knows them.

    With a `source` a company goes even if its site was read meanwhile, with contacts that only its site or this source
    gave; without one, a company that was read or has contacts stays.
    """
    companies = list(session.scalars(select(Prospect.company_id).where(Prospect.id.in_(prospect_ids))))
    session.execute(delete(Prospect).where(Prospect.id.in_(prospect_ids)).execution_options(synchronize_session=False))
    session.execute(select(Company.id).where(Company.id.in_(companies)).with_for_update())
    ours = READ_OFF_COMPANY | {"contacts", "import_changes"} if source else frozenset[str]()
    unknown = select(Company.id).where(
        Company.id.in_(companies),
        Company.created_at >= since,
        Company.opted_out_at.is_(None),
        not_(is_pointed_at(Company, ignored=MADE_WITH_COMPANY | ours)),
        not_(_has_contact_of_others(source)) if source else Company.read_at.is_(None),
    )
    ids = list(session.scalars(unknown))
    session.execute(delete(Crawl).where(Crawl.company_id.in_(ids)).execution_options(synchronize_session=False))
    session.execute(delete(Company).where(Company.id.in_(ids)).execution_options(synchronize_session=False))
    session.expire_all()


def is_pointed_at(model: type[Base], *, ignored: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a row of any table, now or in a later version, points at a row of `model`."""
    table = model.__table__
    found = [
        exists().where(column == table.c.id)
        for other in Base.metadata.sorted_tables
        if other.name not in ignored
        for column in other.c
        if any(key.column.table is table for key in column.foreign_keys)
    ]
    return or_(*found)


def _has_contact_of_others(source: str) -> ColumnElement[bool]:
    """Return the condition that somebody works with a contact of the company, or that another source gave it."""
    by_source = (ContactValue.provenance == Provenance.IMPORT) & (ContactValue.source == source)
    is_theirs = not_(by_source | (ContactValue.provenance == Provenance.PAGE))
    given = exists().where(ContactValue.contact_id == Contact.id, is_theirs)
    return exists().where(
        Contact.company_id == Company.id, or_(given, is_pointed_at(Contact, ignored={"contact_values"}))
    )
