"""Partners who could work together: they serve the same kind of customers and do different things for them.

Both are facts read off their own sites, each with the words that show it; nothing is inferred.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Company, JointActivity, JointKind, Partnership, Prospect, Signal
from app.models.stage import PARTNER_STAGES

SHOWN = 10
_AUDIENCE, _SERVICE = "industry", "service"


@dataclass(frozen=True, slots=True)
class Shown:
    """A fact with the words of the site that show it."""

    value: str
    quote: str
    url: str


@dataclass(frozen=True, slots=True)
class SharedAudience:
    """Customers that both serve, in the words of each."""

    value: str
    ours: Shown
    theirs: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Complement:
    """A partner who could be introduced: shared audiences, what each does that the other does not."""

    partnership_id: int
    company: str
    shared: tuple[SharedAudience, ...]
    only_ours: tuple[Shown, ...]
    only_theirs: tuple[Shown, ...]
    is_introduced: bool


@dataclass(frozen=True, slots=True)
class Complements:
    """The partners who complement one, the best first; `why_none` says in words why there are none."""

    found: tuple[Complement, ...]
    why_none: str = ""


_Facts = dict[str, dict[str, Shown]]


def complements_of(session: Session, partnership: Partnership) -> Complements:
    """Return who complements a partner among the program's others; three statements however many there are."""
    facts: dict[int, _Facts] = defaultdict(lambda: defaultdict(dict))
    names: dict[int, str] = {}
    rows = session.execute(
        select(Partnership.id, Company.name, Signal.name, Signal.value, Signal.quote, Signal.url)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .join(Signal, Signal.company_id == Company.id)
        .where(
            Partnership.program_id == partnership.program_id,
            Prospect.stage.in_(PARTNER_STAGES) | (Partnership.id == partnership.id),
            Signal.name.in_((_AUDIENCE, _SERVICE)),
        )
        .order_by(Signal.id)
    )
    for partner_id, company, name, value, quote, url in rows:
        names[partner_id] = company
        facts[partner_id][name].setdefault(value.casefold(), Shown(value, quote, url))
    own = facts.pop(partnership.id, {})
    if not own.get(_AUDIENCE) or not own.get(_SERVICE):
        return Complements((), _("Their site does not say plainly enough whom they serve and with what."))
    introduced = _introduced(session, partnership.id)
    found = [
        _complement(partner_id, names[partner_id], own, theirs, partner_id in introduced)
        for partner_id, theirs in facts.items()
    ]
    best = sorted((each for each in found if each.shared and each.only_theirs), key=_rank)[:SHOWN]
    why_none = "" if best else _("No other partner serves the same customers with something else.")
    return Complements(tuple(best), why_none)


def _complement(partner_id: int, company: str, own: _Facts, theirs: _Facts, is_introduced: bool) -> Complement:
    ours, other = own.get(_AUDIENCE, {}), theirs.get(_AUDIENCE, {})
    return Complement(
        partnership_id=partner_id,
        company=company,
        shared=tuple(SharedAudience(ours[key].value, ours[key], other[key]) for key in ours if key in other),
        only_ours=_without(own.get(_SERVICE, {}), theirs.get(_SERVICE, {})),
        only_theirs=_without(theirs.get(_SERVICE, {}), own.get(_SERVICE, {})),
        is_introduced=is_introduced,
    )


def _without(some: dict[str, Shown], others: Iterable[str]) -> tuple[Shown, ...]:
    return tuple(fact for key, fact in some.items() if key not in others)


def _rank(each: Complement) -> tuple[int, int, str]:
    return -len(each.shared), -min(len(each.only_theirs), len(each.only_ours) or 1), each.company


def _introduced(session: Session, partnership_id: int) -> Sequence[int | None]:
    rows = session.execute(
        select(JointActivity.partnership_id, JointActivity.other_id).where(
            JointActivity.kind == JointKind.INTRODUCTION,
            JointActivity.canceled_at.is_(None),
            or_(JointActivity.partnership_id == partnership_id, JointActivity.other_id == partnership_id),
        )
    )
    return [other if first == partnership_id else first for first, other in rows]
