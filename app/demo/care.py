"""The demo's partner care: months of results, a new version of the terms, a case, a broadcast, a webinar."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.demo.program import AFTERGLOW_PARTNERS
from app.models import (
    CaseKind,
    CaseState,
    CaseStep,
    Company,
    JointKind,
    PartnerPerson,
    Partnership,
    Program,
    Prospect,
    ResultSource,
    User,
)
from app.services.care.accepting import accept_terms
from app.services.care.broadcasts import BroadcastContent, seen_as, send_broadcast, write_broadcast
from app.services.care.cases import NewCase, notify_partner, open_case
from app.services.care.joint import NewJoint, finish_joint, plan_joint
from app.services.care.results import Origin, TypedResult, keep_result, read_result, report_result
from app.services.care.segments import Segment, addressed
from app.services.care.tags import set_tags
from app.services.care.terms_changes import WantedChange, tell_partners
from app.services.program_pages import current_terms, publish_terms

_ACTIVE, _NEW, _QUIET = "palmetto-web.demo.test", "briefwerk.demo.test", "listonosz-studio.demo.test"
# Revenue in dollars and leads of the last months, the newest first.
_MONTHS = ((4_180, 9), (3_240, 7), (3_615, 6), (1_980, 4), (1_150, 3), (420, 1))
_CHANGED = "Links in paid advertising need our written word from now on. Nothing else is new."


def look_after_partners(session: Session, program: Program, *, director: User, manager: User) -> None:
    """Play partner care in the program that recruits agencies."""
    if program.slug != AFTERGLOW_PARTNERS.slug:
        return
    rows = session.execute(
        select(Company.domain, Partnership)
        .join(Prospect, Prospect.company_id == Company.id)
        .join(Partnership, Partnership.prospect_id == Prospect.id)
        .where(Partnership.program_id == program.id)
    ).all()
    partners = dict(rows)
    _results(session, partners[_ACTIVE], manager)
    for domain, tags in ((_ACTIVE, "us south, shops"), (_NEW, "dach"), (_QUIET, "cee, klaviyo")):
        set_tags(session, partners[domain], tags, actor=manager)
    _case(session, partners[_QUIET], manager)
    _webinars(session, partners[_ACTIVE], manager)
    _broadcast(session, program, manager)
    _terms(session, program, partners[_ACTIVE], director=director, manager=manager)


def _results(session: Session, partnership: Partnership, manager: User) -> None:
    month = today().replace(day=1)
    for number, (dollars, leads) in enumerate(_MONTHS):
        month = (month - timedelta(days=1)).replace(day=1)
        typed = TypedResult(month=month.isoformat(), amount=str(dollars), currency="USD", leads=str(leads))
        if number == 0:
            report_result(session, partnership, read_result(typed), person=_person(session, partnership))
        else:
            origin = Origin(ResultSource.HAND, user_id=manager.id)
            keep_result(session, partnership, read_result(typed), origin)


def _case(session: Session, partnership: Partnership, manager: User) -> None:
    company_id = session.get_one(Prospect, partnership.prospect_id).company_id
    new = NewCase(
        kind=CaseKind.BANNED_CLAIM,
        url="https://listonosz-studio.demo.test/",
        quote="Afterglow guarantees every shop 20 percent more sales.",
        wanted="Please take the guarantee off the page; the terms allow no promise of results.",
    )
    case = open_case(session, partnership, new, company_id=company_id, actor=manager)
    fix_by = today() + timedelta(days=7)
    notify_partner(session, case, fix_by=fix_by.isoformat(), told_otherwise=False, actor=manager)
    late = today() - timedelta(days=4)
    case.opened_at = case.found_at = now() - timedelta(days=12)
    case.notified_at, case.fix_by = now() - timedelta(days=11), late
    for step in session.scalars(select(CaseStep).where(CaseStep.case_id == case.id)):
        step.at = case.opened_at if step.state is CaseState.OPEN else case.notified_at
        step.text = step.text.replace(fix_by.isoformat(), late.isoformat())


def _webinars(session: Session, partnership: Partnership, manager: User) -> None:
    done = NewJoint(kind=JointKind.WEBINAR, title="The offer after the order, live", planned_on=_day(-20))
    activity = plan_joint(session, partnership, done, actor=manager)
    finish_joint(session, activity, outcome="41 shops watched, 6 asked for a call.", leads="6", actor=manager)
    planned = NewJoint(kind=JointKind.CASE_STUDY, title="Case study: Pluff Mud Hot Sauce", planned_on=_day(16))
    plan_joint(session, partnership, planned, actor=manager)


def _broadcast(session: Session, program: Program, manager: User) -> None:
    text = (
        "The holiday calendar is ready: twelve offers that sold well last year, with the texts.\n\nTake what you need."
    )
    content = BroadcastContent(subject="The holiday calendar is ready", text=text)
    draft = write_broadcast(session, program, content, actor=manager)
    reached = len(addressed(session, program.id, Segment()).to)
    send_broadcast(session, draft, expected=reached, seen=seen_as(draft), actor=manager)


def _terms(session: Session, program: Program, partnership: Partnership, *, director: User, manager: User) -> None:
    old = current_terms(session, program.id)
    if old is None:
        return
    text = f"{old.text}\n\nLinks in paid advertising need our written word."
    new = publish_terms(session, program, text, base_version=old.version, actor=director)
    wanted = WantedChange(accept_by=_day(21), summary=_CHANGED)
    tell_partners(session, program, wanted, terms_id=new.id, actor=manager)
    accept_terms(session, partnership, terms_id=new.id, person=_person(session, partnership), address="198.51.100.23")


def _person(session: Session, partnership: Partnership) -> PartnerPerson:
    return session.scalars(
        select(PartnerPerson).where(PartnerPerson.partnership_id == partnership.id, PartnerPerson.is_main)
    ).one()


def _day(days: int) -> str:
    day: date = today() + timedelta(days=days)
    return day.isoformat()
