"""What each filter of prospects means in SQL. Every condition speaks of `Prospect` alone, so that none needs a join.

Conditions on other tables are sets of ids that the database builds once, not a look-up a row: with 100,000 prospects
and 300,000 activities the difference is the answer's time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from app.clock import now, reader_zone, today_in
from app.models import (
    Activity,
    Company,
    FitState,
    Message,
    Partnership,
    Prospect,
    ReceivedMail,
    Signal,
    Stage,
    Task,
    TaskState,
)
from app.models.tag import ProspectTag, Tag
from app.queries.by_dialect import ByDialect
from app.queries.due import due_until, late
from app.queries.touches import Touch, TouchKind

# A country or language that nobody found out yet.
UNKNOWN = "none"
KIND_OF_SITE = "kind_of_site"
# outreach.inbound's word for what a person wrote; an absence note is no touch.
_REPLY = "reply"


class Look(StrEnum):
    """How a condition on other tables is asked: a set built once for all rows, or a look at each row by itself.

    Sets serve whoever goes through all rows; who stops at the first few that pass is served by looking.
    """

    SETS = "sets"
    EACH = "each"


class FitFilter(StrEnum):
    """Which prospects to show by the state of their score."""

    SCORED = "scored"
    NO_EVIDENCE = "no_evidence"
    FAILED = "failed"
    PENDING = "pending"

    @property
    def label(self) -> str:
        """Return the state as people read it."""
        return "under way" if self is FitFilter.PENDING else self.value.replace("_", " ")


FIT_STATES = {
    FitFilter.SCORED: (FitState.SCORED,),
    FitFilter.NO_EVIDENCE: (FitState.NO_EVIDENCE,),
    FitFilter.FAILED: (FitState.FAILED,),
    FitFilter.PENDING: (FitState.UNREAD, FitState.WAITING, FitState.SCORING),
}


class NextStep(StrEnum):
    """Which prospects to show by their next step: the open task that is due first."""

    NONE = "none"
    ANY = "any"
    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"

    @property
    def label(self) -> str:
        """Return the choice as people read it."""
        words = {"any": "there is one", "today": "due today", "week": "due this week"}
        return words.get(self.value, self.value)


@dataclass(frozen=True, slots=True)
class OwnedBy:
    """Whose prospects are meant; None is nobody's. `is_viewer` keeps "mine" meaning whoever looks."""

    user_id: int | None
    is_viewer: bool = False

    def word(self) -> str:
        """Return the word for an address."""
        return "me" if self.is_viewer else "none" if self.user_id is None else str(self.user_id)


def with_text(text: str) -> Select[int]:
    """The companies whose name or domain holds the text, in whatever case."""
    # SQLite's LIKE takes no notice of case by itself, in a third of the time that two lower() take.
    plain = Company.name.contains(text, autoescape=True) | Company.domain.contains(text, autoescape=True)
    # PostgreSQL has trigrams of folded names and of domains, which are in small letters; of what they find, ILIKE keeps
    # the names that hold the text as it was typed.
    # The function leaves no wildcard in what it folds.
    named = func.search_fold(Company.name).like(func.concat("%", func.search_fold(text), "%"))
    folded = and_(named, Company.name.icontains(text, autoescape=True))
    folded |= Company.domain.contains(text.lower(), autoescape=True)
    return select(Company.id).where(ByDialect(sqlite=plain, other=folded))


def owned_by(owner: OwnedBy) -> ColumnElement[bool]:
    """One person's prospects, or those of nobody."""
    return Prospect.owner_id.is_(None) if owner.user_id is None else Prospect.owner_id == owner.user_id


def score_from(score: float, look: Look) -> ColumnElement[bool]:
    """A score of at least this much; compared where an index has it."""
    return _in_range(Prospect.fit_sort, look) >= score


def score_to(score: float, look: Look) -> ColumnElement[bool]:
    """A score of at most this much; prospects without one are not meant."""
    fit_sort = _in_range(Prospect.fit_sort, look)
    return and_(fit_sort <= score, fit_sort >= 0)


def in_fit_state(fit: FitFilter) -> ColumnElement[bool]:
    """The score stands like this."""
    return Prospect.fit_state.in_(FIT_STATES[fit])


def of_kind(kinds: Sequence[str]) -> Select[int]:
    """The companies whose site says it is of one of these kinds."""
    return select(Signal.company_id).where(Signal.name == KIND_OF_SITE, Signal.value.in_(kinds))


def in_tier(tiers: Sequence[str], look: Look) -> ColumnElement[bool]:
    """A partner of one of these tiers."""
    return one_in(select(Partnership.prospect_id).where(Partnership.tier.in_(tiers)), Prospect.id, look)


def tagged(tags: Sequence[str], look: Look) -> ColumnElement[bool]:
    """One of these tags is on it; case does not matter."""
    known = select(Tag.id).where(Tag.key.in_([tag_key(tag) for tag in tags]))
    return one_in(select(ProspectTag.prospect_id).where(ProspectTag.tag_id.in_(known)), Prospect.id, look)


