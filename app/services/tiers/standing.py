"""Where a partner stands among the tiers: what theirs gives, and what the next one asks for."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.models import Partnership
from app.models.tier import Tier
from app.queries.tier_standing import is_by_hand, is_reached, next_tiers, reached_by
from app.queries.tiers import tier_named
from app.services.tiers.terms import TierAgreement, agreement_of
from app.services.tiers.words import entry_words, reached_words


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerStanding:
    """A partner's tier and the next one (None: there is none), what that asks for and how far they are."""

    tier: Tier | None
    following: Tier | None
    asks: str
    so_far: str
    is_reached: bool
    agreement: TierAgreement | None

    @property
    def has_terms_to_accept(self) -> bool:
        """Say whether terms of their tier wait for the partner."""
        return self.agreement is not None and self.agreement.accepted_at is None


def standing_of(session: Session, partnership: Partnership) -> PartnerStanding:
    """Return where a partner stands, in the words of whoever reads; a fixed number of statements."""
    following = next(iter(next_tiers(session, partnership)), None)
    reached = reached_by(session, partnership.id, following) if following and not is_by_hand(following) else None
    return PartnerStanding(
        tier=tier_named(session, partnership.program_id, partnership.tier) if partnership.tier else None,
        following=following,
        asks=entry_words(following) if following else "",
        so_far=reached_words(following, reached) if following and reached else "",
        is_reached=bool(following and reached and is_reached(following, reached)),
        agreement=agreement_of(session, partnership),
    )
