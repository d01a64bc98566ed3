"""Mailed keys to an application's status page (the database holds their hashes), and its log of events."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Application, ApplicationEvent, ApplicationEventKind, ApplicationLink, Program
from app.services.errors import NotFound
from app.services.languages import gettext as _
from app.services.languages import mark
from app.services.links import own_addresses
from app.services.tokens import hash_of, new_token

LINK_LIFE = timedelta(days=365)
MAX_TOKEN = 100
GONE = mark("This link is not complete, or is more than a year old. Use the newest mail you have from us.")


def new_status_link(session: Session, application: Application) -> str:
    """Return a fresh address of the application's status page; earlier ones go on working."""
    token = new_token()
    session.add(ApplicationLink(application_id=application.id, token_hash=hash_of(token), expires_at=now() + LINK_LIFE))
    return f"{own_addresses().public_url}/application/{token}"


def application_behind(session: Session, token: str, *, lock: bool = False) -> Application:
    """Return the application a link stands for, with `lock` for changing it.

    Raises NotFound in the same words for a link that is altered, too old, or of a program put away.
    """
    query = (
        select(Application)
        .join(ApplicationLink, ApplicationLink.application_id == Application.id)
        .join(Program, Program.id == Application.program_id)
        .where(
            ApplicationLink.token_hash == hash_of(token[:MAX_TOKEN]),
            ApplicationLink.expires_at > now(),
            Program.archived_at.is_(None),
        )
    )
    if lock:
        query = query.with_for_update(of=Application).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound(_(GONE))
    return found


def record_event(
    session: Session,
    application: Application,
    kind: ApplicationEventKind,
    *,
    by_user_id: int | None = None,
    text: str = "",
    changes: dict[str, list[str]] | None = None,
) -> ApplicationEvent:
    """Write down what happened and count the application's version up, so that a stale form is noticed."""
    application.version += 1
    event = ApplicationEvent(
        application_id=application.id, kind=kind, by_user_id=by_user_id, text=text, changes=changes or {}
    )
    session.add(event)
    return event


def record_remark(
    session: Session, application: Application, kind: ApplicationEventKind, *, by_user_id: int | None, text: str
) -> None:
    """Write down what happened beside an application without changing it: no reviewer's form goes stale by it."""
    session.add(ApplicationEvent(application_id=application.id, kind=kind, by_user_id=by_user_id, text=text))
