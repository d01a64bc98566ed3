"""Compliance cases: something on a partner's page that the terms do not allow, from the finding to its end.

open → notified → answered → resolved or terminated; resolved from anywhere. A case never ends a partnership: whoever
closes it as terminated has to end that on the board, and the product says so.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.models import (
    OPEN_CASE_STATES,
    Activity,
    ActivityKind,
    CaseKind,
    CaseState,
    CaseStep,
    ComplianceCase,
    PartnerPerson,
    Partnership,
    Program,
    SiteChange,
    User,
)
from app.services.audit import record_audit
from app.services.care.mails import CaseWords, Names, mail_case
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.languages import gettext as _
from app.services.languages import mark, number
from app.services.onboarding.events import Doer
from app.services.onboarding.mails import company_name
from app.services.onboarding.people import people_of
from app.services.plain_text import clean_line, clean_text
from app.services.suppressions import suppressed_among
from app.services.web_addresses import web_address

MAX_QUOTE, MAX_WANTED, MAX_NOTE, LATEST_DAYS = 4_000, 2_000, 4_000, 180


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """A case as typed: the page, what stood there, what we ask for; `site_change_id` where the watch found it."""

    kind: CaseKind
    wanted: str
    url: str = ""
    quote: str = ""
    site_change_id: int | None = None


def open_case(
    session: Session, partnership: Partnership, new: NewCase, *, company_id: int, actor: User
) -> ComplianceCase:
    """Open a case and keep the evidence. Raises InvalidInput naming every field that cannot be used."""
    quote, wanted = clean_text(new.quote), clean_text(new.wanted)
    url = web_address(new.url) if new.url.strip() else ""
    problems = {}
    if new.url.strip() and not url:
        problems["url"] = _("Give a whole web address, such as https://example.com/page.")
    if not quote and not url:
        problems["quote"] = _("Give the page, the words that stand there, or both: a case needs evidence.")
    if len(quote) > MAX_QUOTE:
        problems["quote"] = _("At most %(most)s characters.", most=number(MAX_QUOTE))
    if not 1 <= len(wanted) <= MAX_WANTED:
        problems["wanted"] = _("Say what they have to change, in %(most)s characters at most.", most=number(MAX_WANTED))
    if problems:
        raise InvalidInput(problems)
    change = session.get(SiteChange, new.site_change_id) if new.site_change_id else None
    is_theirs = change is not None and change.company_id == company_id
    case = ComplianceCase(
        program_id=partnership.program_id,
        partnership_id=partnership.id,
        kind=new.kind,
        url=url,
        quote=quote,
        wanted=wanted,
        found_at=change.at if change is not None and is_theirs else now(),
        site_change_id=change.id if change is not None and is_theirs else None,
        opened_by_id=actor.id,
    )
    session.add(case)
    session.flush()
    _step(session, case, CaseState.OPEN, Doer(actor.id), text=quote[:500])
    return case


def locked_case(session: Session, partnership: Partnership, case_id: int, *, version: int | None) -> ComplianceCase:
    """Return a partner's case, held until the transaction ends. Raises NotFound, and Conflict for a stale version."""
    query = select(ComplianceCase).where(ComplianceCase.id == case_id).with_for_update()
    case = session.scalar(query.execution_options(populate_existing=True))
    if case is None or case.partnership_id != partnership.id:
        raise NotFound(_("There is no such case."))
    if version is not None and version != case.version:
        label = _(case.state.label)
        raise Conflict(_("Somebody was faster: this case is “%(state)s” now. Look at it again.", state=label))
    return case


def notify_partner(session: Session, case: ComplianceCase, *, fix_by: str, told_otherwise: bool, actor: User) -> bool:
    """Tell the partner by mail, and on their page, what to change by when; returns whether a mail goes out.

    Notifying again (the partner's answer was not enough, or they need more time) sets a new day. `told_otherwise`:
    somebody told them by phone, and no mail goes out. Raises InvalidInput for a day that cannot be or where nobody of
    theirs may be mailed, and Conflict for a case that is closed.
    """
    _must_be_open(case)
    case.fix_by = _day_of(fix_by)
    partnership = session.get_one(Partnership, case.partnership_id)
    person = None if told_otherwise else _reachable(session, partnership)
    if person is not None:
        program = session.get_one(Program, case.program_id)
        names = Names(clean_line(program.name), clean_line(company_name(session, partnership)), program.id)
        words = CaseWords(
            kind=case.kind,
            url=case.url,
            quote=case.quote[:1_000],
            wanted=case.wanted,
            fix_by=case.fix_by,
        )
        mail_case(session, person, names, words)
    case.notified_at = now()
    how = f"By mail to {person.name}" if person else "Told another way"
    _step(session, case, CaseState.NOTIFIED, Doer(actor.id), text=f"{how}; to be fixed by {case.fix_by.isoformat()}")
    return person is not None


