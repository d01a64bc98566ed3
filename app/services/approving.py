"""Reading, editing and approving one mail before it leaves: what a person writes gets the same footer and checks."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Enrollment, Message, Program, Sender, SequenceVersion, User
from app.queries.contact_facts import contact_facts
from app.queries.quotes import carries, quotable
from app.queries.sequence_content import StepWords, words_of
from app.services.composing import Composed, addressee_of, compose, compose_step, quote_gone_from
from app.services.errors import InvalidInput, NotFound
from app.services.ledger import approvals
from app.services.ledger.approvals import Words
from app.services.retelling import retold


@dataclass(frozen=True, slots=True)
class ApprovalCase:
    """A mail that waits: its row, how it would leave now, and the words a person may edit, fields filled in."""

    message: Message
    enrollment: Enrollment
    contact: str
    composed: Composed
    subject: str
    body: str


def approval_case(session: Session, program: Program, message_id: int) -> ApprovalCase:
    """Return a mail that waits for approval, as it would leave now; raises NotFound."""
    message = session.get(Message, message_id)
    enrollment = session.get(Enrollment, message.enrollment_id) if message and message.enrollment_id else None
    if message is None or enrollment is None or message.program_id != program.id:
        raise NotFound(_("There is no such mail waiting; somebody may have handled it already."))
    composed = compose_step(session, enrollment, step_id=message.step or "", variant_id=message.variant)
    facts = contact_facts(session, [enrollment.contact_id]).get(enrollment.contact_id)
    return ApprovalCase(
        message,
        enrollment,
        facts.label if facts else "",
        composed,
        composed.subject,
        _body(session, enrollment, message, composed),
    )


def approve_mail(session: Session, case: ApprovalCase, *, subject: str, body: str, actor: User) -> Composed:
    """Let a mail go with these words. Raises InvalidInput with what is wrong with it, and Conflict."""
    _fix_quote(session, case.enrollment, body)
    written = _compose_edited(session, case, subject, body)
    if written.problems:
        raise InvalidInput({"body": " ".join(map(retold, written.problems))})
    words = Words(written.subject, written.text, written.html)
    approvals.approve(session, case.message.id, by_user_id=actor.id, edited=words)
    return written


def _fix_quote(session: Session, enrollment: Enrollment, body: str) -> None:
    """Note which passage a mail quotes where none was chosen, so that it is looked for again before the mail leaves."""
    if enrollment.quote.get("text"):
        return
    quoted = next((each for each in quotable(session, enrollment.prospect_id) if carries(body, each.text)), None)
    if quoted is not None:
        enrollment.quote = {"url": quoted.url, "text": quoted.text}


def _compose_edited(session: Session, case: ApprovalCase, subject: str, body: str) -> Composed:
    """Write the mail around a person's words, in which the fields are filled in already."""
    if any(mark in f"{subject}{body}" for mark in ("{{", "{%")):
        problem = _("A field is not filled in: write the words themselves in place of {{ … }}.")
        return Composed(subject, body, "", [problem])
    composed = compose(session, addressee_of(case.enrollment), StepWords(subject, body))
    # A quote was written out, so that composing did not see it; it must still stand on its page all the same.
    held = quote_gone_from(session, case.enrollment, body)
    return Composed(composed.subject, composed.text, composed.html, [*composed.problems, *held], composed.warnings)


def _body(session: Session, enrollment: Enrollment, message: Message, composed: Composed) -> str:
    """Return the words without signature and footer; with problems the template itself, to be corrected by hand."""
    sender_part = composed.text.rpartition("\n\n-- \n")[0]
    content = session.get_one(SequenceVersion, enrollment.version_id).content
    words = words_of(content, message.step or "", message.variant)
    if words is None or not sender_part:
        return words.body if words else ""
    signature = session.get_one(Sender, enrollment.sender_id).signature.strip()
    return sender_part.removesuffix(signature).rstrip() if signature else sender_part
