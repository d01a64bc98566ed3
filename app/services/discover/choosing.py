"""Bring the chosen candidates into the program, with a fixed number of statements however many they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.languages import gettext as _
from app.models import (
    Company,
    Discovery,
    DiscoveryCandidate,
    FitState,
    Membership,
    MoveEvent,
    Prospect,
    Stage,
    StageChange,
    User,
)
from app.queries.merges import standing_companies
from app.services.assigning.giving import choose_owners, note_given
from app.services.audit import record_audit
from app.services.companies import find_or_add_company
from app.services.errors import InvalidInput
from app.services.imports.bulk import request_crawls
from app.services.prospects import NewProspect, add_prospect, find_prospect, last_rank
from app.services.ranks import rank_between

PASTED_LABEL = "pasted list"


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the chosen candidates: new prospects, those that were there, those that may not come in."""

    added: int
    known: int
    refused: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """What all prospects of one import have in common."""

    discovery: Discovery
    source: str
    owner_id: int | None
    by_user_id: int | None

    @property
    def program_id(self) -> int:
        return self.discovery.program_id


def import_candidates(
    session: Session, discovery: Discovery, chosen: Iterable[int], *, owner_id: int | None, by_user_id: int | None
) -> Imported:
    """Make prospects of the chosen candidates, each with the source, the page and the line it was found in.

    Raises InvalidInput where none is chosen, or where the owner does not work in the program.
    """
    wanted = set(chosen)
    if owner_id is not None:
        _check_owner(session, discovery.program_id, owner_id)
    candidates = _candidates(session, discovery.id, wanted)
    if not candidates:
        raise InvalidInput({"candidate": _("Choose at least one company first.")})
    opted_out = _opted_out(session, candidates)
    allowed = [each for each in candidates if not each.skipped and each.domain not in opted_out]
    entry = _Entry(discovery, source_of(discovery), owner_id, by_user_id)
    try:
        with session.begin_nested():
            added = _add_all(session, entry, allowed)
    except IntegrityError:
        # Somebody added one of them a moment ago: one by one, each through the way that finds it.
        session.refresh(discovery)
        added = sum(_add_one(session, entry, each) for each in allowed)
    result = Imported(added, len(allowed) - added, len(candidates) - len(allowed))
    record_audit(
        session,
        "discovery.imported",
        subject=f"discovery:{discovery.id}",
        actor_id=by_user_id,
        program_id=discovery.program_id,
        details={"added": result.added, "known": result.known, "refused": result.refused, "owner_id": owner_id},
    )
    return result


def source_of(discovery: Discovery) -> str:
    """Return what a prospect's source says: `Discover: example.com/best-agencies`."""
    label = discovery.address.partition("://")[2].rstrip("/") or discovery.title or PASTED_LABEL
    return f"Discover: {label}"[:200]


def _check_owner(session: Session, program_id: int, owner_id: int) -> None:
    member = session.scalar(
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.program_id == program_id, User.id == owner_id, User.is_active)
    )
    if member is None:
        raise InvalidInput({"owner_id": _("This person does not work in the program. Choose somebody who does.")})


def _candidates(session: Session, discovery_id: int, wanted: set[int]) -> list[DiscoveryCandidate]:
    rows = session.scalars(
        select(DiscoveryCandidate)
        .where(DiscoveryCandidate.discovery_id == discovery_id)
        .order_by(DiscoveryCandidate.position)
    )
    return [row for row in rows if row.id in wanted]


def _opted_out(session: Session, candidates: Sequence[DiscoveryCandidate]) -> set[str]:
    domains = [each.domain for each in candidates]
    return set(
        session.scalars(select(Company.domain).where(Company.domain.in_(domains), Company.opted_out_at.is_not(None)))
    )


def _add_all(session: Session, entry: _Entry, candidates: Sequence[DiscoveryCandidate]) -> int:
    """Add companies, prospects and their first stage in bulk; return how many prospects are new."""
    companies = _companies(session, candidates)
    known = dict(
        session.execute(
            select(Prospect.company_id, Prospect.id).where(
                Prospect.program_id == entry.program_id,
                Prospect.company_id.in_([company.id for company in companies.values()]),
            )
        ).all()
    )
    fresh = [each for each in candidates if companies[each.domain].id not in known]
    known |= _add_prospects(session, entry, [(each, companies[each.domain]) for each in fresh])
    for each in candidates:
        each.prospect_id = known[companies[each.domain].id]
    for each in fresh:
        each.is_added = True
    session.flush()
    return len(fresh)


