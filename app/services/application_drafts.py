"""Half-finished forms: kept for a month behind a mailed link, deleted when the form is sent or the month is over."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import ApplicationDraft, Program, ProgramPage
from app.services.applicant_fields import checked_email
from app.services.application_links import MAX_TOKEN
from app.services.application_mails import mail_draft
from app.services.audit import record_audit
from app.services.errors import InvalidInput, NotFound
from app.services.languages import gettext as _
from app.services.languages import mark
from app.services.links import own_addresses
from app.services.tokens import hash_of, new_token
from scrapers.domains import EmailError

DRAFT_LIFE = timedelta(days=30)
MAX_FIELDS, MAX_FIELD = 60, 4_000
GONE = mark("This link is not complete, or is more than a month old. Please begin the form anew.")


def save_draft(session: Session, program: Program, fields: Mapping[str, str], *, email: str) -> ApplicationDraft:
    """Keep a half-finished form and mail the way back to it. Raises InvalidInput without an address to mail to.

    Fields are kept as typed and checked when the form is sent; each is cut to MAX_FIELD characters.
    """
    try:
        address = checked_email(email)
    except EmailError:
        problem = _("Give your e-mail address: we mail you the way back to this form.")
        raise InvalidInput({"email": problem}) from None
    session.execute(delete(ApplicationDraft).where(ApplicationDraft.expires_at < now()))
    token = new_token()
    draft = ApplicationDraft(
        program_id=program.id,
        token_hash=hash_of(token),
        email=address,
        fields={name[:60]: value[:MAX_FIELD] for name, value in list(fields.items())[:MAX_FIELDS]},
        expires_at=now() + DRAFT_LIFE,
    )
    session.add(draft)
    session.flush()
    link = f"{own_addresses().public_url}/application/draft/{token}"
    mail_draft(session, program, to_address=address, link=link, until=draft.expires_at)
    record_audit(session, "application.draft_kept", subject=f"draft:{draft.id}", program_id=program.id)
    return draft


def draft_behind(session: Session, token: str) -> tuple[ApplicationDraft, ProgramPage, Program]:
    """Return a draft with the page and program it is for. Raises NotFound for a link that is altered or too old."""
    row = session.execute(
        select(ApplicationDraft, ProgramPage, Program)
        .join(Program, Program.id == ApplicationDraft.program_id)
        .join(ProgramPage, ProgramPage.program_id == Program.id)
        .where(
            ApplicationDraft.token_hash == hash_of(token[:MAX_TOKEN]),
            ApplicationDraft.expires_at > now(),
            ProgramPage.is_open,
            Program.archived_at.is_(None),
        )
    ).first()
    if row is None:
        raise NotFound(_(GONE))
    return row[0], row[1], row[2]


def drop_draft(session: Session, program_id: int, token: str) -> None:
    """Delete the draft a sent form was resumed from."""
    session.execute(
        delete(ApplicationDraft).where(
            ApplicationDraft.program_id == program_id, ApplicationDraft.token_hash == hash_of(token[:MAX_TOKEN])
        )
    )
