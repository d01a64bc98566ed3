"""Applying: check a form as a stranger sent it, keep it, and mail the link that confirms it.

Nothing here tells what we know: the answer is the same for a known prospect, a partner, and a name never heard of.
Until the link in the mail is used the application touches no prospect, contact or sequence (application_status).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    Application,
    ApplicationEventKind,
    ApplicationReference,
    Program,
    ProgramPage,
    ProgramTerms,
)
from app.services.application_answers import CheckedAnswer, checked_answers
from app.services.application_links import record_event
from app.services.application_mails import mail_confirmation
from app.services.apply_links import enrollment_behind
from app.services.audit import record_audit
from app.services.errors import InvalidInput, NotFound
from app.services.form_questions import questions_of
from app.services.imports.shared_hosts import is_shared_mail_domain, why_no_company_site
from app.services.plain_text import clean_line
from app.services.program_pages import current_terms
from app.services.tokens import new_token
from app.services.web_addresses import web_address
from scrapers.domains import DomainError, EmailError, normalize_domain, normalize_email

MAX_PERSON, MAX_EMAIL, MAX_PHONE, MAX_COMPANY, MAX_WEBSITE = 120, 254, 40, 200, 500
MAX_REFERENCES = 2
_PHONE = re.compile(r"[+()\d][\d\s()./-]{4,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A form as it was sent: nothing in it is trusted. `references` are pairs of name and e-mail."""

    name: str
    email: str
    phone: str
    company_name: str
    website: str
    answers: Mapping[int, str]
    references: tuple[tuple[str, str], ...] = ()
    accepts_terms: bool = False
    terms_id: int = 0
    address: str = ""
    submit_key: str = ""
    via: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSubmission:
    """A form that can be stored."""

    values: dict[str, str]
    domain: str
    answers: list[CheckedAnswer]
    references: list[tuple[str, str]] = field(default_factory=list)


def open_page_at(session: Session, slug: str) -> tuple[ProgramPage, Program]:
    """Return the open page with this address and its program. Raises NotFound for a closed, archived or unknown one."""
    row = session.execute(
        select(ProgramPage, Program)
        .join(Program, Program.id == ProgramPage.program_id)
        .where(ProgramPage.slug == slug, ProgramPage.is_open, Program.archived_at.is_(None))
    ).first()
    if row is None:
        raise NotFound("This program takes no applications here. The link may be old, or the program is closed.")
    return row[0], row[1]


def check_submission(session: Session, program: Program, sent: Submission) -> CheckedSubmission:
    """Return the form ready to be stored. Raises InvalidInput with what is wrong with each field, all at once."""
    values, problems = _checked_person(sent)
    domain, website_problem = checked_site(sent.website)
    if website_problem:
        problems["website"] = website_problem
    values["website"] = web_address(sent.website)
    answers, wrong = checked_answers(questions_of(session, program.id), sent.answers)
    references, wrong_references = checked_references(sent.references)
    problems |= wrong | wrong_references
    if problem := _terms_problem(current_terms(session, program.id), sent):
        problems["accepts_terms"] = problem
    if problems:
        raise InvalidInput(problems)
    return CheckedSubmission(values=values, domain=domain, answers=answers, references=references)


def submit(session: Session, program: Program, sent: Submission) -> Application:
    """Keep a form and mail the link that confirms it; the same form sent again is the same application, mailed once.

    Raises InvalidInput as check_submission does.
    """
    key = sent.submit_key[:64] or new_token()
    known = session.scalar(_by_key(program.id, key))
    if known is not None:
        return known
    checked = check_submission(session, program, sent)
    enrollment = enrollment_behind(session, sent.via, program_id=program.id)
    application = Application(
        program_id=program.id,
        submit_key=key,
        **checked.values,
        domain=checked.domain,
        terms_id=sent.terms_id,
        terms_accepted_at=now(),
        terms_address=sent.address[:45],
        source=f"sequence:{enrollment.id}" if enrollment else "form",
        version=0,
    )
    try:
        with session.begin_nested():
            session.add(application)
    except IntegrityError:
        # The same form arrived twice at the same moment; the other request mails.
        return session.scalars(_by_key(program.id, key)).one()
    session.add_all(answer.as_row(application.id) for answer in checked.answers)
    write_references(session, application, checked.references)
    record_event(session, application, ApplicationEventKind.SUBMITTED)
    mail_confirmation(session, application)
    record_audit(
        session, "application.submitted", subject=f"application:{application.id}", program_id=application.program_id
    )
    return application


