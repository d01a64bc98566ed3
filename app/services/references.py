"""References: people an applicant names are asked by mail, once a reviewer wants it, and answer on a short form.

A stranger's form alone never writes to third parties: only the reviewer's click does, and never to an address that is
not to be mailed. What a reference says is read by reviewers and by nobody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    OPEN_APPLICATION_STATES,
    Application,
    ApplicationEventKind,
    ApplicationReference,
    ApplicationState,
    Program,
    User,
)
from app.services.applicant_fields import MAX_REFERENCES, checked_reference
from app.services.application_links import MAX_TOKEN, record_event, record_remark
from app.services.application_mails import mail_reference
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.languages import gettext as _
from app.services.languages import mark, number
from app.services.links import own_addresses
from app.services.plain_text import clean_line, clean_text
from app.services.suppressions import is_suppressed
from app.services.tokens import hash_of, new_token

LINK_LIFE = timedelta(days=30)
ASK_AGAIN_AFTER = timedelta(days=3)
MAX_KNOWN_HOW, MAX_WORDS = 200, 4_000
RATHER_NOT = "rather_not"
AGAIN = {"yes": mark("Yes"), "partly": mark("Partly"), "no": mark("No")}
GONE = mark("This link is not complete, was answered before, or is more than a month old. Thank you all the same.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceAnswer:
    """What a reference says: how they know the applicant, whether they would work with them again, and words."""

    known_how: str = ""
    again: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class AskedReference:
    """A reference behind a mailed link, with what they are asked about."""

    reference: ApplicationReference
    application: Application
    program: Program


def write_references(session: Session, application: Application, given: Sequence[tuple[str, str]]) -> None:
    """Store the references in their order; who was named before keeps what they were asked and said."""
    emails = [email for _name, email in given]
    known = {}
    for place, row in enumerate(_rows(session, application)):
        if row.email in emails:
            known[row.email] = row
            row.position = 100 + place  # out of the way: two that change places would meet in the middle
        else:
            session.delete(row)
    session.flush()
    for position, (name, email) in enumerate(given, start=1):
        row = known.get(email) or ApplicationReference(application_id=application.id, email=email)
        row.name, row.position = name, position
        session.add(row)


def add_reference(session: Session, application: Application, *, name: str, email: str) -> None:
    """Name one more person, from the status page. Raises Conflict once it is closed, InvalidInput."""
    if application.state not in (*OPEN_APPLICATION_STATES, ApplicationState.UNCONFIRMED):
        raise Conflict(_("This application is closed, so no reference can be added any more."))
    rows = _rows(session, application)
    if len(rows) >= MAX_REFERENCES:
        raise Conflict(_("You have named as many references as this form takes."))
    found, problems = checked_reference(name, email)
    if found is None and not problems:
        problems = {"name": _("Please give a name and an e-mail address.")}
    elif found is not None and found[1] in {row.email for row in rows}:
        problems = {"email": _("You have named this address already.")}
    if problems or found is None:
        raise InvalidInput(problems)
    position = max((row.position for row in rows), default=0) + 1
    session.add(ApplicationReference(application_id=application.id, position=position, name=found[0], email=found[1]))
    record_event(session, application, ApplicationEventKind.REFERENCE_ADDED, text=f"{found[0]}, {found[1]}")
    _audit(session, application, "added", None)


def ask_reference(
    session: Session, application: Application, reference_id: int, *, actor: User
) -> ApplicationReference:
    """Mail a reference the link to their form; asking again after three days sends a new link.

    Raises NotFound, and Conflict where the application is closed or they answered, were just asked, or are not to be
    mailed.
    """
    reference = session.get(ApplicationReference, reference_id)
    if reference is None or reference.application_id != application.id:
        raise NotFound(_("This application names no such reference."))
    if application.state not in OPEN_APPLICATION_STATES:
        raise Conflict(_("This application is not open any more, so there is nothing to ask a reference about."))
    if reference.answered_at is not None:
        raise Conflict(_("%(name)s has answered already.", name=reference.name))
    if reference.asked_at is not None and reference.asked_at > now() - ASK_AGAIN_AFTER:
        raise Conflict(_("%(name)s was asked less than three days ago. Give them some time.", name=reference.name))
    if is_suppressed(session, reference.email) is not None:
        raise Conflict(
            _("%(email)s is on the list of who must not be mailed, so nobody was asked.", email=reference.email)
        )
    token = new_token()
    reference.token_hash, reference.asked_at, reference.expires_at = hash_of(token), now(), now() + LINK_LIFE
    mail_reference(
        session, application, reference, link=f"{own_addresses().public_url}/reference/{token}", until=now() + LINK_LIFE
    )
    record_remark(session, application, ApplicationEventKind.REFERENCE_ASKED, by_user_id=actor.id, text=reference.name)
    _audit(session, application, "asked", actor)
    return reference


def reference_behind(session: Session, token: str, *, lock: bool = False) -> AskedReference:
    """Return the reference a mailed link stands for, with `lock` for answering.

    Raises NotFound in the same words for a link that is altered, too old, or about an application that is closed.
    """
    query = (
        select(ApplicationReference, Application, Program)
        .join(Application, Application.id == ApplicationReference.application_id)
        .join(Program, Program.id == Application.program_id)
        .where(
            ApplicationReference.token_hash == hash_of(token[:MAX_TOKEN]),
            ApplicationReference.expires_at > now(),
            Application.state.in_(OPEN_APPLICATION_STATES),
            Program.archived_at.is_(None),
        )
    )
    if lock:
        query = query.with_for_update(of=ApplicationReference).execution_options(populate_existing=True)
    row = session.execute(query).first()
    if row is None:
        raise NotFound(_(GONE))
    return AskedReference(*row)


def answer_reference(session: Session, asked: AskedReference, given: ReferenceAnswer) -> None:
    """Keep what a reference says. Raises Conflict for a second answer, InvalidInput."""
    reference = asked.reference
    if reference.answered_at is not None:
        raise Conflict(_("You have answered already; what you said is kept as it was. Thank you."))
    known_how, words = clean_line(given.known_how), clean_text(given.words)
    problems = {}
    if given.again not in (*AGAIN, RATHER_NOT):
        problems["again"] = _("Please choose one.")
    if len(known_how) > MAX_KNOWN_HOW:
        problems["known_how"] = _("At most %(most)s characters.", most=number(MAX_KNOWN_HOW))
    if len(words) > MAX_WORDS:
        problems["words"] = _("At most %(most)s characters.", most=number(MAX_WORDS))
    if problems:
        raise InvalidInput(problems)
    says_nothing = given.again == RATHER_NOT
    reference.again, reference.answered_at = given.again, now()
    reference.known_how, reference.words = ("", "") if says_nothing else (known_how, words)
    record_remark(
        session, asked.application, ApplicationEventKind.REFERENCE_ANSWERED, by_user_id=None, text=reference.name
    )
    _audit(session, asked.application, "answered", None)


def _rows(session: Session, application: Application) -> list[ApplicationReference]:
    return list(
        session.scalars(
            select(ApplicationReference)
            .where(ApplicationReference.application_id == application.id)
            .order_by(ApplicationReference.position)
        )
    )


def _audit(session: Session, application: Application, what: str, actor: User | None) -> None:
    record_audit(
        session,
        f"reference.{what}",
        subject=f"application:{application.id}",
        actor_id=actor.id if actor else None,
        program_id=application.program_id,
    )
