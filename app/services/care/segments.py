"""Which partners a mail goes to: a segment by tier, stage, country and tag, and who in it cannot be mailed and why."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, false, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import mark
from app.models import Company, PartnerPerson, Partnership, PartnerTag, Prospect, Stage, SuppressionReason
from app.models.stage import PARTNER_STAGES
from app.services.care.opting_out import opted_out_keys
from app.services.suppressions import keys_of, suppressed_among

_AT_ONCE = 500
_WANTS_NONE = mark("Wants no broadcasts: they said so by the link under one.")
_REASONS = {
    SuppressionReason.OPT_OUT: mark("opt out"),
    SuppressionReason.COMPLAINT: mark("complaint"),
    SuppressionReason.HARD_BOUNCE: mark("hard bounce"),
    SuppressionReason.BY_HAND: mark("by hand"),
    SuppressionReason.IMPORTED: mark("imported"),
    SuppressionReason.ERASED: mark("erased"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """What was chosen; an empty list chooses all. `is_everybody`: each person with access, not the main contact alone.

    An empty text among the tiers means partners without a tier, among the countries those whose country is unknown.
    """

    tiers: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    countries: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    is_everybody: bool = False
    # Stages were chosen and none of them exists (any more).
    is_nobody: bool = False

    def stored(self) -> dict[str, Any]:
        """Return the segment as JSON values."""
        return {
            "tiers": list(self.tiers),
            "stages": [stage.value for stage in self.stages],
            "countries": list(self.countries),
            "tags": list(self.tags),
            "is_everybody": self.is_everybody,
            "is_nobody": self.is_nobody,
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Segment":
        """Return the segment that was stored; stages that exist no more are left out (all of them: nobody)."""
        known = {stage.value: stage for stage in PARTNER_STAGES}
        named = stored.get("stages", ())
        stages = tuple(known[name] for name in named if name in known)
        return cls(
            tiers=tuple(stored.get("tiers", ())),
            stages=stages,
            countries=tuple(stored.get("countries", ())),
            tags=tuple(stored.get("tags", ())),
            is_everybody=bool(stored.get("is_everybody")),
            is_nobody=bool(stored.get("is_nobody") or (named and not stages)),
        )


class _Person(NamedTuple):
    """Somebody of a partner who has access; a page lists thousands, so no more is read of them."""

    id: int
    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Somebody of a partner, or (without a person) a partner with nobody to mail; "" as `why_not`: it goes out."""

    partnership_id: int
    company: str
    person_id: int | None = None
    name: str = ""
    email: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Addressed:
    """Who gets a mail and who does not, by company."""

    to: tuple[Addressee, ...]
    skipped: tuple[Addressee, ...]


def addressed(session: Session, program_id: int, segment: Segment, *, each_partner: bool = False) -> Addressed:
    """Return who of a segment gets a mail and who does not, in a fixed number of statements for each 500 addresses.

    Nobody gets it twice: an address that acts for two partners is mailed for the first of them; for each of them where
    the mail is each partner's own (`each_partner`): about their partnership, so who wants no broadcasts gets it too.
    """
    people = _people(session, program_id)
    rows = session.execute(
        select(Partnership.id, Company.name, Prospect.stage)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(Partnership.program_id == program_id, *_conditions(segment))
        .order_by(Company.name, Partnership.id)
    ).all()
    in_force = [row.id for row in rows if row.stage in PARTNER_STAGES]
    emails = {person.email for each in in_force for person in people[each]}
    forbidden = _forbidden(session, program_id, emails, is_broadcast=not each_partner)
    found: list[Addressee] = []
    seen: set[str] = set()
    for row in rows:
        if row.stage not in PARTNER_STAGES:
            why = _("They are no partner any more (%(stage)s).", stage=_(row.stage.label))
            found.append(Addressee(partnership_id=row.id, company=row.name, why_not=why))
            continue
        found += _of_partner(row.id, row.name, people[row.id], segment, forbidden, set() if each_partner else seen)
    return Addressed(tuple(each for each in found if not each.why_not), tuple(each for each in found if each.why_not))


