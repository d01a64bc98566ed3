"""The Discover screens: earlier discoveries, one discovery's candidates with a verdict each."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import mark
from app.models import (
    Company,
    Competitor,
    Discovery,
    DiscoveryCandidate,
    DiscoveryState,
    Prospect,
    Stage,
    User,
)
from app.queries.links import outside_link, shown_address


class CandidateVerdict(StrEnum):
    """What is known of a candidate at the moment it is looked at."""

    NEW = "new"
    KNOWN = "known"
    COMPETITOR = "competitor"
    IN_PROGRAM = "in_program"
    ADDED = "added"
    OPTED_OUT = "opted_out"
    SKIPPED = "skipped"


MAY_BE_CHOSEN = frozenset({CandidateVerdict.NEW, CandidateVerdict.KNOWN, CandidateVerdict.COMPETITOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateLine:
    """One candidate as the preview shows it; `stage` and `prospect_id` where it is in the program."""

    id: int
    domain: str
    name: str
    url: str
    found_on: str
    context: str
    verdict: CandidateVerdict
    reason: str
    stage: Stage | None
    prospect_id: int | None

    @property
    def may_be_chosen(self) -> bool:
        """Whether it can be brought in."""
        return self.verdict in MAY_BE_CHOSEN

    @property
    def found_on_href(self) -> str | None:
        """A link to the page it was found on; None for a pasted list."""
        return outside_link(self.found_on)


@dataclass(frozen=True, slots=True)
class DiscoveryLine:
    """One earlier discovery: what was looked through, by whom, and what came of it."""

    id: int
    address: str
    title: str
    state: DiscoveryState
    found_count: int
    added_count: int
    created_by: str
    created_at: datetime

    @property
    def label(self) -> str:
        """What it is called: its title, else its address."""
        return self.title or shown_address(self.address) or _("Pasted list")


@dataclass(frozen=True, slots=True)
class DiscoveryView:
    """One discovery with its candidates, companies first in the order of the source."""

    discovery: Discovery
    created_by: str
    candidates: list[CandidateLine]

    @property
    def label(self) -> str:
        """What it is called: its title, else its address."""
        return self.discovery.title or shown_address(self.discovery.address) or _("Pasted list")

    def count(self, *verdicts: CandidateVerdict) -> int:
        """Return how many candidates have one of these verdicts."""
        return sum(each.verdict in verdicts for each in self.candidates)

    @property
    def choosable(self) -> int:
        """Return how many candidates can be brought in."""
        return self.count(*MAY_BE_CHOSEN)


def list_discoveries(session: Session, program_id: int, *, limit: int = 50) -> list[DiscoveryLine]:
    """Return the newest discoveries of a program."""
    added = (
        select(func.count())
        .where(
            DiscoveryCandidate.discovery_id == Discovery.id,
            DiscoveryCandidate.is_added,
            DiscoveryCandidate.prospect_id.is_not(None),
        )
        .correlate(Discovery)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Discovery.id,
            Discovery.address,
            Discovery.title,
            Discovery.state,
            Discovery.found_count,
            added,
            func.coalesce(User.name, "Scoutboard"),
            Discovery.created_at,
        )
        .outerjoin(User, User.id == Discovery.created_by_id)
        .where(Discovery.program_id == program_id)
        .order_by(Discovery.id.desc())
        .limit(limit)
    )
    return [DiscoveryLine(*row) for row in rows]


def discovery_view(session: Session, discovery: Discovery) -> DiscoveryView:
    """Return a discovery with a verdict on each candidate as things stand now, in two queries."""
    creator = session.get(User, discovery.created_by_id) if discovery.created_by_id else None
    rows = session.execute(
        select(DiscoveryCandidate, Company.id, Company.opted_out_at, Prospect.id, Prospect.stage, Competitor.id)
        .outerjoin(Company, Company.domain == DiscoveryCandidate.domain)
        .outerjoin(Prospect, and_(Prospect.company_id == Company.id, Prospect.program_id == discovery.program_id))
        .outerjoin(
            Competitor,
            and_(Competitor.domain == DiscoveryCandidate.domain, Competitor.program_id == discovery.program_id),
        )
        .where(DiscoveryCandidate.discovery_id == discovery.id)
        .order_by(DiscoveryCandidate.position)
    )
    return DiscoveryView(discovery, creator.name if creator else "Scoutboard", [_line(row) for row in rows])


def _line(row: Row[*tuple[Any, ...]]) -> CandidateLine:
    candidate, company_id, opted_out_at, prospect_id, stage, competitor_id = row
    verdict, reason = CandidateVerdict.NEW, ""
    if candidate.skipped:
        verdict, reason = CandidateVerdict.SKIPPED, candidate.skipped
    elif prospect_id is not None:
        is_ours = candidate.is_added and candidate.prospect_id == prospect_id
        verdict = CandidateVerdict.ADDED if is_ours else CandidateVerdict.IN_PROGRAM
    elif opted_out_at is not None:
        verdict, reason = CandidateVerdict.OPTED_OUT, mark("its owner asked us to stay away")
    elif competitor_id is not None:
        verdict, reason = CandidateVerdict.COMPETITOR, mark("named as a competitor of this program")
    elif company_id is not None:
        verdict, reason = CandidateVerdict.KNOWN, mark("Scoutboard has met it before, not in this program")
    return CandidateLine(
        id=candidate.id,
        domain=candidate.domain,
        name=candidate.name,
        url=candidate.url,
        found_on=candidate.found_on,
        context=candidate.context,
        verdict=verdict,
        reason=reason,
        stage=stage,
        prospect_id=prospect_id,
    )
