"""A new version of the terms and the partners who stand on an older one: told once, reminded once, asked to accept."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now, today
from app.languages import day_and_month, number
from app.languages import gettext as _
from app.models import (
    Partnership,
    Program,
    ProgramTerms,
    TermsChange,
    TermsNotice,
    User,
)
from app.services.audit import record_audit
from app.services.care.mails import Names, TermsWords, mail_terms, mail_terms_reminder
from app.services.care.segments import Addressed, Segment, addressed, load_people, with_reason
from app.services.errors import Conflict, InvalidInput
from app.services.plain_text import clean_line, clean_text
from app.services.program_pages import current_terms

MAX_SUMMARY, LATEST_DAYS = 4_000, 365


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedChange:
    """What an account manager says of a new version: what changed, and by when it is to be accepted (ISO date)."""

    accept_by: str
    summary: str = ""


def change_of(session: Session, terms: ProgramTerms) -> TermsChange | None:
    """Return what was said of a version, None where nobody was told yet."""
    return session.scalar(select(TermsChange).where(TermsChange.terms_id == terms.id))


def who_is_told(session: Session, program: Program, terms: ProgramTerms) -> Addressed:
    """Return who gets the notice of a version now, and who does not and why. Nothing is written."""
    accepted = session.scalars(
        select(Partnership.id).where(Partnership.program_id == program.id, Partnership.terms_id == terms.id)
    )
    reasons = dict.fromkeys(accepted, _("Accepted version %(version)s already.", version=terms.version))
    told = session.execute(
        select(TermsNotice.partnership_id, TermsNotice.sent_at)
        .join(TermsChange, TermsChange.id == TermsNotice.change_id)
        .where(TermsChange.terms_id == terms.id)
    )
    for partnership_id, sent_at in told:
        why = _("Was told on %(day)s; nobody is told twice.", day=day_and_month(sent_at))
        reasons.setdefault(partnership_id, why)
    return with_reason(addressed(session, program.id, Segment(), each_partner=True), reasons)


def tell_partners(
    session: Session, program: Program, wanted: WantedChange, *, terms_id: int, actor: User
) -> tuple[TermsChange, int]:
    """Mail everybody who stands on an older version and was not told; returns the change and how many were mailed.

    Raises InvalidInput for a day that cannot be, and Conflict where another version was published meanwhile or somebody
    told them at the same moment.
    """
    terms = _version(session, program, terms_id)
    accept_by, summary = _checked(wanted)
    # Held until the end, so that of two who press at once the second sees whom the first has told.
    change = session.scalar(select(TermsChange).where(TermsChange.terms_id == terms.id).with_for_update())
    if change is None:
        change = TermsChange(program_id=program.id, terms_id=terms.id, created_by_id=actor.id)
    change.accept_by, change.summary = accept_by, summary
    try:
        with session.begin_nested():
            session.add(change)
    except IntegrityError:
        raise Conflict(_("Somebody told the partners of this version at the same moment. Reload the page.")) from None
    found = who_is_told(session, program, terms)
    words = TermsWords(version=terms.version, accept_by=change.accept_by, summary=change.summary)
    people, program_name = load_people(session, found), clean_line(program.name)
    mails = [
        mail_terms(
            session, people[each.person_id or 0], Names(program_name, clean_line(each.company), program.id), words
        )
        for each in found.to
    ]
    session.flush()
    session.add_all(
        TermsNotice(
            change_id=change.id, partnership_id=each.partnership_id, person_id=each.person_id, notice_id=mail.id
        )
        for each, mail in zip(found.to, mails, strict=True)
    )
    details = {"version": terms.version, "told": len(found.to), "skipped": len(found.skipped)}
    _audit(session, "terms_change.told", program, actor, **details, accept_by=change.accept_by.isoformat())
    return change, len(found.to)


def remind_partners(session: Session, program: Program, *, terms_id: int, actor: User) -> int:
    """Remind, once for a version, those who were told and have not accepted; returns how many were mailed.

    Raises Conflict where nobody was told, or another version was published meanwhile.
    """
    terms = _version(session, program, terms_id)
    change = change_of(session, terms)
    if change is None:
        raise Conflict(
            _("Nobody was told of version %(version)s yet, so there is nobody to remind.", version=terms.version)
        )
    everybody = addressed(session, program.id, Segment(), each_partner=True)
    people, reachable = load_people(session, everybody), {each.partnership_id: each for each in everybody.to}
    words = TermsWords(version=terms.version, accept_by=change.accept_by)
    rows = session.execute(
        select(TermsNotice, Partnership)
        .join(Partnership, Partnership.id == TermsNotice.partnership_id)
        .where(TermsNotice.change_id == change.id, TermsNotice.reminded_at.is_(None))
        .where(Partnership.terms_id.is_distinct_from(terms.id))
        .with_for_update(of=TermsNotice)
    ).all()
    count = 0
    for notice, partnership in rows:
        found = reachable.get(partnership.id)
        if found is None:
            continue
        names = Names(clean_line(program.name), clean_line(found.company), program.id)
        mail_terms_reminder(session, people[found.person_id or 0], names, words)
        notice.reminded_at = now()
        count += 1
    _audit(session, "terms_change.reminded", program, actor, version=terms.version, reminded=count)
    return count


def _version(session: Session, program: Program, terms_id: int) -> ProgramTerms:
    terms = current_terms(session, program.id)
    if terms is None:
        raise Conflict(_("This program has no terms yet. Publish them first."))
    if terms.id != terms_id:
        raise Conflict(
            _(
                "Version %(version)s of the terms was published meanwhile, and nobody was mailed. Reload.",
                version=terms.version,
            )
        )
    return terms


def _checked(wanted: WantedChange) -> tuple[date, str]:
    summary, problems = clean_text(wanted.summary), {}
    try:
        by = date.fromisoformat(wanted.accept_by.strip())
    except ValueError:
        by, problems["accept_by"] = today(), _("Choose a day, such as 2026-12-01.")
    if not problems and not 0 < (by - today()).days <= LATEST_DAYS:
        problems["accept_by"] = _("Choose a day from tomorrow on, %(most)s days ahead at most.", most=LATEST_DAYS)
    if len(summary) > MAX_SUMMARY:
        problems["summary"] = _("At most %(most)s characters.", most=number(MAX_SUMMARY))
    if problems:
        raise InvalidInput(problems)
    return by, summary


def _audit(session: Session, action: str, program: Program, actor: User, **details: int | str) -> None:
    session.flush()
    record_audit(
        session, action, subject=f"program:{program.id}", actor_id=actor.id, program_id=program.id, details=details
    )
