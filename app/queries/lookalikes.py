"""Companies most like a chosen one, of everything that was read for any program, with the passages that show it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Company, CompanyDigest, Prospect, Stage
from app.queries.review_next import newest_rules
from app.queries.site_evidence import NOT_ENOUGH, load_evidence
from scoring.background import center
from scoring.lookalikes import LookAlike, PassagePair, find_lookalikes
from scoring.receipt import thaw_rules
from scoring.silence import reason_for_silence
from scoring.view import SiteView, view_site

SHOWN = 10
# More than are shown are looked at closely: some turn out to have no text that can be judged.
CLOSER_LOOK = 24
MOST_COMPANIES = 50_000
LEAST_ALIKE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLookAlike:
    """A company like the chosen one; `prospect_id` and `stage` are None where it is not in this program yet."""

    company_id: int
    name: str
    domain: str
    alike_percent: int
    pairs: tuple[PassagePair, ...]
    prospect_id: int | None
    stage: Stage | None
    score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAlikes:
    """The look-alikes of a company, best first; `why_none` says in words why there are none."""

    found: tuple[ShownLookAlike, ...] = ()
    compared: int = 0
    why_none: str = ""


def look_alikes(session: Session, program_id: int, company_id: int, *, limit: int = SHOWN) -> LookAlikes:
    """Return the companies that read most like one; stored vectors are compared, no model is needed."""
    rules = newest_rules(session, program_id)
    own = session.get(CompanyDigest, company_id)
    if rules is None or own is None or own.model_id != rules.embedding_model:
        return LookAlikes(
            why_none=_("Its site has no text to compare yet. Look-alikes come once it was read and scored.")
        )
    background: NDArray[np.float32] = thaw_rules(rules.content).mean
    others = _others(session, own)
    if not others:
        return LookAlikes(why_none=_("No other company was read yet."))
    nearest = _nearest(own, others, background)
    views = _views(session, [company_id, *nearest], rules.embedding_model, background)
    chosen = views.pop(company_id, None)
    if chosen is None:
        return LookAlikes(why_none=_("Its site has too little text to compare."), compared=len(others))
    alike = find_lookalikes(chosen, list(views.values()), limit=limit)
    ids = {view.site.domain: key for key, view in views.items()}
    known = _in_program(session, program_id, list(views))
    found = tuple(_shown(ids[one.domain], one, known) for one in alike if one.similarity > LEAST_ALIKE)
    why_none = "" if found else _("Nothing that was read is like it.")
    return LookAlikes(found=found, compared=len(others), why_none=why_none)


def _others(session: Session, own: CompanyDigest) -> list[tuple[int, bytes]]:
    """Return company ids and mean vectors of everything else that was read with the same model."""
    rows = session.execute(
        select(CompanyDigest.company_id, CompanyDigest.mean)
        .join(Company, Company.id == CompanyDigest.company_id)
        .where(
            CompanyDigest.model_id == own.model_id,
            CompanyDigest.company_id != own.company_id,
            Company.opted_out_at.is_(None),
            Company.crawl_outcome.not_in([outcome.value for outcome in NOT_ENOUGH]),
        )
        .order_by(CompanyDigest.company_id)
        .limit(MOST_COMPANIES)
    )
    return [(row.company_id, row.mean) for row in rows]


def _nearest(own: CompanyDigest, others: list[tuple[int, bytes]], background: NDArray[np.float32]) -> list[int]:
    means = np.stack([np.frombuffer(mean, dtype="<f4") for mean in (own.mean, *(mean for _, mean in others))])
    whole = center(means, background)
    best = np.argsort(-(whole[1:] @ whole[0]), kind="stable")[:CLOSER_LOOK]
    return [others[place][0] for place in best]


def _views(
    session: Session, company_ids: list[int], model_id: str, background: NDArray[np.float32]
) -> dict[int, SiteView]:
    """Return those companies, in the order given, that have enough text to be judged."""
    evidence = load_evidence(session, company_ids, model_id=model_id)
    sites = {key: evidence[key].site for key in company_ids if key in evidence}
    return {
        key: view_site(site, site.vectors, mean=background)
        for key, site in sites.items()
        if site.vectors is not None and reason_for_silence(site, model_id=model_id) is None
    }


_Known = dict[int, tuple[str, int | None, Stage | None, float | None]]


def _in_program(session: Session, program_id: int, company_ids: list[int]) -> _Known:
    rows = session.execute(
        select(Company.id, Company.name, Prospect.id, Prospect.stage, Prospect.fit_score)
        .outerjoin(Prospect, (Prospect.company_id == Company.id) & (Prospect.program_id == program_id))
        .where(Company.id.in_(company_ids))
    )
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}


def _shown(company_id: int, alike: LookAlike, known: _Known) -> ShownLookAlike:
    name, prospect_id, stage, score = known[company_id]
    return ShownLookAlike(
        company_id=company_id,
        name=name,
        domain=alike.domain,
        alike_percent=round(100 * max(0.0, alike.similarity)),
        pairs=alike.pairs,
        prospect_id=prospect_id,
        stage=stage,
        score=score,
    )
