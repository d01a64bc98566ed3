"""New numbers for a whole program in seconds: a board is in the right order long before the last breakdown is written.

After a profile edit every prospect waits to be scored, and citing the passages of a hundred thousand takes long. Their
numbers are one matrix product; they differ from the scores that follow by less than a hundredth of a point.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from app.models import Company, CompanyDigest, FitState, Passage, Prospect, Signal
from app.queries.fit_matrix import DIGEST_COLUMNS, matrix_of, passage_vectors
from app.queries.site_evidence import NOT_ENOUGH
from scoring.matrix import SiteMatrix
from scoring.rescore import rescore
from scoring.rules import Rules

COMPANIES_AT_ONCE = 4_000


@dataclass(frozen=True, slots=True, eq=False)
class WaitingBlock:
    """Some prospects that wait for a score, their companies as a matrix, row by row; `last_id` is where to go on."""

    prospect_ids: list[int]
    matrix: SiteMatrix | None
    last_id: int


def programs_waiting(session: Session, *, at_least: int) -> list[int]:
    """Return the programs in which so many prospects that had a number wait for a new one."""
    rows = session.scalars(
        select(Prospect.program_id)
        .where(Prospect.fit_state == FitState.WAITING, Prospect.fit_score.is_not(None))
        .group_by(Prospect.program_id)
        .having(func.count() >= at_least)
    )
    return list(rows)


def next_block(
    session: Session, program_id: int, *, model_id: str, after_id: int, limit: int = COMPANIES_AT_ONCE
) -> WaitingBlock | None:
    """Return the next prospects that wait for a new number, with what it is made from; None after the last."""
    rows = session.execute(_waiting(program_id, model_id).where(Prospect.id > after_id).limit(limit)).all()
    if not rows:
        return None
    last_id: int = rows[-1].prospect_id
    companies = [row.company_id for row in rows]
    vectors = passage_vectors(session, Passage.company_id.in_(companies), model_id)
    rows = [row for row in rows if row.company_id in vectors]
    matrix = matrix_of(rows, vectors, _facts(session, companies)) if rows else None
    return WaitingBlock([row.prospect_id for row in rows], matrix, last_id)


def numbers_of(block: WaitingBlock, rules: Rules) -> list[dict[str, Any]]:
    """Return id and number of each prospect of a block; no row is touched."""
    if block.matrix is None:
        return []
    scores = rescore(rules, block.matrix).scores.tolist()
    return [{"of": key, "number": score} for key, score in zip(block.prospect_ids, scores, strict=True)]


def show_numbers(session: Session, numbers: Sequence[dict[str, Any]]) -> None:
    """Show new numbers on prospects that still wait; one scored or asked for again meanwhile keeps what it has."""
    if not numbers:
        return
    table = Prospect.__table__
    session.connection().execute(
        update(table)  # type: ignore[arg-type]
        .where(table.c.id == bindparam("of"), table.c.fit_state == FitState.WAITING)
        .values(fit_score=bindparam("number"), fit_sort=bindparam("number")),
        list(numbers),
    )


def _waiting(program_id: int, model_id: str) -> Any:
    """Return the query of prospects that had a number, wait for a new one and have text of this model."""
    return (
        select(Prospect.id.label("prospect_id"), *DIGEST_COLUMNS)
        .join(Company, Company.id == Prospect.company_id)
        .join(CompanyDigest, CompanyDigest.company_id == Company.id)
        .where(
            Prospect.program_id == program_id,
            Prospect.fit_state == FitState.WAITING,
            Prospect.fit_score.is_not(None),
            CompanyDigest.model_id == model_id,
            Company.crawl_outcome.not_in([outcome.value for outcome in NOT_ENOUGH]),
        )
        .order_by(Prospect.id)
    )


def _facts(session: Session, companies: Sequence[int]) -> dict[str, set[int]]:
    rows = session.execute(select(Signal.name, Signal.company_id).where(Signal.company_id.in_(companies)).distinct())
    found: dict[str, set[int]] = {}
    for name, company_id in rows:
        found.setdefault(name, set()).add(company_id)
    return found
