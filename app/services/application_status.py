"""What an applicant does on the status page: confirm the address, take back, change, answer a question.

Confirming is where an application becomes somebody's word: only then is it joined to the prospect of its domain, the
outreach to its company stopped, and the site read.
"""

from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    OPEN_APPLICATION_STATES,
    Application,
    ApplicationAnswer,
    ApplicationEventKind,
    ApplicationReference,
    ApplicationState,
    Company,
    CrawlState,
    Enrollment,
    MoveEvent,
    Program,
    ProgramPage,
    Prospect,
    Provenance,
    Stage,
    StopKind,
    is_allowed,
)
from app.services.applicant_fields import checked_contact_lines, checked_references
from app.services.application_files import attach_files
from app.services.application_links import record_event
from app.services.application_mails import mail_received
from app.services.applying import Submission, checked_with_files
from app.services.audit import record_audit
from app.services.companies import find_or_add_company
from app.services.contacts import FoundContact, record_contact
from app.services.crawls import request_crawl
from app.services.domain_age import request_age
from app.services.errors import Conflict, InvalidInput
from app.services.languages import gettext as _
from app.services.languages import mark, number
from app.services.moves import move_prospect
from app.services.notifying.occasions import application_came
from app.services.plain_text import clean_text
from app.services.prospects import NewProspect, add_prospect, find_prospect
from app.services.references import write_references
from app.services.site_words import checked_site
from app.services.stops import record_stop
from app.services.web_addresses import web_address

MAX_REPLY = 4_000
_CLOSED = mark("This application is closed, so it cannot be changed any more. The page says where it stands.")


def confirm_application(session: Session, application: Application) -> None:
    """Take an application as its applicant's word and put it before the reviewers; a second time changes nothing.

    The caller holds the row. A known company's prospect is taken as it is; the applicant is not told.
    """
    if application.state is not ApplicationState.UNCONFIRMED:
        return
    company = find_or_add_company(
        session, domain=application.domain, name=application.company_name, website=application.website
    )
    known = find_prospect(session, application.program_id, company.id)
    new = NewProspect(program_id=application.program_id, company_id=company.id, source="Application")
    prospect = known or add_prospect(session, new)
    application.prospect_id = prospect.id
    application.was_known = known is not None
    application.state = ApplicationState.SUBMITTED
    application.confirmed_at = now()
    application.due_at = now() + _promise(session, application.program_id)
    _replace_older(session, application)
    _stop_outreach(session, application, company)
    if is_allowed(MoveEvent.APPLICATION, prospect.stage, Stage.APPLIED):
        move_prospect(
            session, prospect, to_stage=Stage.APPLIED, event=MoveEvent.APPLICATION, by_user_id=None, reason="Applied"
        )
    if company.crawl_state in (CrawlState.FAILED, CrawlState.CANCELED):
        request_crawl(session, company.id)
    request_age(session, application.domain)
    _happened(session, application, ApplicationEventKind.CONFIRMED)
    application_came(session, application)
    mail_received(session, application)


def may_change(application: Application) -> bool:
    """Say whether its applicant may still change it or take it back."""
    return application.state in (*OPEN_APPLICATION_STATES, ApplicationState.UNCONFIRMED)


def withdraw_application(session: Session, application: Application) -> None:
    """Take an application back. Raises Conflict where it is closed already."""
    if not may_change(application):
        raise Conflict(_(_CLOSED))
    application.state = ApplicationState.WITHDRAWN
    application.closed_at = now()
    _happened(session, application, ApplicationEventKind.WITHDRAWN)
    prospect = session.get(Prospect, application.prospect_id) if application.prospect_id else None
    if prospect is None or prospect.stage not in (Stage.APPLIED, Stage.IN_REVIEW):
        return
    if has_other_open(session, application):
        return
    move_prospect(
        session,
        prospect,
        to_stage=Stage.WITHDRAWN,
        event=MoveEvent.WITHDRAWN,
        by_user_id=None,
        reason="Took the application back",
    )


def answer_question(session: Session, application: Application, text: str) -> None:
    """Answer what a reviewer asked; the application goes back to the queue with a new day promised."""
    if application.state is not ApplicationState.ASKED:
        raise Conflict(_("There is no question waiting for an answer; it may have been answered already."))
    words = clean_text(text)
    if not 1 <= len(words) <= MAX_REPLY:
        most = number(MAX_REPLY)
        raise InvalidInput({"reply": _("Write your answer, in %(most)s characters at most.", most=most)})
    application.state = ApplicationState.SUBMITTED
    application.message = ""
    application.due_at = now() + _promise(session, application.program_id)
    _happened(session, application, ApplicationEventKind.ANSWERED, text=words)


