"""What a decline may rest on: sentences of the applicant's own site and of the program's terms, told word for word."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Application, ProgramTerms, Prospect, Signal
from app.queries.site_quotes import SiteQuote, flagged_quotes, shortened, site_quotes
from app.services.decisions import ReasonCode
from app.services.errors import InvalidInput
from app.services.terms_checks import SHOWN, broken_terms, is_rule, sentences_of

MAX_SENTENCES, _MIN_WORDS = 40, 3
# The signals of a site that speak for a reason.
_SIGNALS_OF: Mapping[str, tuple[str, ...]] = {
    ReasonCode.COUPON_TRAFFIC: ("coupons",),
    ReasonCode.BRAND_RISK: ("adult", "gambling"),
    ReasonCode.TOO_LITTLE_CONTENT: ("parked",),
}


@dataclass(frozen=True, slots=True)
class TermsQuote:
    """A sentence of a version of the terms; `is_broken` where the site was read to go against it."""

    quote: str
    version: int
    is_broken: bool = False

    @property
    def key(self) -> str:
        """Return what a form sends back: it names these very words of this version."""
        return hashlib.sha256(f"terms {self.version}\n{self.quote}".encode()).hexdigest()[:16]


Quote = SiteQuote | TermsQuote


def as_evidence(quote: Quote) -> dict[str, str]:
    """Return a quote as an application keeps it: with the page it stands on, or the version of the terms."""
    if isinstance(quote, TermsQuote):
        return {"quote": quote.quote, "url": "", "terms": str(quote.version)}
    return {"quote": quote.quote, "url": quote.url}


def terms_quotes(
    session: Session, application: Application, *, most: int | None = MAX_SENTENCES
) -> tuple[TermsQuote, ...]:
    """Return sentences of the terms that were accepted, and of those in force, at most so many; two statements.

    What the site was read to go against comes first, then what forbids or asks for something. A sentence that stands
    in both versions is of the one they accepted.
    """
    newest = select(func.max(ProgramTerms.version)).where(ProgramTerms.program_id == application.program_id)
    rows = session.execute(
        select(ProgramTerms.version, ProgramTerms.text)
        .where(
            ProgramTerms.program_id == application.program_id,
            or_(ProgramTerms.id == application.terms_id, ProgramTerms.version == newest.scalar_subquery()),
        )
        .order_by(ProgramTerms.id != application.terms_id)
    )
    signals: dict[str, str] = {}
    read = select(Signal.name, Signal.quote).join(Prospect, Prospect.company_id == Signal.company_id)
    for name, quote in session.execute(read.where(Prospect.id == (application.prospect_id or 0)).order_by(Signal.id)):
        signals.setdefault(name, quote)
    found: dict[str, TermsQuote] = {}
    for version, text in rows:
        for each in _sentences(version, text, signals):
            found.setdefault(each.quote, each)
    return tuple(sorted(found.values(), key=lambda each: (not each.is_broken, not is_rule(each.quote))))[:most]


def ticked_evidence(session: Session, application: Application, keys: Collection[str]) -> list[dict[str, str]]:
    """Return the quotes of these keys as an application keeps them.

    Raises InvalidInput where one is gone: the site was read again, or new terms are in force.
    """
    if not keys:
        return []
    offered: list[Quote] = [*site_quotes(session, application, most=None)]
    offered += terms_quotes(session, application, most=None)
    if not set(keys) <= {each.key for each in offered}:
        raise InvalidInput(
            {"quotes": _("The site was read again meanwhile. Look at what it says now, and tick what still stands.")}
        )
    return [as_evidence(each) for each in offered if each.key in keys]


def found_for_reasons(
    session: Session, applications: Sequence[Application], reason_codes: Collection[str]
) -> dict[int, tuple[Quote, ...]]:
    """Return for each application by its id what speaks for these reasons, the site's words before the terms'.

    Two statements however many they are; an application of which nothing was read to that effect is left out.
    """
    names = [name for code, names in _SIGNALS_OF.items() if code in reason_codes for name in names]
    sites = flagged_quotes(session, [each.id for each in applications], names) if names else {}
    if not sites:
        return {}
    accepted = {each.id: each.terms_id for each in applications}
    rows = session.execute(
        select(ProgramTerms.id, ProgramTerms.version, ProgramTerms.text).where(
            ProgramTerms.id.in_({accepted[key] for key in sites})
        )
    )
    terms = {row.id: (row.version, row.text) for row in rows}
    return {key: tuple(_both(seen, names, *terms[accepted[key]])) for key, seen in sites.items()}


def _both(seen: Mapping[str, SiteQuote], names: Sequence[str], version: int, text: str) -> Iterator[Quote]:
    yield from dict.fromkeys(seen[name] for name in names if name in seen)
    signals = {name: quote.quote for name, quote in seen.items()}
    yield from (each for each in _sentences(version, text, signals) if each.is_broken)


def _sentences(version: int, text: str, signals: Mapping[str, str]) -> Iterator[TermsQuote]:
    broken = {each.sentence for each in broken_terms(text, signals)}
    for sentence in sentences_of(text):
        if len(sentence.split()) >= _MIN_WORDS:
            yield TermsQuote(shortened(sentence), version, sentence[:SHOWN] in broken)
