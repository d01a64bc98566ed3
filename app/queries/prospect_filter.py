"""Which prospects a screen shows: one definition of each thing one can filter by, for every screen that has a filter.

A definition says how the filter is called in an address and on the screen, how its words are read and written, and
which rows it lets through. Board, table, enrolling and saved views share them, so that an address means the same rows
everywhere. All conditions speak of `Prospect` alone: a query needs no join for them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from sqlalchemy import ColumnElement, Select

from app.languages import gettext, mark
from app.models import Stage
from app.queries import prospect_conditions as where
from app.queries.card_flags import CardFlag, flagged
from app.queries.own_field_filter import OwnValue, by_own_fields, is_form_name, words_of_form
from app.queries.prospect_conditions import FitFilter, Look, NextStep, OwnedBy
from app.queries.site_kinds import SITE_KINDS, kind_in_words
from app.queries.touches import Touch
from app.whole_numbers import row_number

MAX_TEXT_LENGTH = 100
# Of one filter, and of all as they stand in an address: it has an end, and the board's live part needs room in it too.
MAX_VALUES = 20
MAX_CHARACTERS = 1_200
UNKNOWN = where.UNKNOWN
_SCORE = "score from 0 to 100"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProspectFilter:
    """What is shown; what is None or empty hides nothing. Scores are 0 to 100, days whole days, both ends included.

    Several values of one filter mean any of them; different filters hold together.
    """

    text: str = ""
    owner: OwnedBy | None = None
    score_min: float | None = None
    score_max: float | None = None
    fit: FitFilter | None = None
    kinds: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    days_min: int | None = None
    days_max: int | None = None
    touch: Touch | None = None
    step: NextStep | None = None
    flags: tuple[CardFlag, ...] = ()
    own: tuple[OwnValue, ...] = ()

    @property
    def is_narrow(self) -> bool:
        """Say whether anything is hidden."""
        return any(field.of(self) for field in FIELDS)

    @property
    def asks_elsewhere(self) -> bool:
        """Say whether other tables than the prospects' own have to be asked, which is better done once for all."""
        return any(field.is_elsewhere and field.of(self) for field in FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterField:
    """One thing to filter by: `name` in the address, `label` on the screen, `attribute` of ProspectFilter.

    `read` takes one word of the address and the viewer's id and raises ValueError for what is no `what`; `write` is
    its inverse; `say` is the value in words for people; `where` takes the attribute's value, and a Look where it looks
    into other tables (`is_elsewhere`) or an index has it in order (`is_ordered`). Where the company is what counts
    (`is_company`), `where` is a query of the companies' ids instead.
    """

    name: str
    label: str
    attribute: str
    what: str
    read: Callable[[str, int], Any]
    where: Callable[..., Any]
    write: Callable[[Any], str] = str
    say: Callable[[Any], str] = str
    is_many: bool = False
    is_elsewhere: bool = False
    is_ordered: bool = False
    is_company: bool = False

    def of(self, chosen: ProspectFilter) -> tuple[Any, ...]:
        """Return the values that a filter has here; none where it hides nothing by this."""
        value = getattr(chosen, self.attribute)
        if self.is_many:
            return tuple(value)
        return () if value is None or value == "" else (value,)

    def without(self, chosen: ProspectFilter, value: Any) -> ProspectFilter:
        """Return a filter without one of its values here."""
        rest: Any = tuple(each for each in self.of(chosen) if each != value)
        empty: Any = "" if self.attribute == "text" else None
        return replace(chosen, **{self.attribute: rest if self.is_many else empty})


def _score(text: str, _viewer_id: int) -> float:
    if not 0 <= (value := float(text)) <= 100:
        raise ValueError(text)
    return value


def _days(text: str, _viewer_id: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 4):
        raise ValueError(text)
    return int(text)


def _owner(text: str, viewer_id: int) -> OwnedBy:
    if text == "me":
        return OwnedBy(viewer_id, is_viewer=True)
    if text == "none":
        return OwnedBy(None)
    if not (user_id := row_number(text)):
        raise ValueError(text)
    return OwnedBy(user_id)


def _line(most: int) -> Callable[[str, int], str]:
    def read(text: str, _viewer_id: int) -> str:
        if len(text) > most or not text.isprintable():
            raise ValueError(text)
        return text

    return read


def _code(most: int, *, upper: bool) -> Callable[[str, int], str]:
    def read(text: str, _viewer_id: int) -> str:
        if text == UNKNOWN:
            return text
        if not (text.isascii() and text.replace("-", "").isalpha() and 2 <= len(text) <= most):
            raise ValueError(text)
        return text.upper() if upper else text.lower()

    return read


def _kind(text: str, _viewer_id: int) -> str:
    if text not in SITE_KINDS:
        raise ValueError(text)
    return text


def _known(code: str) -> str:
    return gettext("not known") if code == UNKNOWN else code


def _text(text: str, _viewer_id: int) -> str:
    return text.replace("\x00", "").strip()[:MAX_TEXT_LENGTH]


FIELDS = (
    FilterField(name="q", label=mark("Name or domain"), attribute="text", what="text", read=_text,
                where=where.with_text, is_elsewhere=True, is_company=True),
    FilterField(name="owner", label=mark("Owner"), attribute="owner", what="person", read=_owner, where=where.owned_by,
                write=OwnedBy.word),
    FilterField(name="min", label=mark("Fit from"), attribute="score_min", what=_SCORE, read=_score, is_ordered=True,
                where=where.score_from, write="{:g}".format, say="{:g}".format),
    FilterField(name="max", label=mark("Fit to"), attribute="score_max", what=_SCORE, read=_score, is_ordered=True,
                where=where.score_to, write="{:g}".format, say="{:g}".format),
    FilterField(name="fit", label=mark("Score"), attribute="fit", what="state of a score",
                read=lambda text, _: FitFilter(text), where=where.in_fit_state, say=lambda fit: gettext(fit.label)),
    FilterField(name="kind", label=mark("Kind of site"), attribute="kinds", what="kind of site", read=_kind,
                is_elsewhere=True, is_company=True, where=where.of_kind, is_many=True,
                say=kind_in_words),
    FilterField(name="tier", label=mark("Tier"), attribute="tiers", what="tier", read=_line(60), where=where.in_tier,
                is_elsewhere=True, is_many=True),
    FilterField(name="tag", label=mark("Tag"), attribute="tags", what="tag", read=_line(40), where=where.tagged,
                is_elsewhere=True, is_many=True),
    FilterField(name="source", label=mark("Source"), attribute="sources", what="source", read=_line(200),
                where=where.from_source, is_many=True),
    FilterField(name="country", label=mark("Country"), attribute="countries", what="country's two letters",
                read=_code(2, upper=True), is_elsewhere=True, is_company=True, where=where.in_country, is_many=True,
                say=_known),
    FilterField(name="language", label=mark("Language"), attribute="languages", what="language's code",
                read=_code(8, upper=False), is_elsewhere=True, is_company=True, where=where.in_language, is_many=True,
                say=_known),
    FilterField(name="stage", label=mark("Stage"), attribute="stages", what="stage",
                read=lambda text, _: Stage(text), where=where.in_stage, is_many=True,
                say=lambda stage: gettext(stage.label)),
    FilterField(name="days_min", label=mark("Days in stage from"), attribute="days_min", what="number of days",
                read=_days, where=where.days_from),
    FilterField(name="days_max", label=mark("Days in stage to"), attribute="days_max", what="number of days",
                read=_days, where=where.days_to),
    FilterField(name="touch", label=mark("Last touch"), attribute="touch", what="time since a touch (never, <7, >30)",
                read=lambda text, _: Touch.read(text), is_elsewhere=True, where=where.touched,
                say=lambda touch: touch.said),
    FilterField(name="step", label=mark("Next step"), attribute="step", what="next step",
                read=lambda text, _: NextStep(text), is_elsewhere=True, where=where.has_step,
                say=lambda step: gettext(step.label)),
    FilterField(name="flag", label=mark("Flag"), attribute="flags", what="flag", is_elsewhere=True, is_many=True,
                read=lambda text, _: CardFlag(text), where=flagged, say=lambda flag: gettext(CardFlag(flag).label)),
    FilterField(name="own", label=mark("Own field"), attribute="own", what="condition on an own field",
                read=lambda text, _: OwnValue.read(text), is_elsewhere=True, where=by_own_fields, is_many=True,
                write=lambda value: value.word, say=lambda value: value.said),
)  # fmt: skip
NAMES = frozenset(field.name for field in FIELDS)


def read_filter(
    args: Mapping[str, str], *, user_id: int, also: frozenset[str] | None = None
) -> tuple[ProspectFilter, list[str]]:
    """Read a filter from an address; what cannot be used is left out and said in one line.

    `args` may hold several values of a name (a MultiDict). `also` are the names that mean something else on the
    screen that asks: with it, a name that means nothing is told too.
    """
    values: dict[str, Any] = {}
    problems, left = list[str](), MAX_CHARACTERS
    for field in FIELDS:
        words = _words(args, field.name)
        words += words_of_form(args) if field.name == "own" else []
        found, left = _read_field(field, words, user_id, problems, left)
        if found:
            values[field.attribute] = tuple(dict.fromkeys(found)) if field.is_many else found[0]
    if also is not None:
        problems += [
            gettext("“%(name)s” is no filter", name=_short(name))
            for name in args
            if name not in NAMES | also and not is_form_name(name)
        ]
    _in_order(values, "score_min", "score_max")
    _in_order(values, "days_min", "days_max")
    said = "; ".join(problems[:5]) + (gettext("; and more") if len(problems) > 5 else "")
    return ProspectFilter(**values), [
        gettext("Part of this address was left out: %(what)s.", what=said)
    ] if problems else []


def filter_args(chosen: ProspectFilter) -> dict[str, Any]:
    """Write a filter as the parameters of an address (name to list of words), without those that say nothing."""
    return {field.name: [field.write(value) for value in values] for field in FIELDS if (values := field.of(chosen))}


def conditions(chosen: ProspectFilter, look: Look = Look.SETS) -> list[ColumnElement[bool]]:
    """Return the filter as SQL, for a statement that reads Prospect; `look` is for who stops at the first few rows."""
    found: list[ColumnElement[bool]] = []
    companies: list[Select[int]] = []
    for field in FIELDS:
        if values := field.of(chosen):
            value = values if field.is_many else values[0]
            if field.is_company:
                companies.append(field.where(value))
            else:
                found.append(field.where(value, look) if field.is_elsewhere or field.is_ordered else field.where(value))
    # From behind: country and language have an index of ids alone, of a text every name is read.
    return [*found, where.at_companies(companies[::-1], look)] if companies else found


def _read_field(
    field: FilterField, words: Sequence[str], user_id: int, problems: list[str], left: int
) -> tuple[list[Any], int]:
    found: list[Any] = []
    for word in words:
        length = len(field.name) + len(quote(word)) + 2
        if len(found) >= (MAX_VALUES if field.is_many else 1) or length > left:
            problems.append(
                gettext("%(filter)s “%(word)s” is one too many", filter=gettext(field.label), word=_short(word))
            )
            break
        try:
            found.append(field.read(word, user_id))
        except ValueError:
            problems.append(f"{field.name}=“{_short(word)}” is no {field.what}")
            continue
        left -= length
    return found, left


def _words(args: Mapping[str, str], name: str) -> list[str]:
    several = getattr(args, "getlist", None)
    words: Sequence[str] = several(name) if several is not None else [args[name]] if name in args else []
    return [stripped for word in words if (stripped := word.replace("\x00", "").strip())]


def _in_order(values: dict[str, Any], low: str, high: str) -> None:
    if low in values and high in values and values[low] > values[high]:
        values[low], values[high] = values[high], values[low]


def _short(word: str) -> str:
    return word if len(word) <= 40 else f"{word[:39]}…"
