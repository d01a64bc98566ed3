"""How the people of a partner can get into the portal: mailed links, a password, and when they last signed in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import PartnerLink, PartnerPerson
from app.models.partner_access import PartnerPassword, PartnerSession


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAccess:
    """What one person holds; a moment is None where there is no such key. A session is a browser that is signed in."""

    link_mailed_at: datetime | None = None
    link_until: datetime | None = None
    password_set_at: datetime | None = None
    last_sign_in_at: datetime | None = None
    sessions: int = 0

    @property
    def can_come_in(self) -> bool:
        """Say whether they have any way in at all."""
        return self.link_until is not None or self.password_set_at is not None


def access_of(session: Session, partnership_id: int) -> dict[int, PersonAccess]:
    """Return by person how those who act for a partner can come in, in one query."""
    links = (
        select(func.max(PartnerLink.created_at), func.max(PartnerLink.expires_at))
        .where(PartnerLink.person_id == PartnerPerson.id, PartnerLink.expires_at > now())
        .correlate(PartnerPerson)
    )
    open_sessions = select(func.count(PartnerSession.id)).where(
        PartnerSession.person_id == PartnerPerson.id, PartnerSession.expires_at > now()
    )
    mailed_at, until = (links.with_only_columns(column).scalar_subquery() for column in links.selected_columns)
    rows = session.execute(
        select(
            PartnerPerson.id,
            mailed_at,
            until,
            PartnerPassword.set_at,
            PartnerPassword.last_sign_in_at,
            open_sessions.scalar_subquery(),
        )
        .outerjoin(PartnerPassword, PartnerPassword.person_id == PartnerPerson.id)
        .where(PartnerPerson.partnership_id == partnership_id, PartnerPerson.removed_at.is_(None))
    )
    return {
        row[0]: PersonAccess(
            link_mailed_at=row[1],
            link_until=row[2],
            password_set_at=row[3],
            last_sign_in_at=row[4],
            sessions=row[5],
        )
        for row in rows
    }