def tag_key(name: str) -> str:
    """Return a tag's name as tags are compared: in small letters, one line."""
    return " ".join(name.split()).casefold()


def from_source(sources: Sequence[str]) -> ColumnElement[bool]:
    """It came from one of these."""
    return Prospect.source.in_(sources)


def in_country(countries: Sequence[str]) -> Select[int]:
    """The companies in one of these; UNKNOWN stands for those of which nobody knows."""
    return select(Company.id).where(_one_of(Company.country, countries))


def in_language(languages: Sequence[str]) -> Select[int]:
    """The companies whose site is in one of these; UNKNOWN stands for those of which nobody knows."""
    return select(Company.id).where(_one_of(Company.language, languages))


def at_companies(found: Sequence[Select[int]], look: Look) -> ColumnElement[bool]:
    """The company is in every one of these sets, each a query of one column.

    A set is looked for inside the one before it: side by side, SQLite would take the prospects of the first set, often
    half of all, to see whether they are in the others too (100 ms against 25 with 40,000 of 100,000 companies).
    """
    if look is Look.EACH:
        return and_(*(_exists(each, Prospect.company_id) for each in found))
    inner = found[0]
    for each in found[1:]:
        inner = each.where(each.selected_columns[0].in_(inner))
    return Prospect.company_id.in_(inner)


def in_stage(stages: Sequence[Stage]) -> ColumnElement[bool]:
    """It stands in one of these."""
    return Prospect.stage.in_(stages)


def days_from(days: int) -> ColumnElement[bool]:
    """In its stage for at least so many whole days."""
    return Prospect.stage_since_at <= now() - timedelta(days=days)


def days_to(days: int) -> ColumnElement[bool]:
    """In its stage for at most so many whole days."""
    return Prospect.stage_since_at > now() - timedelta(days=days + 1)


def touched(touch: Touch, look: Look) -> ColumnElement[bool]:
    """The last note, call, message, mail sent or answer received was then."""
    if touch.kind is TouchKind.NEVER:
        return and_(*(_none_in(each, look) for each in _touches(None)))
    recent = _touches(now() - timedelta(days=touch.days))
    if touch.kind is TouchKind.WITHIN:
        return or_(*(one_in(each, Prospect.id, look) for each in recent))
    return and_(*(_none_in(each, look) for each in recent))


def _touches(since: datetime | None) -> tuple[Select[Any], ...]:
    activities = select(Activity.prospect_id)
    sent = select(Message.prospect_id).where(Message.prospect_id.is_not(None), Message.accepted_at.is_not(None))
    received = select(ReceivedMail.prospect_id).where(
        ReceivedMail.prospect_id.is_not(None), ReceivedMail.kind == _REPLY
    )
    if since is None:
        return activities, sent, received
    return (
        activities.where(Activity.at >= since),
        sent.where(Message.accepted_at >= since),
        received.where(ReceivedMail.received_at >= since),
    )


def has_step(step: NextStep, look: Look) -> ColumnElement[bool]:
    """Its next step, the open task that is due first, is like this; days are the reader's, weeks end on Sunday."""
    is_open = select(Task.prospect_id).where(Task.state == TaskState.OPEN, Task.prospect_id.is_not(None))
    if step is NextStep.NONE:
        return _none_in(is_open, look)
    is_late = is_open.where(late())
    if step is NextStep.OVERDUE:
        return one_in(is_late, Prospect.id, look)
    if step is NextStep.ANY:
        return one_in(is_open, Prospect.id, look)
    here = today_in(reader_zone())
    last = here if step is NextStep.TODAY else here + timedelta(days=6 - here.weekday())
    return and_(one_in(is_open.where(due_until(last)), Prospect.id, look), _none_in(is_late, look))


def _in_range(column: Any, look: Look) -> ColumnElement[Any]:
    """Leave the index of a column out where the first few are looked for in another order.

    SQLite would read all that pass by it and sort them: 60 ms against 3 for the first cards of 100,000.
    """
    compared: ColumnElement[Any] = column + 0 if look is Look.EACH else column
    return compared


def one_in(found: Select[Any], key: Any, look: Look) -> ColumnElement[bool]:
    """A prospect whose `key`, a column of it, a query of one column names."""
    return key.in_(found) if look is Look.SETS else _exists(found, key)


def _none_in(found: Select[Any], look: Look) -> ColumnElement[bool]:
    """A prospect whose id a query (of one column, never null) does not name.

    PostgreSQL would read a list that is too large for its memory again for every row; there a missing row is looked
    for either way, which it does by hashing.
    """
    missing = ~_exists(found, Prospect.id)
    return missing if look is Look.EACH else ByDialect(sqlite=Prospect.id.not_in(found), other=missing)


def _exists(found: Select[Any], key: Any) -> ColumnElement[bool]:
    return found.where(found.selected_columns[0] == key).correlate(Prospect).exists()


def _one_of(column: Any, values: Sequence[str]) -> ColumnElement[bool]:
    known = [value for value in values if value != UNKNOWN]
    parts = [column.in_(known)] if known else []
    if UNKNOWN in values:
        parts.append(or_(column.is_(None), column == ""))
    return or_(false(), *parts)
