"""What a rule asks of a prospect: read, written down, said in words, and held against what is known.

What is not known yet can still turn out either way, so a rule answers in three ways: yes, no, or wait.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from app.languages import gettext as _
from app.languages import mark, number
from app.queries.arrivals import Arrival
from app.queries.prospect_conditions import tag_key

# The kinds of site as the middle of a sentence says them.
_KINDS = (
    mark("agency"),
    mark("technology"),
    mark("reseller"),
    mark("content"),
    mark("creator"),
    mark("shop"),
    mark("directory"),
    mark("coupon"),
    mark("gambling"),
    mark("adult"),
    mark("parked"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """All that must hold, empty is any: words in the source, two-letter countries, language codes, kinds of site, tags
    by name, a score from 0 to 100 with both ends included. Of several values one is enough.
    """

    source: str = ""
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    score_min: float | None = None
    score_max: float | None = None

    @property
    def needs_a_site(self) -> bool:
        """Say whether it asks for something that only reading the site tells."""
        return bool(self.languages or self.kinds or self.needs_a_score)

    @property
    def needs_a_score(self) -> bool:
        """Say whether it waits for the first score, by when people may also have put tags on."""
        return bool(self.tags) or self.score_min is not None or self.score_max is not None


def stored(conditions: Conditions) -> dict[str, Any]:
    """Return the conditions as a row keeps them; what asks for nothing is left out."""
    values = {name: getattr(conditions, name) for name in Conditions.__slots__}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
        if value is not None and value not in ((), "")
    }


def conditions_of(row: Mapping[str, Any]) -> Conditions:
    """Return the conditions that `stored` wrote."""
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return Conditions(**values)


def holds(conditions: Conditions, arrival: Arrival) -> bool | None:
    """Say whether all conditions hold; None where that shows only once the site is read or scored."""
    answers = list(_answers(conditions, arrival))
    if False in answers:
        return False
    return None if None in answers else True


def in_words(conditions: Conditions) -> str:
    """Say what is asked for, as the end of a sentence that begins with “When”; "" for nothing."""
    parts = []
    if conditions.source:
        parts.append(_("the source has “%(source)s” in it", source=conditions.source))
    if conditions.countries:
        parts.append(_("the country is %(countries)s", countries=_any_of(conditions.countries)))
    if conditions.languages:
        parts.append(_("the site’s language is %(languages)s", languages=_any_of(conditions.languages)))
    if conditions.kinds:
        parts.append(_("the kind of site is %(kinds)s", kinds=_any_of([_(kind) for kind in conditions.kinds])))
    if conditions.tags:
        tags = [_("“%(tag)s”", tag=tag) for tag in conditions.tags]
        parts.append(_("it is tagged %(tags)s", tags=_any_of(tags)))
    low, high = conditions.score_min, conditions.score_max
    if low is not None and high is not None:
        parts.append(_("the score is %(low)s to %(high)s", low=number(low), high=number(high)))
    elif low is not None:
        parts.append(_("the score is %(low)s or more", low=number(low)))
    elif high is not None:
        parts.append(_("the score is %(high)s or less", high=number(high)))
    return reduce(lambda before, last: _("%(before)s, and %(last)s", before=before, last=last), parts) if parts else ""


def _answers(conditions: Conditions, arrival: Arrival) -> Iterable[bool | None]:
    is_read = arrival.is_read or arrival.is_final
    if conditions.source:
        yield conditions.source.casefold() in arrival.source.casefold()
    if conditions.countries:
        yield None if arrival.country is None and not is_read else arrival.country in conditions.countries
    if conditions.languages:
        yield arrival.language in conditions.languages if is_read else None
    if conditions.kinds:
        yield bool(arrival.kinds.intersection(conditions.kinds)) if is_read else None
    if conditions.tags:
        keys = {tag_key(tag) for tag in conditions.tags}
        yield bool(arrival.tags & keys) if arrival.is_final else None
    if conditions.score_min is not None or conditions.score_max is not None:
        yield _in_band(conditions, arrival.score) if arrival.is_final else None


def _in_band(conditions: Conditions, score: float | None) -> bool:
    low = 0.0 if conditions.score_min is None else conditions.score_min
    high = 100.0 if conditions.score_max is None else conditions.score_max
    return score is not None and low <= score <= high


def _any_of(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    return _("%(words)s or %(last)s", words=", ".join(words[:-1]), last=words[-1])
