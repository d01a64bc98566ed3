"""Words that a page draws hundreds of times: looked up once a language, for a call out of a template is what costs.

With a call for each of them a board of forty cards took a tenth longer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from gettext import NullTranslations

from app.languages import catalog_in_force, gettext
from app.queries.card_flags import CardFlag
from app.queries.site_kinds import SITE_KINDS, kind_in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class OftenWords:
    """Plain texts, escaped where a template shows them; `%(name)s` is filled in by the filter `format`."""

    fit: str
    fit_of: str
    no_owner: str
    newer_score: str
    next_step: str
    next_step_due: str
    tag: str
    since: str
    wakes_up: str
    email: str
    notes: str
    flags: Mapping[str, str]
    country: str
    language: str
    move: str
    move_key: str
    yes: str
    no: str
    tick: str
    cell: str
    empty_cell: str
    since_day: str
    # By the kind of site, and by the state of an enrollment.
    kinds: Mapping[str, str]
    sequence: Mapping[str, str]


def often() -> OftenWords:
    """Return the words in the language in force."""
    return _words(catalog_in_force())


@lru_cache(maxsize=8)
def _words(_catalog: NullTranslations) -> OftenWords:
    return OftenWords(
        fit=gettext("Fit"),
        fit_of=gettext("Fit %(score)s of 100"),
        no_owner=gettext("No owner"),
        newer_score=gettext("a newer score is on its way"),
        next_step=gettext("Next step: %(what)s"),
        next_step_due=gettext("Next step, due %(day)s: %(what)s"),
        tag=gettext("Tag"),
        since=gettext("In %(stage)s since %(moment)s"),
        wakes_up=gettext("Wakes up on %(day)s"),
        email=gettext("An e-mail address is known"),
        notes=gettext("Has notes"),
        flags={flag.value: gettext(flag.label) for flag in CardFlag},
        country=gettext("Country"),
        language=gettext("Language"),
        move=gettext("Move %(name)s to…"),
        move_key=gettext("Move to… (m)"),
        yes=gettext("Yes"),
        no=gettext("No"),
        tick=gettext("Tick %(name)s"),
        cell=gettext("%(column)s of %(name)s: %(text)s. Change"),
        empty_cell=gettext("%(column)s of %(name)s: empty. Change"),
        since_day=gettext("Since %(day)s"),
        kinds={kind: kind_in_words(kind) for kind in SITE_KINDS},
        sequence={
            "active": gettext("on the way"),
            "held": gettext("held"),
            "finished": gettext("through"),
            "stopped": gettext("ended"),
        },
    )