def _companies(session: Session, candidates: Sequence[DiscoveryCandidate]) -> dict[str, Company]:
    domains = [each.domain for each in candidates]
    found = {each.domain: each for each in session.scalars(select(Company).where(Company.domain.in_(domains)))}
    missing = [each for each in candidates if each.domain not in found]
    if missing:
        session.execute(
            insert(Company),
            [{"domain": each.domain, "name": each.name, "website": _home_of(each)} for each in missing],
        )
        found |= {
            each.domain: each
            for each in session.scalars(select(Company).where(Company.domain.in_([one.domain for one in missing])))
        }
    for each in candidates:
        if found[each.domain].name == each.domain:
            found[each.domain].name = each.name
    session.flush()
    return standing_companies(session, found)


def _add_prospects(
    session: Session, entry: _Entry, wanted: Sequence[tuple[DiscoveryCandidate, Company]]
) -> dict[int, int]:
    if not wanted:
        return {}
    arriving = [company for _, company in wanted] if entry.owner_id is None else []
    choices = choose_owners(session, entry.program_id, arriving, source=entry.source)
    rank = last_rank(session, entry.program_id, Stage.SOURCED)
    rows = []
    for candidate, company in wanted:
        rank = rank_between(rank, None)
        is_read = company.read_at is not None
        rows.append(
            {
                "program_id": entry.program_id,
                "company_id": company.id,
                "stage": Stage.SOURCED,
                "stage_since_at": now(),
                "rank": rank,
                "owner_id": choices[company.id].owner_id if company.id in choices else entry.owner_id,
                "source": entry.source,
                "extra": provenance_of(candidate),
                "fit_state": FitState.WAITING if is_read else FitState.UNREAD,
                "fit_requested_at": now() if is_read else None,
            }
        )
    ids = dict(session.execute(insert(Prospect).returning(Prospect.company_id, Prospect.id), rows).all())
    session.execute(insert(StageChange), [_first_stage(entry, prospect_id) for prospect_id in ids.values()])
    note_given(session, entry.program_id, {ids[each]: choice for each, choice in choices.items()})
    unread = [company.id for _, company in wanted if company.read_at is None]
    request_crawls(session, unread, requested_by_id=entry.by_user_id)
    if len(unread) < len(wanted):
        dispatch_after_commit(session, Job.DRAIN_FIT)
    return ids


def _first_stage(entry: _Entry, prospect_id: int) -> dict[str, object]:
    return {
        "prospect_id": prospect_id,
        "from_stage": None,
        "to_stage": Stage.SOURCED,
        "event": MoveEvent.IMPORTED,
        "by_user_id": entry.by_user_id,
        "reason": entry.source,
    }


def _add_one(session: Session, entry: _Entry, candidate: DiscoveryCandidate) -> bool:
    company = find_or_add_company(session, domain=candidate.domain, name=candidate.name, website=_home_of(candidate))
    session.flush()
    known = find_prospect(session, entry.program_id, company.id)
    prospect = known or add_prospect(
        session,
        NewProspect(
            program_id=entry.program_id,
            company_id=company.id,
            source=entry.source,
            owner_id=entry.owner_id,
            extra=provenance_of(candidate),
            added_by_id=entry.by_user_id,
        ),
    )
    candidate.prospect_id, candidate.is_added = prospect.id, known is None
    return known is None


def provenance_of(candidate: DiscoveryCandidate) -> dict[str, str]:
    """Return where a candidate was found, as the prospect page shows it: the page and the line."""
    found = {"Found on": candidate.found_on if "://" in candidate.found_on else "", "In the words": candidate.context}
    return {heading: words for heading, words in found.items() if words}


def _home_of(candidate: DiscoveryCandidate) -> str:
    """A list links to anything; reading starts at the front door of the host it links to."""
    parts = urlsplit(candidate.url)
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else f"https://{candidate.domain}/"
