"""Mail that belongs to no step: a person's answer in a thread, or a test. It waits for no window and no cap."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Message, PauseScope, Program, Sender
from app.queries.sending_rules import sending_lock
from app.services.ledger.decision import LOOK_AGAIN_AFTER, PROGRAM_ARCHIVED, SENDER_LOCKED, SENTENCES, Blocker
from app.services.ledger.facts import open_pauses
from app.services.suppressions import is_suppressed
from outreach.policy import Rule


def answer_blocker(session: Session, message: Message, sender: Sender, *, at: datetime) -> Blocker | None:
    """Return what keeps an answer from leaving now: a suppressed address, a pause, an archived program, a lock."""
    if is_suppressed(session, message.to_address) is not None:
        return Blocker(Rule.SUPPRESSED.value, SENTENCES[Rule.SUPPRESSED], None)
    subjects = {PauseScope.ALL: 0, PauseScope.SENDER: sender.id}
    for pause in open_pauses(session, at=at):
        if subjects.get(pause.scope) == pause.subject_id:
            rule = Rule(f"paused_{pause.scope.value}")
            return Blocker(rule.value, SENTENCES[rule], pause.until_at or at + LOOK_AGAIN_AFTER)
    if session.scalar(select(Program.archived_at).where(Program.id == message.program_id)) is not None:
        return Blocker(PROGRAM_ARCHIVED, SENTENCES[PROGRAM_ARCHIVED], at + LOOK_AGAIN_AFTER)
    lock = sending_lock(sender)
    return Blocker(SENDER_LOCKED, lock, at + LOOK_AGAIN_AFTER) if lock else None
