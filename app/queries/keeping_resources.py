"""Resources of a program with their newest version, and how often partners fetched them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from app.models import Company, Partnership, Prospect, Resource, ResourceKind, ResourceUse, ResourceVersion, User
from app.queries.keeping_touch import tier_key

SCREEN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRow:
    """A resource as lists show it, with its newest version."""

    id: int
    kind: ResourceKind
    title: str
    about: str
    tiers: tuple[str, ...]
    is_archived: bool
    number: int
    url: str
    filename: str
    size_bytes: int
    updated_at: datetime
    downloads: int = 0
    partners: int = 0

    @property
    def size_kb(self) -> int:
        """Return the size of a file in whole kilobytes, rounded up."""
        return (self.size_bytes + 1023) // 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """One version of a resource, with how often it was fetched."""

    id: int
    number: int
    url: str
    filename: str
    size_bytes: int
    note: str
    who: str
    created_at: datetime
    downloads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UseRow:
    """How often one partner fetched a resource in all its versions."""

    partnership_id: int
    company: str
    tier: str
    downloads: int
    last_at: datetime


def may_see(tiers: Sequence[str], tier: str) -> bool:
    """Say whether a partner of a tier may see what is for these tiers; none named means everybody."""
    return not tiers or tier_key(tier) in {tier_key(each) for each in tiers}


def resources_of(session: Session, program_id: int) -> tuple[ResourceRow, ...]:
    """Return a program's resources, those put away last, with how often they were fetched by how many partners."""
    uses = (
        select(
            ResourceVersion.resource_id,
            func.sum(ResourceUse.downloads).label("downloads"),
            func.count(ResourceUse.partnership_id.distinct()).label("partners"),
        )
        .join(ResourceVersion, ResourceVersion.id == ResourceUse.version_id)
        .join(Resource, Resource.id == ResourceVersion.resource_id)
        .where(Resource.program_id == program_id)
        .group_by(ResourceVersion.resource_id)
        .subquery()
    )
    rows = session.execute(
        select(Resource, ResourceVersion, uses.c.downloads, uses.c.partners)
        .join(ResourceVersion, ResourceVersion.resource_id == Resource.id)
        .outerjoin(uses, uses.c.resource_id == Resource.id)
        .where(Resource.program_id == program_id, ResourceVersion.number == _newest())
        .order_by(Resource.archived_at.is_not(None), func.lower(Resource.title), Resource.id)
    )
    return tuple(_row(*row) for row in rows)


def resources_for(session: Session, partnership: Partnership) -> tuple[ResourceRow, ...]:
    """Return what a partner may see now: of their program, in force, of their tier or of every tier."""
    rows = session.execute(
        select(Resource, ResourceVersion)
        .join(ResourceVersion, ResourceVersion.resource_id == Resource.id)
        .where(
            Resource.program_id == partnership.program_id,
            Resource.archived_at.is_(None),
            ResourceVersion.number == _newest(),
        )
        .order_by(func.lower(Resource.title), Resource.id)
    )
    return tuple(_row(resource, version) for resource, version in rows if may_see(resource.tiers, partnership.tier))


def versions_of(session: Session, resource_id: int) -> tuple[VersionRow, ...]:
    """Return a resource's versions, the newest first."""
    rows = session.execute(
        select(ResourceVersion, User.name, func.coalesce(func.sum(ResourceUse.downloads), 0))
        .outerjoin(User, User.id == ResourceVersion.created_by_id)
        .outerjoin(ResourceUse, ResourceUse.version_id == ResourceVersion.id)
        .where(ResourceVersion.resource_id == resource_id)
        .group_by(ResourceVersion.id, User.name)
        .order_by(ResourceVersion.number.desc())
    )
    return tuple(
        VersionRow(
            id=version.id,
            number=version.number,
            url=version.url,
            filename=version.filename,
            size_bytes=version.size_bytes,
            note=version.note,
            who=name or "",
            created_at=version.created_at,
            downloads=downloads,
        )
        for version, name, downloads in rows
    )


def uses_of(session: Session, resource_id: int) -> tuple[UseRow, ...]:
    """Return which partners fetched a resource, the most recent first; at most SCREEN."""
    last_at = func.max(ResourceUse.last_at)
    rows = session.execute(
        select(Partnership.id, Company.name, Partnership.tier, func.sum(ResourceUse.downloads), last_at)
        .select_from(ResourceUse)
        .join(ResourceVersion, ResourceVersion.id == ResourceUse.version_id)
        .join(Partnership, Partnership.id == ResourceUse.partnership_id)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(ResourceVersion.resource_id == resource_id)
        .group_by(Partnership.id, Company.name, Partnership.tier)
        .order_by(last_at.desc(), Partnership.id)
        .limit(SCREEN)
    )
    return tuple(
        UseRow(partnership_id=partnership_id, company=company, tier=tier, downloads=downloads, last_at=fetched_at)
        for partnership_id, company, tier, downloads, fetched_at in rows
    )


def fetched_by(session: Session, partnership_id: int) -> int:
    """Return how often a partner fetched anything."""
    query = select(func.sum(ResourceUse.downloads)).where(ResourceUse.partnership_id == partnership_id)
    return session.scalar(query) or 0


def _newest() -> ScalarSelect[int]:
    return (
        select(func.max(ResourceVersion.number))
        .where(ResourceVersion.resource_id == Resource.id)
        .correlate(Resource)
        .scalar_subquery()
    )


def _row(
    resource: Resource, version: ResourceVersion, downloads: int | None = 0, partners: int | None = 0
) -> ResourceRow:
    return ResourceRow(
        id=resource.id,
        kind=resource.kind,
        title=resource.title,
        about=resource.about,
        tiers=tuple(resource.tiers),
        is_archived=resource.archived_at is not None,
        number=version.number,
        url=version.url,
        filename=version.filename,
        size_bytes=version.size_bytes,
        updated_at=version.created_at,
        downloads=downloads or 0,
        partners=partners or 0,
    )
