"""Taking a person's name, addresses and numbers out of what was written about them: notes, reasons, tasks, imports."""

import re
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.orm import Session

from app.models import (
    Activity,
    Application,
    ApplicationAnswer,
    ApplicationDraft,
    ApplicationLink,
    ApplicationReference,
    Company,
    Contact,
    Decision,
    Enrollment,
    ImportRow,
    Prospect,
    Signal,
    StageChange,
    Task,
    TaskState,
)
from app.models.batch import ImportChange
from app.services.application_files import forget_files_of
from app.services.imports.journal import CONTACT, CONTACT_VALUE

GONE = "[erased]"
_SHORTEST = 5
_NOBODY = "A person who was erased"


class Words:
    """What identifies a person in running text, found whatever its case."""

    def __init__(self, words: Iterable[str]) -> None:
        """Look for these words; those too short to be anybody's are left out."""
        wanted = sorted({word.strip() for word in words if len(word.strip()) >= _SHORTEST}, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, wanted)), re.IGNORECASE) if wanted else None

    def gone_from(self, text: str) -> str:
        """Return a text with the words replaced by a mark."""
        return self._pattern.sub(GONE, text) if self._pattern else text

    def stand_in(self, text: str) -> bool:
        """Say whether any of the words stands in a text."""
        return self._pattern is not None and self._pattern.search(text) is not None

    def gone_from_values(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return a row's values without the words."""
        return {key: self.gone_from(value) if isinstance(value, str) else value for key, value in values.items()}


def companies_with(contact_ids: Collection[int], also: Collection[int] = ()) -> Select[int]:
    """Return the companies of a person's contacts, and others that are known to have to do with them."""
    theirs = select(Contact.company_id).where(Contact.id.in_(contact_ids))
    return select(Company.id).where(or_(Company.id.in_(theirs), Company.id.in_(also)))


def scrub_history(session: Session, contact_ids: Collection[int], words: Words, also: Collection[int] = ()) -> None:
    """Take the words out of all that was written on the prospects of the contacts' companies, and of their imports."""
    companies = companies_with(contact_ids, also)
    prospects = list(session.scalars(select(Prospect).where(Prospect.company_id.in_(companies))))
    ids = [prospect.id for prospect in prospects]
    for prospect in prospects:
        prospect.extra = words.gone_from_values(prospect.extra)
    for note in session.scalars(select(Activity).where(Activity.prospect_id.in_(ids))):
        note.body = words.gone_from(note.body)
    for change in session.scalars(select(StageChange).where(StageChange.prospect_id.in_(ids))):
        change.reason = words.gone_from(change.reason)
    for decision in session.scalars(select(Decision).where(Decision.prospect_id.in_(ids))):
        decision.note = words.gone_from(decision.note)
    for declined in session.scalars(select(Application).where(Application.prospect_id.in_(ids))):
        declined.evidence = [each for each in declined.evidence if not words.stand_in(each["quote"])]
    for row in session.scalars(select(ImportRow).where(ImportRow.prospect_id.in_(ids))):
        row.fields, row.message = words.gone_from_values(row.fields), words.gone_from(row.message)
    _scrub_imports(session, contact_ids, companies, words)
    for signal in session.scalars(select(Signal).where(Signal.company_id.in_(companies))):
        if words.stand_in(f"{signal.value} {signal.quote}"):
            session.delete(signal)
    _scrub_tasks(session, contact_ids, ids, words)
    session.flush()


def _scrub_imports(session: Session, contact_ids: Collection[int], companies: Select[int], words: Words) -> None:
    """Take the person out of what undoing an import would need: of their contact nothing is left to be put back."""
    of_person = (ImportChange.kind.in_((CONTACT, CONTACT_VALUE)), ImportChange.row_id.in_(contact_ids))
    session.execute(delete(ImportChange).where(*of_person).execution_options(synchronize_session=False))
    for change in session.scalars(select(ImportChange).where(ImportChange.company_id.in_(companies))):
        change.before = words.gone_from(change.before) if change.before else change.before
        change.after = words.gone_from(change.after) if change.after else change.after


def _scrub_tasks(session: Session, contact_ids: Collection[int], prospects: list[int], words: Words) -> None:
    """Tasks of the person's own sequences lose their prepared text and are dropped; others lose the words alone."""
    enrollments = set(session.scalars(select(Enrollment.id).where(Enrollment.contact_id.in_(contact_ids))))
    for task in session.scalars(select(Task).where(Task.prospect_id.in_(prospects))):
        kind, _, rest = (task.origin or "").partition(":")
        if kind == "enrollment" and rest.partition(":")[0] in {str(each) for each in enrollments}:
            task.title, task.detail = _NOBODY, ""
            task.state = TaskState.DROPPED if task.state is TaskState.OPEN else task.state
        else:
            task.title, task.detail = words.gone_from(task.title), words.gone_from(task.detail)


def scrub_applications(session: Session, addresses: Collection[str], *, sentinel: str) -> None:
    """Take the person out of applications: what was decided stays, who applied and what they wrote does not."""
    own = select(Application.id).where(Application.email.in_(addresses))
    forget_files_of(session, list(session.scalars(own)))
    # Behind a status link one applies again with what was sent before in the form; there is nothing left to fill in.
    session.execute(delete(ApplicationLink).where(ApplicationLink.application_id.in_(own)))
    session.execute(update(ApplicationAnswer).where(ApplicationAnswer.application_id.in_(own)).values(value=GONE))
    session.execute(
        update(ApplicationReference)
        .where(or_(ApplicationReference.application_id.in_(own), ApplicationReference.email.in_(addresses)))
        .values(name=_NOBODY, email=sentinel, token_hash=None, known_how="", words="")
    )
    session.execute(delete(ApplicationDraft).where(ApplicationDraft.email.in_(addresses)))
    session.execute(
        update(Application)
        .where(Application.email.in_(addresses))
        .values(name=_NOBODY, email=sentinel, phone="", message="", evidence=[], terms_address="")
        .execution_options(synchronize_session="fetch")
    )
