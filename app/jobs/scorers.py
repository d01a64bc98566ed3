"""The scorer of a program, compiled once a process, its rules stored once for good."""

from collections import OrderedDict
from dataclasses import dataclass

from sqlalchemy import select

from app.db import reading, transaction
from app.models import FitProfile, FitRules
from app.queries.site_evidence import company_ids, load_evidence
from app.services.errors import ServiceError
from app.services.fit import current_profile, request_scores
from app.services.fit_rules import RulesBasis, adoption_in_force, basis_of, find_rules, keep_rules, rules_of
from scoring.embedder import Embedder
from scoring.profile import parse_profile
from scoring.receipt import thaw_head, with_head
from scoring.score import Scorer

MOST_SCORERS = 16
_compiled: OrderedDict[str, "ProgramScorer"] = OrderedDict()


@dataclass(frozen=True, slots=True, eq=False)
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
        profile = current_profile(session, program_id)
        if profile is None:
            raise ServiceError("This program has no fit profile yet. Write one under Fit profile, then all is scored.")
        parsed = parse_profile(profile.content)
        known = load_evidence(session, company_ids(session, parsed.exemplars), model_id=embedder.model_id)
        exemplars = [found.site for found in known.values() if found.site.passages]
        adoption = adoption_in_force(session, program_id, embedding_model=embedder.model_id)
        basis = basis_of(profile, adoption, embedding_model=embedder.model_id, exemplars=exemplars)
        stored = find_rules(session, basis)
    held = _compiled.get(basis.key)
    if held is None or stored is None or held.rules_id != stored.id:
        scorer = Scorer(parsed, embedder=embedder, exemplars=exemplars)
        if adoption is not None:
            scorer = scorer.with_rules(with_head(scorer.rules, thaw_head(adoption.head)))
        row = stored or _store(basis, scorer, profile)
        # The stored numbers, not the ones just made: whatever was scored with them before is scored the same again.
        _remember(basis.key, ProgramScorer(scorer.with_rules(rules_of(row)), row.id, profile.id))
    return _compiled[basis.key]


def _store(basis: RulesBasis, scorer: Scorer, profile: FitProfile) -> FitRules:
    """Keep new rules; where the same profile had others before, say because an exemplar was read, all score again."""
    with transaction() as session:
        earlier = session.scalar(
            select(FitRules.id)
            .where(FitRules.profile_id == profile.id, FitRules.embedding_model == basis.embedding_model)
            .where(FitRules.adoption_id.is_not_distinct_from(basis.adoption_id))
        )
        row = keep_rules(session, basis, scorer.rules)
        if earlier is not None and earlier != row.id:
            request_scores(session, basis.program_id)
        return row


def _remember(key: str, made: ProgramScorer) -> None:
    _compiled[key] = made
    while len(_compiled) > MOST_SCORERS:
        _compiled.popitem(last=False)
