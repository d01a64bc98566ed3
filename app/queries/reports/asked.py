"""What an address asks of a report, and how that is written again: the same for the page, the file and the mail."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Program, Role, Sequence, User
from app.queries.navigation import NavigationProgram, programs_of
from app.queries.prospect_filter import filter_args, read_filter
from app.queries.reports.scope import Group, Period, Scope
from app.whole_numbers import row_number

ALL = "all"
OWN_NAMES = frozenset({"period", "from", "to", "program", "sequence", "group"})
_DAY = re.compile(r"20\d\d-\d\d-\d\d")


def scope_of(session: Session, program: Program, args: Mapping[str, str], *, viewer: User) -> tuple[Scope, list[str]]:
    """Read what an address asks for, as one person sees it; what cannot be used is left out and said."""
    chosen, problems = read_filter(args, user_id=viewer.id, also=OWN_NAMES)
    group = Group(args["group"]) if args.get("group") in set(Group) else Group.SOURCE
    scope = Scope(programs={program.id: program.name}, home_id=program.id, chosen=chosen, group=group)
    left: list[str] = []
    scope = _in_programs(scope, _word(args, "program"), program, programs_seen(session, viewer), left)
    scope = _in_period(scope, args, left)
    scope = _of_sequence(session, scope, _word(args, "sequence"), left)
    return scope, problems + left


def args_of(scope: Scope, *, has_groups: bool = False) -> dict[str, list[str]]:
    """Write what a report was asked for as the parameters of its address, name to words."""
    args: dict[str, list[str]] = filter_args(scope.chosen) | {"period": [scope.period.value]}
    if scope.period is Period.OWN:
        days = {"from": scope.first_on, "to": scope.last_on}
        args |= {name: [day.isoformat()] for name, day in days.items() if day is not None}
    if scope.asked:
        args["program"] = [scope.asked]
    if scope.sequence_id is not None:
        args["sequence"] = [str(scope.sequence_id)]
    return args | ({"group": [scope.group.value]} if has_groups else {})


def programs_seen(session: Session, viewer: User) -> tuple[NavigationProgram, ...]:
    """Return the programs that a person may have a report of."""
    return programs_of(session, viewer.id, sees_all=viewer.role is Role.ADMIN)


def _in_programs(
    scope: Scope, asked: str, program: Program, seen: tuple[NavigationProgram, ...], problems: list[str]
) -> Scope:
    if asked == ALL or (not asked and scope.group is Group.PROGRAM):
        return replace(scope, programs={each.id: each.name for each in seen}, asked=asked)
    other = next((each for each in seen if each.slug == asked), None)
    if asked and other is None:
        names = {"slug": asked[:40], "name": program.name}
        problems.append(_("There is no program “%(slug)s” that you work in; this is %(name)s.", **names))
    if other is None or other.id == program.id:
        return scope
    return replace(scope, programs={other.id: other.name}, asked=other.slug)


def _in_period(scope: Scope, args: Mapping[str, str], problems: list[str]) -> Scope:
    """Take the days where there are some, whatever the list of periods says: they were typed."""
    first, last = (_day(_word(args, name), problems) for name in ("from", "to"))
    if first is not None and last is not None and last < first:
        first, last = last, first
    if first is not None or last is not None:
        return replace(scope, period=Period.OWN, first_on=first, last_on=last)
    word = _word(args, "period")
    if word == Period.OWN.value:
        problems.append(_("Choose the first day, the last day or both; these are the last 90 days."))
    elif word in set(Period):
        return replace(scope, period=Period(word))
    elif word:
        problems.append(_("There is no period “%(word)s”; these are the last 90 days.", word=word[:40]))
    return scope


def _day(word: str, problems: list[str]) -> date | None:
    if not word:
        return None
    with suppress(ValueError):
        if _DAY.fullmatch(word):
            return date.fromisoformat(word)
    problems.append(_("“%(word)s” is no day, such as 2026-11-30.", word=word[:40]))
    return None


def _of_sequence(session: Session, scope: Scope, word: str, problems: list[str]) -> Scope:
    if not word:
        return scope
    number = row_number(word, 0)
    known = select(Sequence.id).where(Sequence.id == number, scope.in_programs(Sequence.program_id))
    if not number or session.scalar(known) is None:
        problems.append(_("There is no sequence “%(word)s” here; all count.", word=word[:40]))
        return scope
    return replace(scope, sequence_id=number)


def _word(args: Mapping[str, str], name: str) -> str:
    return args.get(name, "").replace("\x00", "").strip()
