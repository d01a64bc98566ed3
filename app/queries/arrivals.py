"""What is known of prospects that have no owner yet, or might have had none: what assignment rules look at."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.models import BOARD_STAGES, Company, FitScore, Membership, Prospect, Signal, Stage, User
from app.models.tag import ProspectTag, Tag

# Partners are looked after, not recruited: they weigh nothing when the fewest open prospects are counted.
OPEN_STAGES = tuple(stage for stage in BOARD_STAGES if stage is not Stage.ACTIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A prospect as rules see it. Tag keys are as tags are compared.

    `is_read`: its site was read, so language and kinds are what they are. `is_final`: no first score is awaited any
    more, so that what is not known counts as not so.
    """

    source: str
    country: str | None = None
    language: str | None = None
    kinds: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    score: float | None = None
    is_read: bool = False
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A prospect by id and name, with what is known of it and who has it."""

    id: int
    name: str
    owner_id: int | None
    arrival: Arrival


def kinds_of(session: Session, company_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """Return the kinds that the companies' sites say they are of, by company; none for one that says nothing."""
    rows = session.execute(
        select(Signal.company_id, Signal.value).where(
            Signal.name == "kind_of_site", Signal.company_id.in_(list(company_ids))
        )
    )
    found: dict[int, set[str]] = defaultdict(set)
    for company_id, value in rows:
        found[company_id].add(value)
    return {company_id: frozenset(values) for company_id, values in found.items()}


def candidates_of(session: Session, prospect_ids: Sequence[int]) -> list[Candidate]:
    """Return these prospects with all that is known of them now, in this order; three queries."""
    found = {each.id: each for each in _candidates(session, Prospect.id.in_(prospect_ids))}
    return [found[each] for each in prospect_ids if each in found]


def newest_candidates(session: Session, program_id: int, *, limit: int = 200) -> list[Candidate]:
    """Return the prospects that came in last, newest first; three queries."""
    newest = select(Prospect.id).where(Prospect.program_id == program_id).order_by(Prospect.id.desc()).limit(limit)
    return candidates_of(session, list(session.scalars(newest)))


def without_owner(session: Session, program_id: int) -> int:
    """Return how many open prospects of a program nobody owns."""
    query = select(func.count()).where(
        Prospect.program_id == program_id, Prospect.owner_id.is_(None), Prospect.stage.in_(BOARD_STAGES)
    )
    return session.scalar(query) or 0


def first_scored(session: Session, prospect_ids: Sequence[int]) -> list[int]:
    """Return those of these open prospects that nobody owns and that had no score before the one they may have now.

    They are held; those that another transaction is at are left out.
    """
    scores = select(func.count(FitScore.id)).where(FitScore.prospect_id == Prospect.id).scalar_subquery()
    query = select(Prospect.id).where(
        Prospect.id.in_(prospect_ids),
        Prospect.owner_id.is_(None),
        Prospect.stage.in_(BOARD_STAGES),
        scores <= 1,
    )
    return list(session.scalars(query.order_by(Prospect.id).with_for_update(skip_locked=True)))


def people_of(session: Session, program_id: int) -> dict[int, str]:
    """Return who can be given a prospect of a program, by id: its active members, by name."""
    rows = session.execute(
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.program_id == program_id, User.is_active)
        .order_by(User.name, User.id)
    )
    return dict(rows.all())


def open_prospects(session: Session, program_id: int, user_ids: Iterable[int]) -> dict[int, int]:
    """Return how many open prospects of a program each of these people has, by user; nobody is missing."""
    wanted = list(user_ids)
    rows = session.execute(
        select(Prospect.owner_id, func.count())
        .where(Prospect.program_id == program_id, Prospect.owner_id.in_(wanted), Prospect.stage.in_(OPEN_STAGES))
        .group_by(Prospect.owner_id)
    )
    return dict.fromkeys(wanted, 0) | {owner_id: number for owner_id, number in rows if owner_id is not None}


def _candidates(session: Session, condition: ColumnElement[bool]) -> list[Candidate]:
    rows = session.execute(
        select(Prospect.id, Prospect.owner_id, Prospect.source, Prospect.fit_score, Company)
        .join(Company, Company.id == Prospect.company_id)
        .where(condition)
    ).all()
    kinds = kinds_of(session, {company.id for *_, company in rows})
    tags: dict[int, set[str]] = defaultdict(set)
    tagged = select(ProspectTag.prospect_id, Tag.key).join(Tag, Tag.id == ProspectTag.tag_id)
    for prospect_id, key in session.execute(tagged.where(ProspectTag.prospect_id.in_([row.id for row in rows]))):
        tags[prospect_id].add(key)
    return [
        Candidate(
            prospect_id,
            company.name,
            owner_id,
            Arrival(
                source=source,
                country=company.country,
                language=company.language,
                kinds=kinds.get(company.id, frozenset()),
                tags=frozenset(tags.get(prospect_id, ())),
                score=score,
                is_read=company.read_at is not None,
                is_final=True,
            ),
        )
        for prospect_id, owner_id, source, score, company in rows
    ]
