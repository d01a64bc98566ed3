"""What a report's form offers: the filters that make sense for it, each with what can be chosen in it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Program, Sequence, User
from app.queries.filter_options import MOST, FilterOptions, filter_options
from app.queries.prospect_filter import FIELDS, filter_args
from app.queries.reports.asked import ALL, programs_seen
from app.queries.reports.kinds import Kind
from app.queries.reports.scope import Scope
from app.queries.site_kinds import SITE_KINDS, kind_in_words

Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Pick:
    """One list to choose from: its name in the address, its label, and what is chosen.

    `empty` is what stands for nothing chosen; without it that is all there is.
    """

    name: str
    label: str
    choices: Choices
    chosen: str
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """The form: lists to choose from, what it carries along unseen, and that in words."""

    picks: list[Pick]
    carried: dict[str, list[str]]
    said: list[str]


def offer_of(session: Session, program: Program, kind: Kind, scope: Scope, *, viewer: User) -> Offer:
    """Return what the form of a report offers and carries; what was chosen is always among what is offered."""
    options = filter_options(session, program.id)
    chosen = filter_args(scope.chosen)
    # A list shows one word: of several, all are carried.
    shown = [name for name in kind.fields if len(chosen.get(name, [])) < 2]
    picks = [_programs(session, program, scope, viewer)]
    picks += [_field(name, options, scope, chosen.get(name, [])) for name in shown]
    if kind.has_sequences:
        picks.append(_sequences(session, scope))
    carried = {name: words for name, words in chosen.items() if name not in shown}
    if not kind.has_sequences and scope.sequence_id is not None:
        carried["sequence"] = [str(scope.sequence_id)]
    said = [
        f"{_(field.label)}: {', '.join(field.say(value) for value in field.of(scope.chosen))}"
        for field in FIELDS
        if field.name in carried
    ]
    if "sequence" in carried:
        said.append(f"{_('Sequence')}: {session.get_one(Sequence, scope.sequence_id).name}")
    return Offer([pick for pick in picks if pick.choices], carried, said)


def _programs(session: Session, program: Program, scope: Scope, viewer: User) -> Pick:
    others = [(each.slug, each.name) for each in programs_seen(session, viewer) if each.id != program.id]
    choices = [(ALL, _("All my programs")), *others] if others else []
    return Pick("program", _("Program"), choices, scope.asked, program.name)


def _field(name: str, options: FilterOptions, scope: Scope, words: list[str]) -> Pick:
    field = next(each for each in FIELDS if each.name == name)
    choices: Choices = {
        "owner": [("me", _("Mine")), ("none", _("Nobody's")), *((str(each.id), each.name) for each in options.owners)],
        "kind": [(each, kind_in_words(each)) for each in SITE_KINDS],
    }.get(name) or [(word, word) for word in options.of(name)]
    said = [field.say(value) for value in field.of(scope.chosen)]
    choices += [(word, text) for word, text in zip(words, said, strict=True) if word not in dict(choices)]
    return Pick(name, _(field.label), choices, "".join(words))


def _sequences(session: Session, scope: Scope) -> Pick:
    rows = session.execute(
        select(Sequence.id, Sequence.name)
        .where(scope.in_programs(Sequence.program_id))
        .order_by(Sequence.archived_at.is_not(None), Sequence.name)
        .limit(MOST)
    )
    choices = [(str(sequence_id), name) for sequence_id, name in rows]
    chosen = "" if scope.sequence_id is None else str(scope.sequence_id)
    if chosen and chosen not in dict(choices):
        choices.append((chosen, session.get_one(Sequence, scope.sequence_id).name))
    return Pick("sequence", _("Sequence"), choices, chosen)
