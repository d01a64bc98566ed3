"""The facts that risk flags are computed from, for a screen of applications in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import (
    OPEN_APPLICATION_STATES,
    Application,
    Company,
    CrawlState,
    Decision,
    DecisionOutcome,
    Enrollment,
    Page,
    ProgramTerms,
    Prospect,
    Signal,
)
from app.models.domain_age import AgeOutcome, DomainAge
from app.models.stage import PARTNER_STAGES

_SIGNALS = ("parked", "adult", "gambling", "coupons", "affiliate_link", "affiliate_disclosure")


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskFacts:
    """What flags are computed from: `signals` maps a signal's name to its quote, `terms` is the text they accepted."""

    email: str
    domain: str
    was_known: bool
    is_partner: bool
    open_elsewhere: int
    declined_before: int
    came_for_domain: str
    site_problem: str
    signals: Mapping[str, str]
    # A page on another domain, where nothing that was read stands on their own; else "".
    leads_to: str = ""
    terms: str = ""
    # Days between the registration of the domain and the application; None where it is not known, with why.
    age_days: int | None = None
    registered_on: date | None = None
    age_unknown: str = ""
    is_age_pending: bool = False


def risk_facts(session: Session, application_ids: Sequence[int]) -> dict[int, RiskFacts]:
    """Return the facts of each application by its id."""
    applications = session.scalars(select(Application).where(Application.id.in_(application_ids))).all()
    prospect_ids = [each.prospect_id for each in applications if each.prospect_id]
    rows = session.execute(
        select(Prospect, Company).join(Company, Company.id == Prospect.company_id).where(Prospect.id.in_(prospect_ids))
    ).all()
    prospects = {prospect.id: (prospect, company) for prospect, company in rows}
    companies = [company.id for _, company in prospects.values()]
    signals, foreign = _signals(session, companies), _foreign_pages(session, companies)
    open_ids = _open_ids(session, prospect_ids)
    declines = _declines(session, prospect_ids)
    came_for = _came_for(session, applications)
    terms = _terms(session, {each.terms_id for each in applications})
    ages = _ages(session, {each.domain for each in applications})
    found = {}
    for each in applications:
        age = ages.get(each.domain)
        prospect, company = prospects.get(each.prospect_id or 0, (None, None))
        found[each.id] = RiskFacts(
            email=each.email,
            domain=each.domain,
            was_known=each.was_known,
            is_partner=bool(prospect and prospect.stage in PARTNER_STAGES) and each.state in OPEN_APPLICATION_STATES,
            open_elsewhere=len(open_ids[each.prospect_id or 0] - {each.id}),
            declined_before=declines[each.prospect_id or 0] - _own_decline(each),
            came_for_domain=came_for.get(each.id, ""),
            site_problem=_site_problem(company),
            signals=signals[company.id] if company else {},
            leads_to=foreign.get(company.id, "") if company else "",
            terms=terms.get(each.terms_id, ""),
            age_days=(each.submitted_at.date() - age.registered_on).days if age and age.registered_on else None,
            registered_on=age.registered_on if age else None,
            age_unknown=_age_unknown(age),
            is_age_pending=age is not None and age.outcome is AgeOutcome.WAITING,
        )
    return found


def _own_decline(application: Application) -> int:
    """Return 1 where the application itself was declined by a decision, which is no history of it."""
    return int(application.state.value == "declined" and application.decision_id is not None)


def _site_problem(company: Company | None) -> str:
    if company is None or company.crawl_state is not CrawlState.FAILED:
        return ""
    why = company.crawl_outcome.replace("_", " ") or _("the reason is not known")
    return _("The site could not be read: %(why)s.", why=why)


def _ages(session: Session, domains: set[str]) -> dict[str, DomainAge]:
    return {row.domain: row for row in session.scalars(select(DomainAge).where(DomainAge.domain.in_(domains)))}


def _age_unknown(age: DomainAge | None) -> str:
    if age is None:
        return _("Nobody has asked its registry yet.")
    if age.outcome is AgeOutcome.WAITING:
        return _("Its registry is being asked.")
    return age.detail


def _signals(session: Session, company_ids: list[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = defaultdict(dict)
    query = select(Signal.company_id, Signal.name, Signal.quote).where(
        Signal.company_id.in_(company_ids), Signal.name.in_(_SIGNALS)
    )
    for company_id, name, quote in session.execute(query):
        found[company_id].setdefault(name, (quote or "")[:200])
    return found


def _foreign_pages(session: Session, company_ids: list[int]) -> dict[int, str]:
    """Return a page of the other domain for each company whose site leads away: nothing was read on its own."""
    is_own = case((Page.url.contains(Company.domain), 1), else_=0)
    query = (
        select(Page.company_id, func.min(Page.url))
        .join(Company, Company.id == Page.company_id)
        .where(Page.company_id.in_(company_ids))
        .group_by(Page.company_id)
        .having(func.max(is_own) == 0)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _terms(session: Session, ids: set[int]) -> dict[int, str]:
    rows = session.execute(select(ProgramTerms.id, ProgramTerms.text).where(ProgramTerms.id.in_(ids)))
    return {row.id: row.text for row in rows}


def _open_ids(session: Session, prospect_ids: list[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    query = select(Application.prospect_id, Application.id).where(
        Application.prospect_id.in_(prospect_ids), Application.state.in_(OPEN_APPLICATION_STATES)
    )
    for prospect_id, application_id in session.execute(query):
        found[prospect_id or 0].add(application_id)
    return found


def _declines(session: Session, prospect_ids: list[int]) -> dict[int, int]:
    counts: dict[int, int] = defaultdict(int)
    query = (
        select(Decision.prospect_id, func.count())
        .where(Decision.prospect_id.in_(prospect_ids), Decision.outcome == DecisionOutcome.DECLINE)
        .group_by(Decision.prospect_id)
    )
    for prospect_id, count in session.execute(query):
        counts[prospect_id] = count
    return counts


def _came_for(session: Session, applications: Sequence[Application]) -> dict[int, str]:
    """Return for each application that came by a mailed link the domain the mail was written to."""
    sources = {
        each.id: int(each.source.partition(":")[2]) for each in applications if each.source.startswith("sequence:")
    }
    query = (
        select(Enrollment.id, Company.domain)
        .join(Prospect, Prospect.id == Enrollment.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(Enrollment.id.in_(sources.values()))
    )
    domains = {row.id: row.domain for row in session.execute(query)}
    return {key: domains[enrollment_id] for key, enrollment_id in sources.items() if enrollment_id in domains}
