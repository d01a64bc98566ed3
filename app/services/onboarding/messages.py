"""Messages between a partner and us: both sides read them, and they stand on the prospect's timeline."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from app.models import Activity, ActivityKind, PartnerPerson, Partnership, User
from app.services.audit import record_audit
from app.services.errors import InvalidInput
from app.services.languages import gettext as _
from app.services.languages import number
from app.services.onboarding.mails import company_name, language_of, mail_person, reachable_people
from app.services.onboarding.people import people_of
from app.services.onboarding.staff_mails import mail_partner_wrote
from app.services.plain_text import clean_text

MAX_MESSAGE = 4_000


def write_to_us(session: Session, partnership: Partnership, text: str, *, person: PartnerPerson) -> Activity:
    """Take a partner's message and pass it on to the account manager. Raises InvalidInput for none or a book."""
    message = _write(session, partnership, text, person_id=person.id)
    manager = session.get(User, partnership.account_manager_id) if partnership.account_manager_id else None
    if manager is not None and manager.is_active:
        mail_partner_wrote(session, partnership, manager, by=person.name, text=message.body)
    return message


def write_to_partner(
    session: Session, partnership: Partnership, text: str, *, author: User, said_in: Callable[[str], str] | None = None
) -> int:
    """Send a message to the partner's people; returns how many are mailed. Raises InvalidInput, also for nobody.

    `said_in` gives words of ours in a language, so that each person is mailed in their own; `text` stands on the page.
    """
    people = people_of(session, partnership.id)
    if not people:
        raise InvalidInput({"text": _("Nobody of this partner has access yet. Add their main contact first.")})
    reachable = reachable_people(session, partnership.id)
    if not reachable:
        company = company_name(session, partnership)
        raise InvalidInput(
            {
                "text": _(
                    "Everybody of %(company)s with access asked for no mail, or cannot be mailed. "
                    "Reach them another way.",
                    company=company,
                )
            }
        )
    message = _write(session, partnership, text, author_id=author.id)
    for person in reachable:
        words = said_in(language_of(session, person)) if said_in else message.body
        mail_person(session, person, "message", by=author.name, text=words)
    return len(reachable)


def _write(
    session: Session, partnership: Partnership, text: str, *, person_id: int | None = None, author_id: int | None = None
) -> Activity:
    body = clean_text(text)
    if not body:
        raise InvalidInput({"text": _("Write something first.")})
    if len(body) > MAX_MESSAGE:
        numbers = {"count": number(len(body)), "most": number(MAX_MESSAGE)}
        raise InvalidInput({"text": _("The message has %(count)s characters; keep it to %(most)s.", **numbers)})
    message = Activity(
        prospect_id=partnership.prospect_id,
        kind=ActivityKind.MESSAGE,
        body=body,
        author_id=author_id,
        person_id=person_id,
    )
    session.add(message)
    session.flush()
    record_audit(
        session,
        "message.added",
        subject=f"prospect:{partnership.prospect_id}",
        actor_id=author_id,
        program_id=partnership.program_id,
        details={"activity_id": message.id, "person_id": person_id},
    )
    return message
