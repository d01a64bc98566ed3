"""What a partner does behind the mailed link: opens it, comes along, or says no."""

from sqlalchemy.orm import Session

from app.models import Activity, ActivityKind, PartnerPerson
from app.models.wave import WaveSource, WaveStatus
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput
from app.services.languages import current_language, mark
from app.services.languages import gettext as _
from app.services.onboarding.people import people_of
from app.services.onboarding.starting import partnership_of
from app.services.plain_text import clean_text
from app.services.program_pages import current_terms
from app.services.waves.accepting import Acceptance, accept_partner
from app.services.waves.changes import By, record_status
from app.services.waves.links import MoveKey
from app.services.waves.statuses import withdraw

MAX_REASON = 1_000
_BY = By(source=WaveSource.PARTNER)
_IN = (WaveStatus.ACCEPTED, WaveStatus.MOVED)
_NOT_NOW = mark(
    "This cannot be done right now, and nothing was changed. Please try again in a minute, or answer our mail."
)


def note_opened(session: Session, key: MoveKey) -> None:
    """Note that the link was opened, by a person or by a mail program; it decides nothing."""
    partner = key.partner
    if partner.status is not WaveStatus.INVITED:
        return
    record_status(session, partner, WaveStatus.OPENED, _BY)
    _audit(session, key, "wave_partner.opened")


def accept(session: Session, key: MoveKey, *, terms_id: str, is_agreed: bool, address: str) -> PartnerPerson:
    """Let the partner come along; who did so already is simply let in.

    Raises InvalidInput (field `agreed`) without the tick, and Conflict where the terms changed meanwhile or the person
    can be let in by an account manager only.
    """
    if key.partner.status not in _IN:
        terms = current_terms(session, key.program.id)
        if terms is None or str(terms.id) != terms_id:
            raise Conflict(_("The terms changed while you read them; nothing was accepted. Please read them again."))
        if not is_agreed:
            raise InvalidInput({"agreed": _("Please tick that you accept the terms.")})
        person = _let_in(session, key, Acceptance(terms, address))
    else:
        partnership = partnership_of(session, key.prospect.id)
        people = people_of(session, partnership.id) if partnership else []
        person = next((each for each in people if each.email == key.person.email), None)
    if person is None:
        raise Conflict(_("You are in, but we have to open the page for you by hand. Please answer our mail."))
    person.language = person.language or current_language()
    return person


def refuse(session: Session, key: MoveKey, reason: str) -> None:
    """Take a partner's no, with the reason where they give one. Raises Conflict once they have accepted."""
    if key.partner.status in _IN:
        raise Conflict(_("You have accepted already. If you changed your mind, write to us on your partner page."))
    if key.partner.status is WaveStatus.REFUSED:
        return
    try:
        change = withdraw(session, key.prospect, _BY)
    except Conflict as error:
        raise Conflict(_(_NOT_NOW)) from error
    record_status(session, key.partner, WaveStatus.REFUSED, _BY, change=change)
    words = clean_text(reason)[:MAX_REASON]
    if words:
        body = f"Does not move over: {words}"
        session.add(Activity(prospect_id=key.prospect.id, kind=ActivityKind.NOTE, body=body, author_id=None))
    _audit(session, key, "wave_partner.refused")


def _let_in(session: Session, key: MoveKey, word: Acceptance) -> PartnerPerson | None:
    """Make them a partner; what stands in the way on our side, colleagues' names among it, is not told outside."""
    try:
        return accept_partner(session, key.partner, _BY, word=word)
    except (Conflict, InvalidInput) as error:
        raise Conflict(_(_NOT_NOW)) from error


def _audit(session: Session, key: MoveKey, action: str) -> None:
    record_audit(session, action, subject=f"wave_partner:{key.partner.id}", program_id=key.program.id)
