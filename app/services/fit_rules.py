"""Fit rules: a profile compiled to numbers once, kept, and used by every score until what it was made from changes."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models import Adoption, FitProfile, FitRules
from scoring.compile import ENGINE
from scoring.evidence import SiteEvidence
from scoring.receipt import evidence_hash, freeze_rules, thaw_rules
from scoring.rules import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesBasis:
    """What rules are made from; two equal ones give the same numbers."""

    program_id: int
    profile_id: int
    content: str
    adoption_id: int | None
    learned: str
    embedding_model: str
    exemplars: tuple[str, ...]

    @property
    def key(self) -> str:
        """Return a sha256 over everything, the engine's version with it."""
        words = [self.profile_id, self.content, self.adoption_id, self.learned, self.embedding_model, ENGINE]
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
    profile: FitProfile, adoption: Adoption | None, *, embedding_model: str, exemplars: Sequence[SiteEvidence]
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
    )


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
