"""Risk flags of an application: facts a reviewer should not miss, each low, medium or high. None decides anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from app.languages import counted, long_day, mark
from app.languages import gettext as _
from app.queries.application_risk import RiskFacts, risk_facts
from app.services.imports.shared_hosts import is_shared_mail_domain
from app.services.retelling import retold
from app.services.terms_checks import BrokenTerm, broken_terms
from scrapers.domains import DomainError, normalize_domain


class Risk(StrEnum):
    """How much a flag should worry."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def label(self) -> str:
        """Return the level as people read it."""
        return {"low": mark("low"), "medium": mark("medium"), "high": mark("high")}[self.value]


@dataclass(frozen=True, slots=True)
class RiskFlag:
    """One fact: its name, how much it should worry, and what it is in a sentence.

    `is_missing` where it only says that something is not known: that keeps no application from a rule, unless it
    `is_pending` and will be known in a moment.
    """

    name: str
    risk: Risk
    label: str
    detail: str
    is_missing: bool = False
    is_pending: bool = False


# Signals of the site that a program seldom wants, as scrapers.signals names them.
_SITE_FLAGS = {
    "parked": (Risk.HIGH, mark("Parked site")),
    "adult": (Risk.HIGH, mark("Adult site")),
    "gambling": (Risk.HIGH, mark("Gambling")),
    "coupons": (Risk.MEDIUM, mark("Coupon site")),
}
# Sites made for one offer, and names taken over for their past, are young when they apply. In days.
YOUNG_DAYS, VERY_YOUNG_DAYS = 180, 30
_ORDER = (Risk.HIGH, Risk.MEDIUM, Risk.LOW)


def flags_of(session: Session, application_ids: Sequence[int]) -> dict[int, tuple[RiskFlag, ...]]:
    """Return the flags of each application by its id."""
    return {key: risk_flags(facts) for key, facts in risk_facts(session, application_ids).items()}


def risk_flags(facts: RiskFacts) -> tuple[RiskFlag, ...]:
    """Return the flags of an application, the worst first."""
    found = [*_address_flags(facts), *_company_flags(facts), *_site_flags(facts), *_age_flags(facts)]
    return tuple(sorted(found, key=lambda flag: _ORDER.index(flag.risk)))


def worst(flags: tuple[RiskFlag, ...]) -> Risk:
    """Return the level of the worst flag; without one it is low."""
    return flags[0].risk if flags else Risk.LOW


def _address_flags(facts: RiskFacts) -> list[RiskFlag]:
    try:
        mail_domain = normalize_domain(facts.email)
    except DomainError:
        mail_domain = facts.email.rpartition("@")[2]
    if mail_domain == facts.domain:
        return []
    if is_shared_mail_domain(mail_domain):
        detail = _(
            "%(host)s gives addresses to anybody, so the address does not prove %(domain)s.",
            host=mail_domain,
            domain=facts.domain,
        )
        return [RiskFlag("free_mail", Risk.MEDIUM, _("Free-mail address"), detail)]
    detail = _("The address is at %(host)s, the site at %(domain)s.", host=mail_domain, domain=facts.domain)
    return [RiskFlag("site_mismatch", Risk.MEDIUM, _("Site mismatch"), detail)]


def _company_flags(facts: RiskFacts) -> list[RiskFlag]:
    found = []
    if facts.is_partner:
        detail = _("The company is a partner of this program already.")
        found.append(RiskFlag("partner", Risk.HIGH, _("Partner already"), detail))
    elif facts.open_elsewhere:
        detail = counted(
            "%(num)s more from the same company wait in this program.",
            "%(num)s more from the same company wait in this program.",
            facts.open_elsewhere,
        )
        found.append(RiskFlag("duplicate", Risk.MEDIUM, _("Duplicate"), detail))
    elif facts.was_known:
        detail = _("The company was on the board before it applied.")
        found.append(RiskFlag("known", Risk.LOW, _("Known prospect"), detail))
    if facts.declined_before:
        detail = _("The company was declined here before; its history says why.")
        found.append(RiskFlag("declined_before", Risk.MEDIUM, _("Declined before"), detail))
    if facts.came_for_domain and facts.came_for_domain != facts.domain:
        detail = _("The link was mailed to %(domain)s; somebody passed it on.", domain=facts.came_for_domain)
        found.append(RiskFlag("forwarded", Risk.LOW, _("Forwarded link"), detail))
    return found


def _site_flags(facts: RiskFacts) -> list[RiskFlag]:
    found = [
        RiskFlag(name, risk, _(label), _read_on_site(facts.signals[name]) or _(label))
        for name, (risk, label) in _SITE_FLAGS.items()
        if name in facts.signals
    ]
    for broken in broken_terms(facts.terms, facts.signals):
        found.append(_terms_flag(broken))
    if facts.leads_to:
        detail = _(
            "%(domain)s leads to %(other)s; what was read stands there, not here.",
            domain=facts.domain,
            other=urlsplit(facts.leads_to).hostname,
        )
        found.append(RiskFlag("leads_elsewhere", Risk.MEDIUM, _("Site leads elsewhere"), detail))
    if facts.site_problem:
        found.append(RiskFlag("unreadable", Risk.MEDIUM, _("Site not readable"), facts.site_problem))
    return found


def _age_flags(facts: RiskFacts) -> list[RiskFlag]:
    if facts.age_days is None or facts.registered_on is None:
        why = retold(facts.age_unknown) or _("it is not known.")
        detail = f"{facts.domain}: {why}"
        is_pending = facts.is_age_pending
        return [
            RiskFlag("age_unknown", Risk.LOW, _("Domain age unknown"), detail, is_missing=True, is_pending=is_pending)
        ]
    if facts.age_days >= YOUNG_DAYS:
        return []
    days = max(0, facts.age_days)
    detail = counted(
        "%(domain)s is registered since %(since)s: %(num)s day before they applied.",
        "%(domain)s is registered since %(since)s: %(num)s days before they applied.",
        days,
        domain=facts.domain,
        since=long_day(facts.registered_on),
    )
    risk = Risk.HIGH if days < VERY_YOUNG_DAYS else Risk.MEDIUM
    return [RiskFlag("young_domain", risk, _("Young domain"), detail)]


def _read_on_site(quote: str) -> str:
    return _("Read on the site: %(quote)s", quote=quote) if quote else ""


def _terms_flag(broken: BrokenTerm) -> RiskFlag:
    on_site = f"“{broken.on_site}”" if broken.on_site else _("the same")
    if broken.is_shown:
        detail = _(
            "They accepted “%(sentence)s”, and the site shows %(on_site)s.", sentence=broken.sentence, on_site=on_site
        )
        return RiskFlag("terms_broken", Risk.HIGH, _("Terms already broken"), detail)
    detail = _(
        "They accepted “%(sentence)s”; the site has affiliate links (%(on_site)s), and we read no disclosure.",
        sentence=broken.sentence,
        on_site=on_site,
    )
    return RiskFlag("terms_broken", Risk.MEDIUM, _("Terms already broken"), detail)
