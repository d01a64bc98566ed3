"""The demo's ways in for others: a partner with a password, a token of the API, and how old applicants' domains are."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import today
from app.demo.people import DEMO_PASSWORD
from app.demo.program import AFTERGLOW_PARTNERS
from app.models import PartnerPerson, Partnership, Program, User
from app.models.api_token import ApiScope
from app.services.api_tokens import NewToken, create_token
from app.services.domain_age import claim_age, record_age
from app.services.onboarding.people import PortalKey
from app.services.onboarding.signing_in import set_password
from app.services.passwords import hash_password
from scrapers.rdap import RdapOutcome, Registration

# Registered a few weeks before it applied; the others have been around for years.
YOUNG_DOMAIN, YOUNG_DAYS = "coupon-cove.demo.test", 41
SILENT_DOMAIN = "kurswechsel-cro.demo.test"


def open_to_others(session: Session, program: Program, *, admin: User) -> None:
    """Give one partner's person a password, the admin a token, and every domain that waits its age."""
    if program.slug != AFTERGLOW_PARTNERS.slug:
        return
    found = session.execute(
        select(PartnerPerson, Partnership)
        .join(Partnership, Partnership.id == PartnerPerson.partnership_id)
        .where(Partnership.program_id == program.id, PartnerPerson.removed_at.is_(None))
        .order_by(PartnerPerson.id)
    ).first()
    if found is not None:
        set_password(session, PortalKey(found[0], found[1], program), hash_password(DEMO_PASSWORD), token="")
    scopes = (ApiScope.READ.value, ApiScope.RESULTS_WRITE.value)
    new = NewToken(name="Tracking platform, nightly results", scopes=scopes, program_id=program.id, days=365)
    create_token(session, new, actor=admin)
    _tell_ages(session)


def _tell_ages(session: Session) -> None:
    """Answer for the registries: none knows the demo's domains, and a demo asks nobody outside."""
    session.flush()
    while (claimed := claim_age(session)) is not None:
        if claimed.domain == SILENT_DOMAIN:
            detail = "Its registry does not tell since when it is registered."
            record_age(session, claimed, Registration(RdapOutcome.NOT_TOLD, detail=detail))
        else:
            days = YOUNG_DAYS if claimed.domain == YOUNG_DOMAIN else 2_190 + 37 * claimed.id
            record_age(session, claimed, Registration(RdapOutcome.KNOWN, today() - timedelta(days=days)))
        session.flush()
