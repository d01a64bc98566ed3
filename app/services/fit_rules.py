"""Fit rules: a profile compiled to numbers once, kept, and used by every score until what it was made from changes."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models import Adoption, FitProfile, FitRules
from app.queries.fit_corpus import CompanyTexts, ProgramCorpus, corpus_size, program_corpus, scorer_among
from app.queries.site_evidence import company_ids, load_evidence
from app.services.errors import ServiceError
from scoring.compile import ENGINE
from scoring.embedder import Embedder
from scoring.evidence import SiteEvidence
from scoring.profile import FitProfile as ParsedProfile
from scoring.profile import parse_profile
from scoring.receipt import evidence_hash, freeze_rules, thaw_head, thaw_rules, with_head
from scoring.rules import Rules
from scoring.score import Scorer


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesBasis:
    """What rules are made from; two equal ones give the same numbers.

    `among` is how many of the program's companies the profile was read among: which ones they were is kept in the
    rules themselves, so that the same number is never read anew.
    """

    program_id: int
    profile_id: int
    content: str
    adoption_id: int | None
    learned: str
    embedding_model: str
    exemplars: tuple[str, ...]
    among: int = 0

    @property
    def key(self) -> str:
        """Return a sha256 over everything, the engine's version with it."""
        words = [self.profile_id, self.content, self.adoption_id, self.learned, self.embedding_model, ENGINE]
        words += [self.among] if self.among else []
        return hashlib.sha256(json.dumps([*words, *self.exemplars]).encode()).hexdigest()


def adoption_in_force(session: Session, program_id: int, *, embedding_model: str) -> Adoption | None:
    """Return the learned weights in force; those learned in another model's space mean nothing and are not used."""
    return session.scalar(
        select(Adoption).where(
            Adoption.program_id == program_id,
            Adoption.withdrawn_at.is_(None),
            Adoption.embedding_model == embedding_model,
        )
    )


def basis_of(
    profile: FitProfile,
    adoption: Adoption | None,
    *,
    embedding_model: str,
    exemplars: Sequence[SiteEvidence],
    among: int = 0,
) -> RulesBasis:
    """Return what rules for this profile would be made from now; `exemplars` are those with evidence."""
    return RulesBasis(
        program_id=profile.program_id,
        profile_id=profile.id,
        content=json.dumps(profile.content, sort_keys=True),
        adoption_id=adoption.id if adoption else None,
        learned=json.dumps(adoption.head, sort_keys=True) if adoption else "",
        embedding_model=embedding_model,
        exemplars=tuple(sorted(f"{site.domain} {evidence_hash(site)}" for site in exemplars)),
        among=among,
    )


@dataclass(frozen=True, slots=True, eq=False)
class ProfileInForce:
    """A program's profile with its learned weights, the exemplars that were read, and what rules come of them."""

    profile: FitProfile
    parsed: ParsedProfile
    exemplars: tuple[SiteEvidence, ...]
    adoption: Adoption | None
    basis: RulesBasis

    def compile(self, embedder: Embedder, held: ProgramCorpus | None, *, texts: CompanyTexts) -> Scorer:
        """Return the scorer of the profile read among the program's companies, nothing learned from decisions."""
        return scorer_among(self.parsed, held, texts=texts, embedder=embedder, exemplars=self.exemplars)

    def compile_learned(self, embedder: Embedder, held: ProgramCorpus | None, *, texts: CompanyTexts) -> Scorer:
        """Return the scorer with the adopted weights, where there are any."""
        scorer = self.compile(embedder, held, texts=texts)
        if self.adoption is None:
            return scorer
        return scorer.with_rules(with_head(scorer.rules, thaw_head(self.adoption.head)))

    def corpus(self, session: Session) -> ProgramCorpus | None:
        """Return the program's companies that the profile is read among, or None where there are too few."""
        basis = self.basis
        return program_corpus(session, basis.program_id, model_id=basis.embedding_model, size=basis.among)


def profile_in_force(session: Session, program_id: int, *, embedding_model: str) -> ProfileInForce:
    """Return what a program is scored with. Raises ServiceError where it has no profile, ScoringError for a bad one."""
    profile = session.scalar(
        select(FitProfile).where(FitProfile.program_id == program_id, FitProfile.is_current.is_(True))
    )
    if profile is None:
        raise ServiceError("This program has no fit profile yet. Write one under Fit profile, then all is scored.")
    parsed = parse_profile(profile.content)
    known = load_evidence(session, company_ids(session, parsed.exemplars), model_id=embedding_model)
    exemplars = tuple(found.site for found in known.values() if found.site.passages)
    adoption = adoption_in_force(session, program_id, embedding_model=embedding_model)
    learned = adoption.head if adoption else None
    among = corpus_size(session, program_id, model_id=embedding_model, learned=learned)
    basis = basis_of(profile, adoption, embedding_model=embedding_model, exemplars=exemplars, among=among)
    return ProfileInForce(profile, parsed, exemplars, adoption, basis)


def find_rules(session: Session, basis: RulesBasis) -> FitRules | None:
    """Return the rules made from this basis before, if they were."""
    return session.scalar(select(FitRules).where(FitRules.program_id == basis.program_id, FitRules.basis == basis.key))


def keep_rules(session: Session, basis: RulesBasis, rules: Rules) -> FitRules:
    """Store rules; where another worker stored the same basis meanwhile, its row is returned."""
    row = FitRules(
        program_id=basis.program_id,
        profile_id=basis.profile_id,
        adoption_id=basis.adoption_id,
        basis=basis.key,
        embedding_model=basis.embedding_model,
        content=freeze_rules(rules),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        found = find_rules(session, basis)
        if found is None:
            raise
        return found
    return row


def rules_of(row: FitRules) -> Rules:
    """Return stored rules as the engine's numbers, bit for bit."""
    return thaw_rules(row.content)
