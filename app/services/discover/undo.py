"""Take back what Discover brought in, as far as nobody has worked on it since."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, exists, not_, or_, select, update
from sqlalchemy.orm import Session

from app.db import Base
from app.languages import gettext as _
from app.models import Company, Crawl, Discovery, DiscoveryCandidate, Prospect, Stage
from app.services.audit import record_audit
from app.services.errors import Conflict

# Rows that the product itself makes of a prospect or a company; any other row that points at one is somebody's work.
_MADE_WITH_PROSPECT = frozenset(
    {"stage_changes", "fit_scores", "discovery_candidates", "import_rows", "rule_assignments", "notifications"}
)
_MADE_WITH_COMPANY = frozenset({"crawls", "site_watches", "duplicate_pairs"})


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many prospects were removed, and how many stay because somebody worked on them."""

    removed: int
    kept: int


def undo_import(session: Session, discovery: Discovery, *, by_user_id: int | None) -> TakenBack:
    """Remove the prospects that a discovery added and nobody touched; the others stay.

    Raises Conflict where it added none, or none can be removed any more.
    """
    rows = session.scalars(
        select(DiscoveryCandidate.prospect_id).where(
            DiscoveryCandidate.discovery_id == discovery.id, DiscoveryCandidate.is_added
        )
    )
    added = [prospect_id for prospect_id in rows if prospect_id is not None]
    if not added:
        raise Conflict(_("This discovery has added no prospects that could be taken back."))
    # Locked before they are looked at: a note or a mail that comes in meanwhile waits, and finds them gone.
    session.execute(select(Prospect.id).where(Prospect.id.in_(added)).with_for_update())
    removed = untouched(session, added)
    if not removed:
        raise Conflict(_("Somebody has worked on every one of these prospects since, so all of them stay."))
    session.execute(
        update(DiscoveryCandidate)
        .where(DiscoveryCandidate.prospect_id.in_(removed))
        .values(is_added=False, prospect_id=None)
        .execution_options(synchronize_session=False)
    )
    _remove(session, removed, since=discovery)
    result = TakenBack(len(removed), len(added) - len(removed))
    record_audit(
        session,
        "discovery.undone",
        subject=f"discovery:{discovery.id}",
        actor_id=by_user_id,
        program_id=discovery.program_id,
        details={"removed": result.removed, "kept": result.kept},
    )
    return result


def untouched(session: Session, prospect_ids: Sequence[int]) -> list[int]:
    """Return the prospects that stand as they came in: where they started, unchanged, with nothing written to them."""
    return list(
        session.scalars(
            select(Prospect.id).where(
                Prospect.id.in_(prospect_ids),
                Prospect.stage == Stage.SOURCED,
                Prospect.version == 1,
                not_(_is_pointed_at(Prospect, ignored=_MADE_WITH_PROSPECT)),
            )
        )
    )


def _remove(session: Session, prospect_ids: Sequence[int], *, since: Discovery) -> None:
    """Delete prospects, and the companies that came with them where nothing else knows or has read them."""
    companies = list(session.scalars(select(Prospect.company_id).where(Prospect.id.in_(prospect_ids))))
    session.execute(delete(Prospect).where(Prospect.id.in_(prospect_ids)).execution_options(synchronize_session=False))
    session.execute(select(Company.id).where(Company.id.in_(companies)).with_for_update())
    unknown = select(Company.id).where(
        Company.id.in_(companies),
        Company.created_at >= since.created_at,
        Company.read_at.is_(None),
        Company.opted_out_at.is_(None),
        not_(_is_pointed_at(Company, ignored=_MADE_WITH_COMPANY)),
    )
    ids = list(session.scalars(unknown))
    session.execute(delete(Crawl).where(Crawl.company_id.in_(ids)).execution_options(synchronize_session=False))
    session.execute(delete(Company).where(Company.id.in_(ids)).execution_options(synchronize_session=False))
    session.expire_all()


def _is_pointed_at(model: type[Base], *, ignored: Collection[str]) -> ColumnElement[bool]:
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
