"""What a merge would do, before it does it: the two sides, whose value stands by default, and what hinders it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.languages import gettext as _
from app.languages import mark
from app.models import (
    BOARD_STAGES,
    Company,
    Contact,
    Enrollment,
    EnrollmentState,
    Partnership,
    Prospect,
    Stage,
    User,
)
from app.models.merge import Merge
from app.models.stage import PARTNER_STAGES
from app.models.wave import WavePartner
from app.queries.contact_facts import contact_facts

OPEN_ENROLLMENTS = (EnrollmentState.ACTIVE, EnrollmentState.HELD)
_COMPANY_FIELDS = {
    "name": mark("Name"),
    "website": mark("Website"),
    "country": mark("Country"),
    "language": mark("Language"),
}


class Side(StrEnum):
    """Whose value a merge keeps."""

    KEPT = "kept"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A field in which the two differ, or not: both values as people read them, and the default side."""

    name: str
    label: str
    kept: str
    gone: str
    default: Side = Side.KEPT
    # Why it cannot be chosen; "" where it can.
    fixed: str = ""

    @property
    def is_same(self) -> bool:
        """Say whether there is nothing to choose."""
        return self.kept == self.gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """Two prospects of one program that become one."""

    kept: Prospect
    gone: Prospect

    @property
    def stage_side(self) -> Side:
        """Return whose stage stands by default: the one that is further, and always a partner's."""
        if self.kept.stage in PARTNER_STAGES or self.gone.stage in PARTNER_STAGES:
            return Side.KEPT
        return Side.GONE if _progress(self.gone.stage) > _progress(self.kept.stage) else Side.KEPT


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePlan:
    """A merge of two companies as it would be done now."""

    kept: Company
    gone: Company
    twins: tuple[Twins, ...]
    moved: tuple[Prospect, ...]
    # The gone company's contact -> the kept company's that is the same person.
    same_contacts: dict[int, int]
    # Open enrollments of the gone company that end, for the same person is being written to already.
    ending_ids: tuple[int, ...]
    ending_names: tuple[str, ...]
    choices: tuple[Choice, ...] = ()
    hindrances: tuple[str, ...] = ()
    program_ids: frozenset[int] = field(default_factory=frozenset)


def plan_merge(session: Session, kept: Company, gone: Company, *, program_id: int) -> MergePlan:
    """Return what merging `gone` into `kept` would do; nothing is written. The choices are of one program's cards."""
    of_kept = {each.program_id: each for each in _prospects(session, kept)}
    of_gone = {each.program_id: each for each in _prospects(session, gone)}
    twins = tuple(Twins(kept=of_kept[each], gone=of_gone[each]) for each in of_gone if each in of_kept)
    same = _same_contacts(session, kept, gone)
    ending = _ending(session, same)
    names = contact_facts(session, [each.contact_id for each in ending])
    return MergePlan(
        kept=kept,
        gone=gone,
        twins=twins,
        moved=tuple(each for program, each in of_gone.items() if program not in of_kept),
        same_contacts=same,
        ending_ids=tuple(each.id for each in ending),
        ending_names=tuple(names[each.contact_id].label for each in ending),
        choices=tuple(_choices(session, kept, gone, [each for each in twins if each.kept.program_id == program_id])),
        hindrances=tuple(_hindrances(session, kept, gone, twins)),
        program_ids=frozenset(of_kept) | frozenset(of_gone),
    )


def _choices(session: Session, kept: Company, gone: Company, here: Sequence[Twins]) -> list[Choice]:
    found = []
    for name, label in _COMPANY_FIELDS.items():
        ours, theirs = getattr(kept, name) or "", getattr(gone, name) or ""
        is_better = bool(theirs) and (not ours or (name == "name" and ours == kept.domain and theirs != gone.domain))
        found.append(
            Choice(name=name, label=_(label), kept=ours, gone=theirs, default=Side.GONE if is_better else Side.KEPT)
        )
    for twins in here:
        owners = _names(session, [twins.kept.owner_id, twins.gone.owner_id])
        ours, theirs = owners.get(twins.kept.owner_id, ""), owners.get(twins.gone.owner_id, "")
        side = Side.GONE if theirs and not ours else Side.KEPT
        found.append(Choice(name="owner", label=_("Owner"), kept=ours, gone=theirs, default=side))
        found.append(_stage_choice(twins))
    return found


def _stage_choice(twins: Twins) -> Choice:
    is_partner = twins.kept.stage in PARTNER_STAGES or twins.gone.stage in PARTNER_STAGES
    return Choice(
        name="stage",
        label=_("Stage"),
        kept=_(twins.kept.stage.label),
        gone=_(twins.gone.stage.label),
        default=twins.stage_side,
        fixed=_("A partner stays what it is.") if is_partner else "",
    )


def _hindrances(session: Session, kept: Company, gone: Company, twins: Sequence[Twins]) -> list[str]:
    found = []
    if kept.id == gone.id:
        return [_("This is one company. Choose another one to merge it with.")]
    for each in (kept, gone):
        if session.scalar(select(Merge.id).where(Merge.gone_id == each.id, Merge.undone_at.is_(None))) is not None:
            found.append(_("%(name)s was merged into another company already.", name=each.name))
    for pair in twins:
        if pair.gone.stage in PARTNER_STAGES and pair.kept.stage not in PARTNER_STAGES:
            words = _(
                "%(gone)s is a partner and %(kept)s is not: keep %(gone)s instead.", gone=gone.name, kept=kept.name
            )
            found.append(words)
        elif _both(session, Partnership.prospect_id, pair) or _both(session, WavePartner.prospect_id, pair):
            words = _("%(kept)s and %(gone)s are both partners here, with terms and goals of their own.",
                      kept=kept.name, gone=gone.name)  # fmt: skip
            found.append(words)
    return found


def _both(session: Session, column: InstrumentedAttribute[int], pair: Twins) -> bool:
    return session.scalar(select(func.count()).where(column.in_([pair.kept.id, pair.gone.id]))) == 2


def _same_contacts(session: Session, kept: Company, gone: Company) -> dict[int, int]:
    rows = session.execute(
        select(Contact.company_id, Contact.key, Contact.id).where(Contact.company_id.in_([kept.id, gone.id]))
    )
    by_key: dict[str, dict[int, int]] = {}
    for company_id, key, contact_id in rows:
        by_key.setdefault(key, {})[company_id] = contact_id
    return {each[gone.id]: each[kept.id] for each in by_key.values() if len(each) == 2}


def _ending(session: Session, same: dict[int, int]) -> list[Enrollment]:
    """Return the gone contacts' open enrollments where the same person has one at the kept company too."""
    query = select(Enrollment).where(
        Enrollment.contact_id.in_([*same, *same.values()]), Enrollment.state.in_(OPEN_ENROLLMENTS)
    )
    running = {each.contact_id: each for each in session.scalars(query)}
    return [running[gone] for gone, kept in same.items() if gone in running and kept in running]


def _prospects(session: Session, company: Company) -> list[Prospect]:
    return list(session.scalars(select(Prospect).where(Prospect.company_id == company.id).order_by(Prospect.id)))


def _names(session: Session, user_ids: Sequence[int | None]) -> dict[int | None, str]:
    wanted = [each for each in user_ids if each is not None]
    return dict(session.execute(select(User.id, User.name).where(User.id.in_(wanted))).all())


def _progress(stage: Stage) -> int:
    return BOARD_STAGES.index(stage) if stage in BOARD_STAGES else -1
