"""What an address of the programs side by side asks for, and each program spoken of in its own words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from flask import request
from flask_login import current_user
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models.stage import stages_called
from app.queries.lanes import MOST_LANES, LaneProgram, lane_programs
from app.web.board.filters import OTHER_NAMES, BoardState, read_state
from app.web.board.views import card_values
from app.web.prospects.opened_from import link_end

# Parameters of the screen that are no filters: the programs, and which of them a phone shows first.
_NAMES = OTHER_NAMES | {"p", "at"}
# What only one program knows.
_OF_ONE = ("own", "tiers")
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an address asks for: the programs shown of those the person works in, and filter and order for all."""

    programs: tuple[LaneProgram, ...]
    known: tuple[LaneProgram, ...]
    state: BoardState
    problems: tuple[str, ...]

    @property
    def ids(self) -> list[int]:
        """Return the ids of the programs shown."""
        return [program.id for program in self.programs]

    @property
    def args(self) -> dict[str, Any]:
        """Return the parameters of an address that asks for the same."""
        return {"p": [program.slug for program in self.programs], **self.state.args}

    @property
    def phone(self) -> str:
        """Return the slug of the program that a phone shows first."""
        wanted = request.args.get("at", "")
        return wanted if any(each.slug == wanted for each in self.programs) else self.programs[0].slug


def read_asked(session: Session) -> Asked:
    """Read an address leniently: a program one does not work in, or one too many, is left out and told."""
    known = lane_programs(session, current_user)
    state = read_state(request.args, user_id=current_user.id, also=_NAMES)
    problems = list(state.problems)
    if any(getattr(state.filter, name) for name in _OF_ONE):
        problems.append(_("Tiers and own fields belong to one program: they were left out here."))
    state = replace(state, filter=replace(state.filter, own=(), tiers=()), view_id=None, problems=())
    slugs = list(dict.fromkeys(request.args.getlist("p")))
    problems += [
        _("There is no program “%(slug)s” that you work in: it was left out.", slug=slug[:40])
        for slug in slugs[:MOST_LANES]
        if all(each.slug != slug for each in known)
    ]
    wanted = [each for each in known if each.slug in slugs]
    wanted = wanted or [each for each in known if each.is_chosen] or known
    if len(wanted) > MOST_LANES:
        problems.append(_("%(most)s programs fit side by side; the first ones are shown.", most=MOST_LANES))
    return Asked(programs=tuple(wanted[:MOST_LANES]), known=tuple(known), state=state, problems=tuple(problems))


def in_own_words(rows: Iterable[tuple[LaneProgram, _Row]]) -> Iterator[tuple[LaneProgram, _Row]]:
    """Yield rows of several programs; until the next is asked for, stages are called as its program calls them."""
    for program, row in rows:
        with stages_called(program.stage_names):
            yield program, row


def lane_values(asked: Asked) -> dict[str, object]:
    """Return what the templates need beside their rows."""
    return {**card_values(asked.state), "link_end": link_end("pipelines", asked.args), "asked": asked}