def checked_site(website: str) -> tuple[str, str]:
    """Return the registrable domain of a typed website and "", or "" and what is wrong with it for the applicant."""
    if len(website) > MAX_WEBSITE:
        return "", f"This address has more than {MAX_WEBSITE} characters. Give your home page."
    if not website.strip():
        return "", "Give the address of your website."
    try:
        domain = normalize_domain(website)
    except DomainError as error:
        return "", f"{error}."[0].upper() + f"{error}."[1:]
    if why := why_no_company_site(domain):
        return "", f"{why}. Give a website of your own: that is what we read."
    if is_shared_mail_domain(domain):
        return "", f"{domain} is shared by many people. Give a website of your own: that is what we read."
    return (domain, "") if web_address(website) else ("", "Give a whole web address, such as https://example.com.")


def checked_references(given: tuple[tuple[str, str], ...]) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Return the references that can be stored, and what is wrong with the others by field."""
    good, problems = [], {}
    for number, (name, email) in enumerate(given[:MAX_REFERENCES], start=1):
        who = clean_line(name)
        if not who and not email.strip():
            continue
        if not 1 <= len(who) <= MAX_PERSON:
            problems[f"reference{number}_name"] = f"Give the reference's name, in {MAX_PERSON} characters at most."
        try:
            good.append((who, checked_email(email)))
        except EmailError:
            problems[f"reference{number}_email"] = "Give the reference's e-mail address, or leave both fields empty."
    return good, problems


def checked_email(text: str) -> str:
    """Return an e-mail address as it is stored. Raises EmailError."""
    if len(text) > MAX_EMAIL:
        raise EmailError("the e-mail address is too long")
    return normalize_email(clean_line(text))


def write_references(session: Session, application: Application, references: list[tuple[str, str]]) -> None:
    """Store references in their order."""
    session.add_all(
        ApplicationReference(application_id=application.id, position=position, name=name, email=email)
        for position, (name, email) in enumerate(references, start=1)
    )


def checked_contact_lines(*, name: str, phone: str, company_name: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return name, phone and company as they are stored, and what is wrong with them by field."""
    values = {"name": clean_line(name), "phone": clean_line(phone), "company_name": clean_line(company_name)}
    problems = {}
    for key, most, what in (("name", MAX_PERSON, "your name"), ("company_name", MAX_COMPANY, "your company's name")):
        if not values[key]:
            problems[key] = f"Please give {what}."
        elif len(values[key]) > most:
            problems[key] = f"Keep {what} to {most} characters."
    if values["phone"] and (len(values["phone"]) > MAX_PHONE or not _PHONE.fullmatch(values["phone"])):
        problems["phone"] = "Write the number with digits, such as +44 20 7946 0018, or leave it empty."
    return values, problems


def _checked_person(sent: Submission) -> tuple[dict[str, str], dict[str, str]]:
    values, problems = checked_contact_lines(name=sent.name, phone=sent.phone, company_name=sent.company_name)
    try:
        values["email"] = checked_email(sent.email)
    except EmailError:
        problems["email"] = "Give a whole e-mail address, such as name@example.com; we mail you a link."
    return values, problems


def _terms_problem(terms: ProgramTerms | None, sent: Submission) -> str:
    if terms is None:
        return "This program has no terms to accept yet, so it cannot be applied to. Try again later."
    if not sent.accepts_terms:
        return "Please read the terms and accept them."
    if sent.terms_id != terms.id:
        return f"The terms changed while you filled in the form: version {terms.version} is in force. Please accept it."
    return ""


def _by_key(program_id: int, key: str) -> Select[Application]:
    return select(Application).where(Application.program_id == program_id, Application.submit_key == key)
