"""The scorer of a program, compiled once a process, its rules stored once for good."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select

from app.db import reading, transaction
from app.models import FitRules
from app.queries.fit_corpus import company_texts
from app.services.fit import request_scores
from app.services.fit_rules import ProfileInForce, find_rules, keep_rules, profile_in_force, rules_of
from scoring.embedder import Embedder
from scoring.score import Scorer

MOST_SCORERS = 16
_compiled: OrderedDict[str, "ProgramScorer"] = OrderedDict()


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class ProgramScorer:
    """A scorer with the rows its rules are stored in."""

    scorer: Scorer
    rules_id: int
    profile_id: int


def scorer_for(embedder: Embedder, program_id: int) -> ProgramScorer:
    """Return the scorer of a program's profile and learned weights in force.

    Raises ServiceError where the program has no profile, and the engine's ScoringError where it cannot be used.
    """
    with reading() as session:
        found = profile_in_force(session, program_id, embedding_model=embedder.model_id)
        stored = find_rules(session, found.basis)
        key = found.basis.key
        held = _compiled.get(key)
        is_known = held is not None and stored is not None and held.rules_id == stored.id
        corpus = found.corpus(session) if stored is None else None
    if not is_known:
        scorer = found.compile_learned(embedder, corpus, texts=partial(_texts, embedder.model_id))
        row = stored or _store(found, scorer)
        # The stored numbers, not the ones just made: whatever was scored with them before is scored the same again.
        _remember(key, ProgramScorer(scorer.with_rules(rules_of(row)), row.id, found.profile.id))
    return _compiled[key]


def _texts(model_id: str, company_ids: Sequence[int]) -> dict[int, list[str]]:
    with reading() as session:
        return company_texts(session, model_id, company_ids)


def _store(found: ProfileInForce, scorer: Scorer) -> FitRules:
    """Keep new rules; where the same profile had others before, all score again.

    That is so where an exemplar was read meanwhile, or half as many companies again as the profile was read among.
    """
    basis = found.basis
    with transaction() as session:
        earlier = session.scalar(
            select(FitRules.id)
            .where(FitRules.profile_id == basis.profile_id, FitRules.embedding_model == basis.embedding_model)
            .where(FitRules.adoption_id.is_not_distinct_from(basis.adoption_id))
            .limit(1)
        )
        row = keep_rules(session, basis, scorer.rules)
        if earlier is not None and earlier != row.id:
            request_scores(session, basis.program_id)
        return row


def _remember(key: str, made: ProgramScorer) -> None:
    _compiled[key] = made
    while len(_compiled) > MOST_SCORERS:
        _compiled.popitem(last=False)
