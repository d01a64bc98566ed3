"""Whom one could enroll and why others not, before anything happens; and enrolling one contact."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import (
    ContactBasis,
    Enrollment,
    Program,
    Prospect,
    SequenceVersion,
    User,
)
from app.queries.candidates import Candidate
from app.queries.contact_facts import contact_facts
from app.queries.quotes import quotable, still_said
from app.services.contact_bases import Basis, record_basis
from app.services.enrollment_audit import audit_enrollment
from app.services.enrollments import enroll
from app.services.errors import InvalidInput
from app.services.hindrances import why_not


@dataclass(frozen=True, slots=True)
class Skipped:
    """Somebody who is left out, and every reason in a sentence."""

    prospect_id: int
    company: str
    contact: str
    reasons: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """Somebody who can be enrolled."""

    prospect_id: int
    contact_id: int
    company: str
    contact: str
    address: str
    score: float | None


@dataclass(slots=True)
class EnrollPreview:
    """Who would be enrolled and who not, before anything happens."""

    ready: list[Ready] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    # Contacts who only lack a legal basis and whose address stands on a page, which is its source.
    lacks_basis: list[int] = field(default_factory=list)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """Return how often each reason stands in the way, the most frequent first."""
        found: dict[str, int] = {}
        for each in self.skipped:
            for code in each.codes:
                found[code] = found.get(code, 0) + 1
        return sorted(found.items(), key=lambda pair: -pair[1])


def preview_enrolling(
    session: Session, program: Program, found: Sequence[Candidate], *, sequence_id: int, sender_id: int
) -> EnrollPreview:
    """Say for each candidate whether it would be enrolled: its first contact that nothing hinders, else why not."""
    ids = [contact.id for each in found for contact in each.contacts]
    hindrances = why_not(session, program_id=program.id, contact_ids=ids, sequence_id=sequence_id, sender_id=sender_id)
    preview = EnrollPreview()
    taken: dict[str, str] = {}
    for each in found:
        able = [contact for contact in each.contacts if not hindrances[contact.id]]
        free = next((contact for contact in able if contact.email not in taken), None)
        if free is None and able:
            reason = _("The same address is enrolled here already, at %(company)s.", company=taken[able[0].email])
            preview.skipped.append(Skipped(each.prospect_id, each.company, able[0].label, (reason,), ("same_person",)))
            continue
        if free is not None:
            taken[free.email] = each.company
            preview.ready.append(Ready(each.prospect_id, free.id, each.company, free.label, free.email, each.score))
            continue
        if not each.contacts:
            reason = _("No contact with an e-mail address is known. Add one on the prospect's page.")
            preview.skipped.append(Skipped(each.prospect_id, each.company, "", (reason,), ("no_address",)))
            continue
        best = min(each.contacts, key=lambda contact: len(hindrances[contact.id]))
        why = hindrances[best.id]
        codes = tuple(hindrance.code for hindrance in why)
        if set(codes) <= {"no_legal_basis", "no_source"} and best.email_source.startswith(("https://", "http://")):
            preview.lacks_basis.append(best.id)
        reasons = tuple(hindrance.sentence for hindrance in why)
        preview.skipped.append(Skipped(each.prospect_id, each.company, best.label, reasons, codes))
    return preview


def enroll_one(
    session: Session,
    program: Program,
    contact_id: int,
    *,
    sequence_id: int,
    sender_id: int,
    actor: User | None,
) -> Enrollment:
    """Enroll one contact and fix the passage its mails quote: the best one, until a person chooses another.

    Raises InvalidInput and Conflict as enroll does.
    """
    enrollment = enroll(
        session,
        program=program,
        contact_id=contact_id,
        sequence_id=sequence_id,
        sender_id=sender_id,
        enrolled_by_id=actor.id if actor else None,
    )
    if _quotes(session, enrollment.version_id):
        best = next(iter(quotable(session, enrollment.prospect_id)), None)
        enrollment.quote = {"url": best.url, "text": best.text} if best else {}
    return enrollment


def choose_quote(session: Session, enrollment: Enrollment, quote: dict[str, str], *, actor: User | None) -> None:
    """Choose the passage that the mails of an enrollment quote. Raises InvalidInput where the page does not say it."""
    url, text = quote.get("url", ""), " ".join(quote.get("text", "").split())
    if not still_said(session, enrollment.prospect_id, url=url, text=text):
        raise InvalidInput({"quote": _("The saved page does not say this (any more). Choose another passage.")})
    enrollment.quote = {"url": url, "text": text}
    audit_enrollment(session, enrollment, "enrollment.quote_chosen", by_user_id=actor.id if actor else None, url=url)


def record_page_bases(
    session: Session, program: Program, contact_ids: Collection[int], *, legal_basis: str, actor: User
) -> int:
    """Record one legal basis for contacts whose address stands on a page, which becomes its source; return how many."""
    facts = contact_facts(session, contact_ids)
    known = set(session.scalars(select(ContactBasis.contact_id).where(ContactBasis.program_id == program.id)))
    rows = session.scalars(
        select(Prospect).where(
            Prospect.program_id == program.id, Prospect.company_id.in_({each.company_id for each in facts.values()})
        )
    )
    prospects = {row.company_id: row for row in rows}
    fresh = [each for each in facts.values() if each.id not in known and each.company_id in prospects]
    for each in fresh:
        basis = Basis(legal_basis=legal_basis, source=each.email_source)
        record_basis(session, prospects[each.company_id], each.id, basis, actor=actor)
    return len(fresh)


def _quotes(session: Session, version_id: int) -> bool:
    words = session.get_one(SequenceVersion, version_id).content.get("words", {})
    return "site.quote" in str(words)
