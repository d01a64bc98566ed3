"""One mail to many partners: written as a draft, looked at with everybody it reaches, sent once."""

import hashlib
import json
from dataclasses import dataclass, field

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import SOURCE, in_language, number
from app.languages import gettext as _
from app.models import Broadcast, BroadcastPerson, Program, User
from app.services.audit import record_audit
from app.services.care.mails import Names, mail_broadcast
from app.services.care.segments import Segment, addressed, load_people
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.plain_text import clean_line, clean_text

MAX_SUBJECT, MAX_TEXT = 150, 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastContent:
    """A broadcast as a person typed it."""

    subject: str
    text: str
    segment: Segment = field(default_factory=Segment)


def broadcast_for(session: Session, program: Program, broadcast_id: int, *, hold: bool = False) -> Broadcast:
    """Return a broadcast of the program, with `hold` as it stands now and until the end. Raises NotFound."""
    found = session.get(Broadcast, broadcast_id, with_for_update=hold, populate_existing=hold)
    if found is None or found.program_id != program.id:
        raise NotFound(_("There is no such broadcast in this program; a draft may have been thrown away."))
    return found


def seen_as(draft: Broadcast) -> str:
    """Return what stands for a draft's words and segment, to be sent back by whoever has looked at them."""
    content = json.dumps([draft.subject, draft.text, draft.segment], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def write_broadcast(session: Session, program: Program, content: BroadcastContent, *, actor: User) -> Broadcast:
    """Keep a draft. Raises InvalidInput naming every field that cannot be used."""
    subject, text = _checked(content)
    draft = Broadcast(
        program_id=program.id,
        subject=subject,
        text=text,
        segment=content.segment.stored(),
        created_by_id=actor.id,
    )
    session.add(draft)
    session.flush()
    _audit(session, "broadcast.written", draft, actor)
    return draft


def change_broadcast(session: Session, draft: Broadcast, content: BroadcastContent, *, seen: str, actor: User) -> None:
    """Change a draft that is held. Raises Conflict for one that was sent, and InvalidInput as write_broadcast does.

    InvalidInput too where it is not what was `seen` (see seen_as) any more.
    """
    _must_be_draft(draft)
    if seen != seen_as(draft):
        raise InvalidInput(
            {
                "subject": _(
                    "Somebody changed this draft meanwhile, so yours is not saved. Saving again replaces theirs."
                )
            }
        )
    draft.subject, draft.text = _checked(content)
    draft.segment = content.segment.stored()
    _audit(session, "broadcast.changed", draft, actor)


def drop_broadcast(session: Session, draft: Broadcast, *, actor: User) -> None:
    """Throw a draft away. Raises Conflict for one that was sent: that is on record."""
    _must_be_draft(draft)
    _audit(session, "broadcast.dropped", draft, actor, subject_line=draft.subject)
    session.execute(delete(Broadcast).where(Broadcast.id == draft.id))


def send_broadcast(session: Session, draft: Broadcast, *, expected: int, seen: str, actor: User) -> int:
    """Mail everybody whom the segment reaches now, each person once, and write down who and who not; return how many.

    Raises Conflict where it was sent already, reaches nobody, or reaches another number than `expected`, which the
    preview showed: somebody opted out or became a partner since, and whoever sends looks again. Conflict too where the
    draft is not what was `seen` (see seen_as). The draft is held by the caller.
    """
    if seen != seen_as(draft):
        raise Conflict(_("Somebody changed this draft since you looked at it, and nothing was sent. Look again."))
    with in_language(SOURCE):  # the reasons are kept; whoever reads them is told in their language
        found = addressed(session, draft.program_id, Segment.of(draft.segment))
    if not found.to:
        raise Conflict(_("This broadcast reaches nobody. Choose other partners."))
    if len(found.to) != expected:
        raise Conflict(
            _(
                "It reaches %(count)s people now, not %(expected)s as when you looked. Look again.",
                count=len(found.to),
                expected=expected,
            )
        )
    taken = session.scalar(
        update(Broadcast)
        .where(Broadcast.id == draft.id, Broadcast.sent_at.is_(None))
        .values(sent_at=now(), sent_by_id=actor.id)
        .returning(Broadcast.id)
    )
    if taken is None:
        raise Conflict(_("This broadcast was sent already. Nobody gets it twice."))
    session.refresh(draft)
    program = clean_line(session.get_one(Program, draft.program_id).name)
    people = load_people(session, found)
    mails = []
    for each in found.to:
        names = Names(program, clean_line(each.company), draft.program_id)
        mails.append(
            mail_broadcast(session, people[each.person_id or 0], names, subject=draft.subject, text=draft.text)
        )
    session.flush()
    session.add_all(
        BroadcastPerson(
            broadcast_id=draft.id, partnership_id=each.partnership_id, person_id=each.person_id, notice_id=mail.id
        )
        for each, mail in zip(found.to, mails, strict=True)
    )
    session.add_all(
        BroadcastPerson(
            broadcast_id=draft.id,
            partnership_id=each.partnership_id,
            person_id=each.person_id,
            why_not=each.why_not[:200],
        )
        for each in found.skipped
    )
    _audit(session, "broadcast.sent", draft, actor, sent=len(found.to), skipped=len(found.skipped))
    return len(found.to)


def _must_be_draft(draft: Broadcast) -> None:
    if draft.sent_at is not None:
        raise Conflict(_("This broadcast was sent, so it stays as it is."))


def _checked(content: BroadcastContent) -> tuple[str, str]:
    subject, text, problems = clean_line(content.subject), clean_text(content.text), {}
    if not 1 <= len(subject) <= MAX_SUBJECT:
        problems["subject"] = _("Give a subject, in %(most)s characters at most.", most=MAX_SUBJECT)
    if not text:
        problems["text"] = _("Write the mail.")
    elif len(text) > MAX_TEXT:
        problems["text"] = _(
            "The mail has %(count)s characters; keep it to %(most)s.", count=number(len(text)), most=number(MAX_TEXT)
        )
    if problems:
        raise InvalidInput(problems)
    return subject, text


def _audit(session: Session, action: str, broadcast: Broadcast, actor: User, **details: int | str) -> None:
    session.flush()
    record_audit(
        session,
        action,
        subject=f"broadcast:{broadcast.id}",
        actor_id=actor.id,
        program_id=broadcast.program_id,
        details=details,
    )
