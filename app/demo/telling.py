"""What the demo's people told each other, so that the bell rings and a mention can be seen."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.demo.program import AFTERGLOW_PARTNERS
from app.models import Activity, ActivityKind, Company, Program, Prospect, User
from app.models.notification import Notification
from app.services.activities import add_activity

_MENTIONS = (
    (
        "harborlight-studio.demo.test",
        "joanna@example.com",
        5,
        "@Theo I can take them on from Monday. Which date did you promise Ines for the sandbox stores?",
    ),
    (
        "cobbleworks.demo.test",
        "amara@example.com",
        26,
        "@Theo they asked again for a case from their own country. @Joanna, do we have a partner they could talk to?",
    ),
)


def tell_each_other(session: Session, people: dict[str, User]) -> None:
    """Write the notes that mention somebody. What loading the demo told before is a day old, and read."""
    program = session.scalars(select(Program).where(Program.slug == AFTERGLOW_PARTNERS.slug)).one()
    session.flush()
    before = now() - timedelta(days=1)
    session.execute(update(Notification).values(at=before, read_at=before))
    for domain, author, hours_ago, body in _MENTIONS:
        prospect = session.scalars(
            select(Prospect).join(Company).where(Prospect.program_id == program.id, Company.domain == domain)
        ).one()
        note = add_activity(session, prospect, kind=ActivityKind.NOTE, body=body, author=people[author])
        at = now() - timedelta(hours=hours_ago)
        session.execute(update(Activity).where(Activity.id == note.id).values(at=at))
        session.execute(update(Notification).where(Notification.activity_id == note.id).values(at=at))