def load_people(session: Session, found: Addressed) -> dict[int, PartnerPerson]:
    """Return who gets a mail, by their id, read together."""
    ids = [each.person_id for each in found.to if each.person_id is not None]
    people: dict[int, PartnerPerson] = {}
    for start in range(0, len(ids), _AT_ONCE):
        query = select(PartnerPerson).where(PartnerPerson.id.in_(ids[start : start + _AT_ONCE]))
        people |= {person.id: person for person in session.scalars(query)}
    return people


def with_reason(found: Addressed, reasons: Mapping[int, str]) -> Addressed:
    """Skip partners (by partnership id) for a reason of the mail's own, beside those that cannot be mailed."""
    skipped = [
        Addressee(partnership_id=each.partnership_id, company=each.company, why_not=reasons[each.partnership_id])
        for each in found.to
        if each.partnership_id in reasons
    ]
    others = [each for each in found.skipped if each.partnership_id not in reasons]
    told = {each.partnership_id for each in skipped}
    more = [
        Addressee(partnership_id=each.partnership_id, company=each.company, why_not=reasons[each.partnership_id])
        for each in found.skipped
        if each.partnership_id in reasons and each.partnership_id not in told
    ]
    return Addressed(
        tuple(each for each in found.to if each.partnership_id not in reasons), tuple(skipped + more + others)
    )


def _conditions(segment: Segment) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [false()] if segment.is_nobody else []
    if segment.tiers:
        conditions.append(Partnership.tier.in_(segment.tiers))
    if segment.stages:
        conditions.append(Prospect.stage.in_(segment.stages))
    if segment.countries:
        known = [country for country in segment.countries if country]
        is_chosen = Company.country.in_(known)
        conditions.append(is_chosen | Company.country.is_(None) if "" in segment.countries else is_chosen)
    if segment.tags:
        tagged = select(PartnerTag.partnership_id).where(PartnerTag.tag.in_(segment.tags))
        conditions.append(Partnership.id.in_(tagged))
    return conditions


def _people(session: Session, program_id: int) -> dict[int, list[_Person]]:
    people: dict[int, list[_Person]] = defaultdict(list)
    rows = session.execute(
        select(PartnerPerson.partnership_id, PartnerPerson.id, PartnerPerson.name, PartnerPerson.email)
        .join(Partnership, Partnership.id == PartnerPerson.partnership_id)
        .where(Partnership.program_id == program_id, PartnerPerson.removed_at.is_(None))
        .order_by(PartnerPerson.is_main.desc(), PartnerPerson.id)
    )
    for partnership_id, person_id, name, email in rows:
        people[partnership_id].append(_Person(person_id, name, email))
    return people


def _forbidden(session: Session, program_id: int, emails: Collection[str], *, is_broadcast: bool) -> dict[str, str]:
    """Return why addresses get no mail of this kind."""
    refused = opted_out_keys(session, program_id) if is_broadcast else set()
    reasons = {email: _(_WANTS_NONE) for email in emails if refused and keys_of(email)[0] in refused}
    listed = suppressed_among(session, emails)
    words = {email: _REASONS[row.reason] for email, row in listed.items()}
    return reasons | {
        email: _("On the list of who must not be mailed (%(why)s).", why=_(why)) for email, why in words.items()
    }


def _of_partner(
    partnership_id: int,
    company: str,
    people: Collection[_Person],
    segment: Segment,
    forbidden: Mapping[str, str],
    seen: set[str],
) -> list[Addressee]:
    """Return a partner's people with their verdict: everybody, or the first who may be mailed, main contact first."""
    if not people:
        why = _("Nobody of theirs has access, so there is no address.")
        return [Addressee(partnership_id=partnership_id, company=company, why_not=why)]
    judged = [_judged(partnership_id, company, person, forbidden, seen) for person in people]
    if not segment.is_everybody:
        judged = [next((each for each in judged if not each.why_not), judged[0])]
    seen.update(each.email.lower() for each in judged if not each.why_not)
    return judged


def _judged(
    partnership_id: int,
    company: str,
    person: _Person,
    forbidden: Mapping[str, str],
    seen: set[str],
) -> Addressee:
    why = ""
    if person.email in forbidden:
        why = forbidden[person.email]
    elif person.email.lower() in seen:
        why = _("Gets this mail for another partner already.")
    return Addressee(
        partnership_id=partnership_id,
        company=company,
        person_id=person.id,
        name=person.name,
        email=person.email,
        why_not=why,
    )
