"""The companies a fit profile is read among: the program's own prospects that have text, as numbers in memory.

What they say teaches each topic their own words for it and the look of its first hits (scoring.feedback). How many
were looked at is part of a score's rules, so that a score moves by them rarely: when half as many again are known.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Company, CompanyDigest, FitRules, FitState, Page, Passage, Prospect
from app.queries.fit_matrix import DIGEST_COLUMNS, matrix_of, passage_vectors, program_stamp
from app.queries.site_evidence import NOT_ENOUGH
from scoring.corpus import MIN_COMPANIES, Corpus
from scoring.embedder import Embedder
from scoring.evidence import SiteEvidence
from scoring.profile import FitProfile
from scoring.score import Scorer

GROWTH = 1.5
# More teach nothing new: what a corpus teaches counts in full from 1,500 on.
MOST_COMPANIES = 3_000
MOST_PROGRAMS = 2
AMONG = "among"

# The texts of the passages of some companies, by company id.
CompanyTexts = Callable[[Sequence[int]], Mapping[int, list[str]]]


@dataclass(frozen=True, slots=True, eq=False)
class ProgramCorpus:
    """A program's companies as the engine's corpus, with their ids row by row.

    `size` is how many it was made for; those without a number, and all but 3,000 evenly spaced ones, are not in it.
    """

    size: int
    corpus: Corpus
    company_ids: list[int]


_held: OrderedDict[tuple[int, str, int], tuple[tuple[Any, ...], ProgramCorpus | None]] = OrderedDict()
_loading = threading.Lock()


def corpus_size(session: Session, program_id: int, *, model_id: str, learned: Mapping[str, Any] | None) -> int:
    """Return among how many of its companies a program is scored now; 0 where there are fewer than 50.

    It stays what it was at the newest rules until half as many again are known, or a third are gone. Adopted weights
    keep the companies they were learned among: in another company they mean something else.
    """
    if learned is not None:
        return int(learned.get(AMONG, 0))
    known = session.scalar(select(func.count()).select_from(_readable(program_id, model_id).subquery())) or 0
    model = session.scalar(
        select(FitRules.content["model"].as_string())
        .where(FitRules.program_id == program_id, FitRules.embedding_model == model_id)
        .order_by(FitRules.id.desc())
        .limit(1)
    )
    before = among_of(model or "")
    if before and before / GROWTH < known < before * GROWTH:
        return before
    return known if known >= MIN_COMPANIES else 0


def among_of(model: str) -> int:
    """Return among how many companies rules were made, from their model id ("…/fit-2@169+42"); 0 for none."""
    number = model.partition("@")[2].partition("+")[0]
    return int(number) if number.isdecimal() else 0


def program_corpus(session: Session, program_id: int, *, model_id: str, size: int) -> ProgramCorpus | None:
    """Return the program's first `size` companies with text as a corpus, kept in this process; None for too few."""
    if size < MIN_COMPANIES:
        return None
    key = (program_id, model_id, size)
    with _loading:
        stamp = program_stamp(session, program_id)
        held = _held.get(key)
        if held is None or held[0] != stamp:
            held = (stamp, _load(session, program_id, model_id, size))
            _held[key] = held
        _held.move_to_end(key)
        while len(_held) > MOST_PROGRAMS:
            _held.popitem(last=False)
    return held[1]


def scorer_among(
    parsed: FitProfile,
    held: ProgramCorpus | None,
    *,
    texts: CompanyTexts,
    embedder: Embedder,
    exemplars: Sequence[SiteEvidence],
) -> Scorer:
    """Return the scorer of a profile read among a program's companies, or by itself where there are too few."""
    if held is None:
        return Scorer(parsed, embedder=embedder, exemplars=exemplars)

    def texts_of_rows(rows: Sequence[int]) -> dict[int, list[str]]:
        found = texts([held.company_ids[row] for row in rows])
        return {row: found.get(held.company_ids[row], []) for row in rows}

    scorer = Scorer.among(parsed, held.corpus, texts=texts_of_rows, embedder=embedder, exemplars=exemplars)
    named = f"{scorer.rules.model.partition('@')[0]}@{held.size}"
    return scorer.with_rules(replace(scorer.rules, model=named))


def texts_in(session: Session, *, model_id: str) -> CompanyTexts:
    """Return the reader of companies' passages in this session."""
    return partial(company_texts, session, model_id)


def company_texts(session: Session, model_id: str, company_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the texts of the passages of companies, by company id."""
    rows = session.execute(
        select(Passage.company_id, Passage.start, Passage.end, Page.text)
        .join(Page, Page.id == Passage.page_id)
        .where(Passage.company_id.in_(company_ids), Passage.model_id == model_id)
        .order_by(Passage.company_id, Passage.page_id, Passage.start)
    )
    found: dict[int, list[str]] = {}
    for company_id, start, end, text in rows:
        found.setdefault(company_id, []).append(text[start:end])
    return found


def _readable(program_id: int, model_id: str) -> Any:
    """Return the query of a program's companies with text of this model, by prospect, oldest first."""
    return (
        select(Prospect.fit_state, *DIGEST_COLUMNS)
        .join(Company, Company.id == Prospect.company_id)
        .join(CompanyDigest, CompanyDigest.company_id == Company.id)
        .where(
            Prospect.program_id == program_id,
            CompanyDigest.model_id == model_id,
            Company.crawl_outcome.not_in([outcome.value for outcome in NOT_ENOUGH]),
        )
        .order_by(Prospect.id)
    )


def _load(session: Session, program_id: int, model_id: str, size: int) -> ProgramCorpus | None:
    step = -(-size // MOST_COMPANIES)
    query = _readable(program_id, model_id).with_only_columns(Company.id, Prospect.fit_state)
    first = session.execute(query.limit(size)).all()[::step]
    # Those found silent (another language, a few words) teach nothing; the first time nobody knows them yet.
    chosen = {company_id for company_id, state in first if state is not FitState.NO_EVIDENCE}
    rows = session.execute(_readable(program_id, model_id).where(Company.id.in_(chosen))).all()
    vectors = passage_vectors(session, Passage.company_id.in_(chosen), model_id)
    rows = [row for row in rows if row.company_id in vectors]
    if len(rows) < 2:
        return None
    corpus = Corpus(matrix_of(rows, vectors, {}), model_id=model_id)
    return ProgramCorpus(size, corpus, [row.company_id for row in rows])
