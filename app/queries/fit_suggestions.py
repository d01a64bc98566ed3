"""What a fit profile could say: sentences of the program's own description, and what its approved partners share."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Company, Decision, DecisionOutcome, Program, Prospect, Stage
from app.queries.site_evidence import load_evidence
from scoring.background import built_in_background
from scoring.embedder import Embedder
from scoring.evidence import SiteEvidence
from scoring.silence import reason_for_silence
from scoring.suggest import MIN_PARTNERS, sentences_of, suggest_topics
from scoring.view import SiteView, view_site

MOST_PARTNERS = 60
MOST_OTHERS = 200
MOST_OWN = 4
_APPROVED = (Stage.APPROVED, Stage.ONBOARDING, Stage.ACTIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedTopic:
    """A topic to consider: its words, whether it speaks for or against, and where it comes from."""

    text: str
    stance: str
    source: str
    companies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedProfile:
    """The suggestions, and from how many read partners and declined companies they come."""

    topics: tuple[SuggestedTopic, ...]
    partners: int
    declined: int
    partners_needed: int = MIN_PARTNERS


def suggested_profile(session: Session, program: Program, *, embedder: Embedder) -> SuggestedProfile:
    """Return topics suggested for a program; nothing is stored."""
    partners, declined, others = _companies(session, program.id)
    sites = load_evidence(session, [*partners, *declined, *others], model_id=embedder.model_id)
    background = built_in_background(embedder)

    def views(ids: Sequence[int]) -> list[SiteView]:
        known = [sites[company_id].site for company_id in ids if company_id in sites]
        return [_view(site, background.mean) for site in known if _is_readable(site, embedder.model_id)]

    good, bad, rest = views(partners), views(declined), views(others)
    wanted = suggest_topics(good, [*bad, *rest], embedder=embedder, background=background)
    avoided = suggest_topics(bad, [*good, *rest], embedder=embedder, background=background)[:2]
    topics = [*_own_words(program)]
    topics += [
        SuggestedTopic(text=found.text, stance="wants", source=found.domain, companies=found.companies)
        for found in wanted
    ]
    topics += [
        SuggestedTopic(text=found.text, stance="avoids", source=found.domain, companies=found.companies)
        for found in avoided
    ]
    return SuggestedProfile(topics=tuple(topics), partners=len(good), declined=len(bad))


def _own_words(program: Program) -> list[SuggestedTopic]:
    """Return sentences of the description; the offer says what a partner gets, which no partner's site says."""
    return [
        SuggestedTopic(text=sentence, stance="wants", source=_("this program’s description"))
        for sentence in sentences_of(program.description)[:MOST_OWN]
    ]


def _companies(session: Session, program_id: int) -> tuple[list[int], list[int], list[int]]:
    """Return company ids: approved partners, declined ones, and others that were read, newest first."""
    rows = session.execute(
        select(Prospect.company_id, Prospect.stage)
        .join(Company, Company.id == Prospect.company_id)
        .where(Prospect.program_id == program_id, Company.read_at.is_not(None))
        .order_by(Prospect.stage_since_at.desc(), Prospect.id)
    ).all()
    declined_ids = set(
        session.scalars(
            select(Prospect.company_id)
            .join(Decision, Decision.prospect_id == Prospect.id)
            .where(Prospect.program_id == program_id, Decision.outcome == DecisionOutcome.DECLINE)
        )
    )
    partners = [row.company_id for row in rows if row.stage in _APPROVED]
    declined = [row.company_id for row in rows if row.stage is Stage.DECLINED and row.company_id in declined_ids]
    named = {*partners, *declined}
    others = [row.company_id for row in rows if row.company_id not in named]
    return partners[:MOST_PARTNERS], declined[:MOST_PARTNERS], others[:MOST_OTHERS]


def _is_readable(site: SiteEvidence, model_id: str) -> bool:
    return site.vectors is not None and reason_for_silence(site, model_id=model_id) is None


def _view(site: SiteEvidence, mean: object) -> SiteView:
    return view_site(site, site.vectors, mean=mean)  # type: ignore[arg-type]
