"""@name in what people write: whom it means, who of them is told, and what the writer should know about the rest.

A person is named by their whole name, their e-mail address, or their first name where only one has it. Only people who
may see the program are told; the text itself is kept as it was written in any case.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import ngettext
from app.models import Membership, Role, User
from app.services.notifying.telling import News, tell

# One text names a few people; who writes to everybody has other means.
MOST = 20
_AT = re.compile(r"(?<![\w.@/+-])@(?=\w)")
_END = r"(?![\w@-]|\.\w)"
_WORD = re.compile(r"[\w.@-]{1,60}")


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody with an account; `may_see` says whether they may see the program."""

    id: int
    name: str
    email: str
    may_see: bool


@dataclass(frozen=True, slots=True)
class Mentions:
    """Whom a text means: who can be told, who may not see the program, names that fit several people, and nobody."""

    people: tuple[Named, ...] = ()
    outside: tuple[Named, ...] = ()
    unclear: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def hint(self, *, writer_id: int) -> str:
        """Return what the writer should know: who was told, and who was not and why; "" where nobody is named."""
        told = [person.name for person in self.people if person.id != writer_id]
        parts = []
        if told:
            parts.append(ngettext("%(names)s was told.", "%(names)s were told.", len(told)) % {"names": _listed(told)})
        for person in self.outside:
            parts.append(_("%(name)s was not told: they do not work in this program.", name=person.name))
        for name in self.unclear:
            words = _(
                "Several people are called %(name)s: write @ and the whole name or the e-mail address.", name=name
            )
            parts.append(words)
        if self.unknown:
            parts.append(_("Nobody here is called %(names)s.", names=_listed(list(self.unknown))))
        return " ".join(parts)

    @property
    def is_clear(self) -> bool:
        """Say whether everybody who is named was told."""
        return not (self.outside or self.unclear or self.unknown)


def mentions_in(session: Session, program_id: int, text: str) -> Mentions:
    """Return whom a text names; one query where it holds an @, none where it holds none."""
    places = [match.end() for match in _AT.finditer(text)][:MOST]
    if not places:
        return Mentions()
    by_name = _by_name(_everybody(session, program_id))
    pattern = re.compile(f"(?:{'|'.join(map(re.escape, sorted(by_name, key=len, reverse=True)))}){_END}", re.IGNORECASE)
    people: dict[int, Named] = {}
    unclear, unknown = [], []
    for place in places:
        match = pattern.match(text, place)
        if match is None:
            found = _WORD.match(text, place)
            unknown.append("@" + (found[0].rstrip(".-") if found else ""))
            continue
        named = by_name[match[0].casefold()]
        named = [each for each in named if each.may_see] or named
        if len(named) > 1:
            unclear.append(match[0])
        else:
            people[named[0].id] = named[0]
    return Mentions(
        people=tuple(each for each in people.values() if each.may_see),
        outside=tuple(each for each in people.values() if not each.may_see),
        unclear=tuple(dict.fromkeys(unclear)),
        unknown=tuple(dict.fromkeys(unknown)),
    )


def tell_mentioned(session: Session, text: str, news: News, *, besides: int | None = None) -> None:
    """Tell whoever a text names, but one who hears of it anyway; `news` says where it stands and who wrote it."""
    found = mentions_in(session, news.program_id, text)
    tell(session, news, [person.id for person in found.people if person.id != besides])


def people_to_mention(session: Session, program_id: int) -> list[Named]:
    """Return the people who may see a program, by name."""
    return [person for person in _everybody(session, program_id) if person.may_see]


def _everybody(session: Session, program_id: int) -> list[Named]:
    member = select(Membership.id).where(Membership.user_id == User.id, Membership.program_id == program_id)
    rows = session.execute(
        select(User.id, User.name, User.email, or_(User.role == Role.ADMIN, member.exists()))
        .where(User.is_active)
        .order_by(User.name, User.id)
    )
    return [Named(*row) for row in rows]


def _by_name(people: list[Named]) -> dict[str, list[Named]]:
    found: dict[str, list[Named]] = defaultdict(list)
    for person in people:
        for name in dict.fromkeys(_names_of(person)):
            found[name].append(person)
    return found


def _names_of(person: Named) -> Iterator[str]:
    words = person.name.casefold().split()
    yield " ".join(words) or person.email.casefold()
    yield person.email.casefold()
    if words:
        yield words[0]


def _listed(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    return _("%(names)s and %(last)s", names=", ".join(names[:-1]), last=names[-1])