def amend_application(session: Session, application: Application, sent: Submission) -> bool:
    """Change what was sent; what it replaces is kept. Returns False where nothing changed.

    The address stays, and so does the site's domain: another site is another application. Raises Conflict where the
    application is closed, InvalidInput with what is wrong with each field.
    """
    if not may_change(application):
        raise Conflict(_(_CLOSED))
    values, problems = checked_contact_lines(name=sent.name, phone=sent.phone, company_name=sent.company_name)
    domain, problem = checked_site(sent.website)
    if problem or domain != application.domain:
        problems["website"] = problem or _(
            "This application is for %(domain)s. For another site, take it back and apply again.",
            domain=application.domain,
        )
    answers, files, wrong = checked_with_files(session, application.program_id, sent, application=application)
    references, wrong_references = checked_references(sent.references)
    problems |= wrong | wrong_references
    if problems:
        raise InvalidInput(problems)
    before = _said(session, application)
    for name, value in (values | {"website": web_address(sent.website)}).items():
        setattr(application, name, value)
    session.execute(delete(ApplicationAnswer).where(ApplicationAnswer.application_id == application.id))
    session.add_all(answer.as_row(application.id) for answer in answers)
    attach_files(session, application, files)
    write_references(session, application, references)
    session.flush()
    after = _said(session, application)
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    changes = {key: [before.get(key, ""), after.get(key, "")] for key in keys}
    if changes:
        _happened(session, application, ApplicationEventKind.AMENDED, changes=changes)
    return bool(changes)


def has_other_open(session: Session, application: Application) -> bool:
    """Say whether the same company has another application in this program that waits for an answer."""
    return bool(
        session.scalar(
            select(func.count()).where(
                Application.prospect_id == application.prospect_id,
                Application.id != application.id,
                Application.state.in_(OPEN_APPLICATION_STATES),
            )
        )
    )


def _said(session: Session, application: Application) -> dict[str, str]:
    """Return everything the applicant may change, by the words it stands under."""
    answers = session.execute(
        select(ApplicationAnswer.label, ApplicationAnswer.value)
        .where(ApplicationAnswer.application_id == application.id)
        .order_by(ApplicationAnswer.position)
    )
    references = session.execute(
        select(ApplicationReference.position, ApplicationReference.name, ApplicationReference.email).where(
            ApplicationReference.application_id == application.id
        )
    )
    lines = {"Name": application.name, "Phone": application.phone, "Company": application.company_name}
    lines |= {"Website": application.website} | {row.label: row.value for row in answers}
    return lines | {f"Reference {position}": f"{name}, {email}" for position, name, email in references}


def _promise(session: Session, program_id: int) -> timedelta:
    days = session.scalar(select(ProgramPage.answer_days).where(ProgramPage.program_id == program_id))
    return timedelta(days=days or 5)


def _replace_older(session: Session, application: Application) -> None:
    """The newest word of one person counts: their earlier applications to the program that nobody decided go."""
    older = session.scalars(
        update(Application)
        .where(
            Application.program_id == application.program_id,
            Application.email == application.email,
            Application.id < application.id,
            Application.domain == application.domain,
            Application.state.in_((*OPEN_APPLICATION_STATES, ApplicationState.UNCONFIRMED)),
        )
        .values(state=ApplicationState.REPLACED, closed_at=now())
        .returning(Application)
    ).all()
    for each in older:
        record_event(session, each, ApplicationEventKind.REPLACED)


def _stop_outreach(session: Session, application: Application, company: Company) -> None:
    """Whoever applied is written to no more; the enrollment whose mail brought them counts as the same person."""
    contact = record_contact(
        session,
        company.id,
        FoundContact(
            provenance=Provenance.APPLICATION,
            source=f"application:{application.id}",
            email=application.email,
            name=application.name,
        ),
    )
    contact_ids = {contact.id} if contact else set()
    if application.source.startswith("sequence:"):
        enrollment = session.get(Enrollment, int(application.source.partition(":")[2]))
        if enrollment is not None and enrollment.prospect_id == application.prospect_id:
            contact_ids.add(enrollment.contact_id)
    for contact_id in contact_ids:
        record_stop(
            session,
            contact_id=contact_id,
            company_id=company.id,
            program_id=application.program_id,
            kind=StopKind.APPLICATION,
            source=f"application:{application.id}",
        )


def _happened(
    session: Session,
    application: Application,
    kind: ApplicationEventKind,
    *,
    text: str = "",
    changes: dict[str, list[str]] | None = None,
) -> None:
    record_event(session, application, kind, text=text, changes=changes)
    session.flush()
    record_audit(
        session,
        f"application.{kind.value}",
        subject=f"application:{application.id}",
        program_id=session.get_one(Program, application.program_id).id,
    )
