"""A program's readable prospects as one matrix, kept in memory between requests: what a preview ranks again.

Reading ten thousand companies takes a second or two, ranking them a tenth. So the matrix stays in the process until
the program's sites change; only numbers are held, no text.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from app.models import Company, CompanyDigest, FitState, Passage, Prospect, Signal
from app.queries.site_evidence import NOT_ENOUGH
from scoring.matrix import SiteMatrix, squared_lengths, starts_of
from scoring.rescore import Known

# Twenty thousand companies of 24 passages are about 400 MB; a larger program previews its best ones.
MOST_COMPANIES = 20_000
MOST_PROGRAMS = 2
MOST_MEASURED = 300


@dataclass(slots=True, eq=False)
class ProgramMatrix:
    """The prospects of a program that have a number, row by row; `known` grows with what was measured on them.

    `total` counts every prospect of the program, those without a number too.
    """

    matrix: SiteMatrix
    prospect_ids: list[int]
    names: list[str]
    total: int
    known: Known = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many prospects are in it."""
        return len(self.prospect_ids)


# What `matrix_of` needs of a company.
DIGEST_COLUMNS = (
    Company.id.label("company_id"),
    Company.domain,
    Company.language,
    Company.country,
    CompanyDigest.terms,
    CompanyDigest.term_counts,
    CompanyDigest.mean,
)
_held: OrderedDict[tuple[int, str], tuple[tuple[Any, ...], ProgramMatrix | None]] = OrderedDict()
_loading = threading.Lock()


def program_matrix(session: Session, program_id: int, *, model_id: str) -> ProgramMatrix | None:
    """Return the program's matrix for an embedding model, or None where no prospect has text that can be scored."""
    key = (program_id, model_id)
    with _loading:
        stamp = program_stamp(session, program_id)
        held = _held.get(key)
        if held is None or held[0] != stamp:
            held = (stamp, _load(session, program_id, model_id))
            _held[key] = held
        _held.move_to_end(key)
        while len(_held) > MOST_PROGRAMS:
            _held.popitem(last=False)
    found = held[1]
    if found is not None and len(found.known) > MOST_MEASURED:
        found.known.clear()
    return found


def program_stamp(session: Session, program_id: int) -> tuple[Any, ...]:
    """Return what changes whenever the program's readable sites do; the database's address keeps two apart."""
    silent = func.count().filter(Prospect.fit_state == FitState.NO_EVIDENCE)
    row = session.execute(
        select(func.count(), func.max(Prospect.id), func.max(Company.read_at), silent)
        .join(Company, Company.id == Prospect.company_id)
        .where(Prospect.program_id == program_id)
    ).one()
    return (str(session.get_bind().engine.url), *row)


def _load(session: Session, program_id: int, model_id: str) -> ProgramMatrix | None:
    rows = session.execute(_companies(program_id, model_id)).all()
    own = select(Prospect.company_id).where(Prospect.program_id == program_id)
    vectors = passage_vectors(session, Passage.company_id.in_(own), model_id)
    rows = [row for row in rows if row.company_id in vectors]
    if not rows:
        return None
    total = session.scalar(select(func.count()).where(Prospect.program_id == program_id)) or 0
    return ProgramMatrix(
        matrix_of(rows, vectors, _signals(session, program_id)),
        [row.prospect_id for row in rows],
        [row.name for row in rows],
        total,
    )


def _companies(program_id: int, model_id: str) -> Any:
    """Return the query of the prospects that have text of this model and were not found silent, the best first."""
    return (
        select(
            Prospect.id.label("prospect_id"),
            Company.name,
            *DIGEST_COLUMNS,
        )
        .join(Company, Company.id == Prospect.company_id)
        .join(CompanyDigest, CompanyDigest.company_id == Company.id)
        .where(
            Prospect.program_id == program_id,
            Prospect.fit_state != FitState.NO_EVIDENCE,
            CompanyDigest.model_id == model_id,
            Company.crawl_outcome.not_in([outcome.value for outcome in NOT_ENOUGH]),
        )
        .order_by(Prospect.fit_sort.desc(), Prospect.id)
        .limit(MOST_COMPANIES)
    )


def passage_vectors(session: Session, whose: ColumnElement[bool], model_id: str) -> dict[int, NDArray[np.float16]]:
    """Return the raw passage vectors (n, d) of each of some companies."""
    rows = session.execute(
        select(Passage.company_id, Passage.vector)
        .where(whose, Passage.model_id == model_id)
        .order_by(Passage.company_id, Passage.page_id, Passage.start)
    )
    found: dict[int, list[bytes]] = {}
    for company_id, vector in rows:
        found.setdefault(company_id, []).append(vector)
    return {
        company_id: np.frombuffer(b"".join(vectors), dtype="<f2").reshape(len(vectors), -1)
        for company_id, vectors in found.items()
    }


def _signals(session: Session, program_id: int) -> dict[str, set[int]]:
    companies = select(Prospect.company_id).where(Prospect.program_id == program_id)
    rows = session.execute(select(Signal.name, Signal.company_id).where(Signal.company_id.in_(companies)).distinct())
    found: dict[str, set[int]] = {}
    for name, company_id in rows:
        found.setdefault(name, set()).add(company_id)
    return found


def matrix_of(
    rows: Sequence[Row[Any]], vectors: dict[int, NDArray[np.float16]], signals: dict[str, set[int]]
) -> SiteMatrix:
    """Return companies (DIGEST_COLUMNS of each) with their passage vectors and facts as one matrix, row by row."""
    block = np.concatenate([vectors[row.company_id] for row in rows])
    terms = [np.frombuffer(row.terms, dtype="<u4") for row in rows]
    counts = [np.frombuffer(row.term_counts, dtype="<u2") for row in rows]
    means = np.stack([np.frombuffer(row.mean, dtype="<f4") for row in rows])
    return SiteMatrix(
        domains=[row.domain for row in rows],
        vectors=block,
        starts=starts_of([len(vectors[row.company_id]) for row in rows]),
        norms=squared_lengths(block),
        whole_norms=squared_lengths(means),
        terms=np.concatenate(terms),
        term_counts=np.concatenate(counts),
        term_starts=starts_of([len(found) for found in terms]),
        languages=[row.language for row in rows],
        countries=[row.country for row in rows],
        signals={name: np.array([row.company_id in having for row in rows]) for name, having in signals.items()},
    )