def answer_case(session: Session, case: ComplianceCase, *, text: str, person: PartnerPerson) -> None:
    """Take a partner's word that it is fixed, or why it is right. Raises InvalidInput, and Conflict when not asked."""
    if case.state not in (CaseState.NOTIFIED, CaseState.ANSWERED):
        raise Conflict(_("This is settled already. Thank you."))
    words = clean_text(text)
    if not 1 <= len(words) <= MAX_NOTE:
        wanted = mark("Say what you changed, or why it is right, in %(most)s characters at most.")
        raise InvalidInput({"text": _(wanted, most=number(MAX_NOTE))})
    _step(session, case, CaseState.ANSWERED, Doer(person_id=person.id), text=words)


def close_case(session: Session, case: ComplianceCase, state: CaseState, *, note: str, actor: User) -> None:
    """Close a case as resolved or terminated, with a note. Raises Conflict for a closed one, InvalidInput for no note.

    The partnership is not touched by either.
    """
    _must_be_open(case)
    words = clean_text(note)
    if state not in (CaseState.RESOLVED, CaseState.TERMINATED):
        raise InvalidInput({"state": _("A case is closed as resolved or as terminated.")})
    if not 1 <= len(words) <= MAX_NOTE:
        raise InvalidInput({"note": _("Say how it ended, in %(most)s characters at most.", most=number(MAX_NOTE))})
    case.closed_at = now()
    _step(session, case, state, Doer(actor.id), text=words)


def reopen_case(session: Session, case: ComplianceCase, *, actor: User) -> None:
    """Take back that a case is closed: it is again what it was before. Raises Conflict for one that is open."""
    if case.state in OPEN_CASE_STATES:
        raise Conflict(_("This case is open: “%(state)s”. Reload the page.", state=_(case.state.label)))
    case.closed_at = None
    before = session.scalar(
        select(CaseStep.state)
        .where(CaseStep.case_id == case.id, CaseStep.state.in_(OPEN_CASE_STATES))
        .order_by(CaseStep.id.desc())
        .limit(1)
    )
    _step(session, case, before or CaseState.OPEN, Doer(actor.id), text="Opened again")


def _must_be_open(case: ComplianceCase) -> None:
    if case.state not in OPEN_CASE_STATES:
        raise Conflict(_("This case is “%(state)s”. Open it again first.", state=_(case.state.label)))


def _day_of(text: str) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput({"fix_by": _("Choose a day, such as 2026-12-01.")}) from None
    if not 0 < (day - today()).days <= LATEST_DAYS:
        raise InvalidInput(
            {"fix_by": _("Choose a day from tomorrow on, %(most)s days ahead at most.", most=LATEST_DAYS)}
        )
    return day


def _reachable(session: Session, partnership: Partnership) -> PartnerPerson:
    people = people_of(session, partnership.id)
    forbidden = suppressed_among(session, [person.email for person in people])
    person = next((each for each in people if each.email not in forbidden), None)
    if person is None:
        if people:
            why = _("Everybody of theirs with access must not be mailed, so no mail can go out.")
        else:
            why = _("Nobody of theirs has access, so no mail can go out.")
        raise InvalidInput({"fix_by": why + " " + _("Tell them another way, and tick that you did.")})
    return person


def _step(session: Session, case: ComplianceCase, state: CaseState, by: Doer, *, text: str) -> None:
    """Write a step into the case, onto the prospect's timeline, and into the audit log."""
    is_first = state is CaseState.OPEN and case.version == 1 and case.closed_at is None and case.notified_at is None
    case.state = state
    case.version += 1
    session.add(CaseStep(case_id=case.id, state=state, user_id=by.user_id, person_id=by.person_id, text=text, at=now()))
    prospect_id = session.get_one(Partnership, case.partnership_id).prospect_id
    told = "opened" if is_first else state.label.lower()
    body = "\n".join(part for part in (f"Compliance case “{case.kind.label}”: {told}.", case.url, text) if part)
    session.add(
        Activity(
            prospect_id=prospect_id,
            kind=ActivityKind.NOTE,
            body=body,
            author_id=by.user_id,
            person_id=by.person_id,
        )
    )
    session.flush()
    record_audit(
        session,
        f"compliance_case.{state.value}",
        subject=f"compliance_case:{case.id}",
        actor_id=by.user_id,
        program_id=case.program_id,
        details={"partnership_id": case.partnership_id, "person_id": by.person_id},
    )
