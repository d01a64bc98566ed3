"""Pairs of companies that look like one, and merges of a program, as its list of duplicates shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.models import Activity, Company, Contact, Prospect, Stage, User
from app.models.merge import DuplicatePair, Merge


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """One side of a pair, as it stands in the program."""

    company_id: int
    prospect_id: int
    name: str
    domain: str
    country: str | None
    stage: Stage
    owner: str | None
    contacts: int
    notes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two companies of the program that look like one."""

    id: int
    first: Twin
    second: Twin
    reasons: Mapping[str, str]
    confidence: float
    dismissed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeLine:
    """A merge as the list shows it; `prospect_id` is the card that stands for both."""

    id: int
    kept_name: str
    gone_name: str
    prospect_id: int | None
    by: str | None
    at: datetime
    undone_at: datetime | None


def pairs_of(session: Session, program_id: int, *, dismissed: bool = False, limit: int = 50) -> list[Pair]:
    """Return the pairs that wait for a person, the surest first; or those that were turned down, the newest first."""
    first, second = aliased(Prospect), aliased(Prospect)
    is_dismissed = DuplicatePair.dismissed_at.is_not(None)
    order = DuplicatePair.dismissed_at.desc() if dismissed else DuplicatePair.confidence.desc()
    rows = session.execute(
        select(DuplicatePair, first.id, second.id)
        .join(first, (first.company_id == DuplicatePair.first_id) & (first.program_id == program_id))
        .join(second, (second.company_id == DuplicatePair.second_id) & (second.program_id == program_id))
        .where(is_dismissed if dismissed else ~is_dismissed)
        .order_by(order, DuplicatePair.id)
        .limit(limit)
    ).all()
    twins = twins_of(session, [each for _, *ids in rows for each in ids])
    return [
        Pair(
            id=pair.id,
            first=twins[first_id],
            second=twins[second_id],
            reasons=pair.reasons,
            confidence=pair.confidence,
            dismissed_at=pair.dismissed_at,
        )
        for pair, first_id, second_id in rows
    ]


@dataclass(frozen=True, slots=True)
class Alike:
    """A prospect of the same program that may be the same company, why, and how sure that is (0 to 1)."""

    prospect_id: int
    name: str
    domain: str
    reasons: Mapping[str, str]
    confidence: float


def alike(session: Session, program_id: int, company_id: int, *, limit: int = 3) -> list[Alike]:
    """Return what else may be this company, the surest first; pairs that were turned down are left out."""
    pair = DuplicatePair
    other = case((pair.first_id == company_id, pair.second_id), else_=pair.first_id)
    rows = session.execute(
        select(Prospect.id, Company.name, Company.domain, pair.reasons, pair.confidence)
        .join(Company, Company.id == Prospect.company_id)
        .join(pair, Company.id == other)
        .where(
            Prospect.program_id == program_id,
            or_(pair.first_id == company_id, pair.second_id == company_id),
            pair.dismissed_at.is_(None),
        )
        .order_by(pair.confidence.desc(), pair.id)
        .limit(limit)
    )
    return [Alike(*row) for row in rows]


def waiting_pairs(session: Session, program_id: int) -> int:
    """Return how many pairs wait for a person."""
    ours = select(Prospect.company_id).where(Prospect.program_id == program_id)
    return (
        session.scalar(
            select(func.count(DuplicatePair.id)).where(
                DuplicatePair.dismissed_at.is_(None),
                DuplicatePair.first_id.in_(ours),
                DuplicatePair.second_id.in_(ours),
            )
        )
        or 0
    )


def twins_of(session: Session, prospect_ids: Sequence[int]) -> dict[int, Twin]:
    """Return prospects as sides of a pair, by their ids."""
    contacts = select(func.count(Contact.id)).where(Contact.company_id == Company.id).scalar_subquery()
    notes = select(func.count(Activity.id)).where(Activity.prospect_id == Prospect.id).scalar_subquery()
    rows = session.execute(
        select(
            Company.id.label("company_id"),
            Prospect.id.label("prospect_id"),
            Company.name,
            Company.domain,
            Company.country,
            Prospect.stage,
            User.name.label("owner"),
            contacts.label("contacts"),
            notes.label("notes"),
        )
        .join(Prospect, Prospect.company_id == Company.id)
        .outerjoin(User, User.id == Prospect.owner_id)
        .where(Prospect.id.in_(prospect_ids))
    )
    return {row.prospect_id: Twin(**row._mapping) for row in rows}


def merges_of(session: Session, program_id: int, *, limit: int = 20) -> list[MergeLine]:
    """Return the merges that were made in a program, the newest first."""
    rows = session.execute(
        select(Merge, Company.name, Prospect.id, User.name)
        .join(Company, Company.id == Merge.kept_id)
        .outerjoin(Prospect, (Prospect.company_id == Merge.kept_id) & (Prospect.program_id == program_id))
        .outerjoin(User, User.id == Merge.by_user_id)
        .where(Merge.program_id == program_id)
        .order_by(Merge.id.desc())
        .limit(limit)
    )
    return [
        MergeLine(
            id=merge.id,
            kept_name=name,
            gone_name=merge.gone_name,
            prospect_id=prospect_id,
            by=by,
            at=merge.at,
            undone_at=merge.undone_at,
        )
        for merge, name, prospect_id, by in rows
    ]
