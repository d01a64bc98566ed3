"""Compliance cases: evidence kept, each step on the timeline, overdue ones in sight, no partnership ended by one."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.clock import today
from app.models import (
    Activity,
    CaseKind,
    CaseState,
    ChangeKind,
    ComplianceCase,
    Crawl,
    CrawlState,
    JointActivity,
    JointKind,
    Notice,
    PartnerPerson,
    Partnership,
    Program,
    Prospect,
    SiteChange,
    Stage,
    SuppressionReason,
    User,
)
from app.queries.care_cases import case_screen, cases_of, findings_of, urgent_cases
from app.services.care.cases import (
    NewCase,
    answer_case,
    close_case,
    locked_case,
    notify_partner,
    open_case,
    reopen_case,
)
from app.services.errors import Conflict, InvalidInput
from app.services.onboarding.erasing import erase_from_partnerships
from app.services.suppressions import suppress
from tests.care_world import make_case
from tests.onboarding_world import make_partner
from tests.world import make_program, make_user

NEW = NewCase(kind=CaseKind.BANNED_CLAIM, url="partner.example/deals", quote="Doubles sales!", wanted="Take it off.")


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def program(session: Session, user: User) -> Program:
    return make_program(session, user)


@pytest.fixture
def partner(session: Session, program: Program, user: User) -> tuple[Partnership, PartnerPerson]:
    return make_partner(session, program, None, account_manager_id=user.id)


def company_of(session: Session, partnership: Partnership) -> int:
    return session.get_one(Prospect, partnership.prospect_id).company_id


def in_days(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


def test_a_case_from_the_watch_to_its_end(
    session: Session, program: Program, user: User, partner: tuple[Partnership, PartnerPerson]
) -> None:
    partnership, person = partner
    company_id = company_of(session, partnership)
    crawl = Crawl(company_id=company_id, state=CrawlState.DONE)
    session.add(crawl)
    session.flush()
    seen_at = datetime(2026, 1, 5, tzinfo=UTC)
    change = SiteChange(
        company_id=company_id, crawl_id=crawl.id, kind=ChangeKind.PAGE_CHANGED, url="https://a.example/",
        added=["Doubles sales!"], removed=["Old words"], at=seen_at,
    )  # fmt: skip
    session.add(change)
    session.flush()
    assert [(found.words, found.has_case) for found in findings_of(session, company_id, partnership.id)] == [
        (("Doubles sales!",), False)
    ]
    new = NewCase(kind=NEW.kind, url=NEW.url, quote=NEW.quote, wanted=NEW.wanted, site_change_id=change.id)
    case = open_case(session, partnership, new, company_id=company_id, actor=user)
    assert (case.url, case.found_at) == ("https://partner.example/deals", seen_at)
    assert findings_of(session, company_id, partnership.id)[0].has_case
    session.delete(change)
    session.flush()
    session.refresh(case)
    assert (case.quote, case.site_change_id) == ("Doubles sales!", None), "the evidence outlives what was read"
    assert cases_of(session, partnership.id, for_partner=True) == ()
    assert notify_partner(session, case, fix_by=in_days(7), told_otherwise=False, actor=user)
    mail = session.scalars(select(Notice).where(Notice.kind == "partner_case")).one()
    assert mail.to_address == person.email
    assert "“Doubles sales!”" in mail.text
    assert "Take it off." in mail.text
    answer_case(session, case, text="Gone since noon.", person=person)
    close_case(session, case, CaseState.TERMINATED, note="Third time.", actor=user)
    assert session.get_one(Prospect, partnership.prospect_id).stage is Stage.APPROVED, "a case ends no partnership"
    with pytest.raises(Conflict, match="settled already"):
        answer_case(session, case, text="Hello?", person=person)
    reopen_case(session, case, actor=user)
    assert case.state is CaseState.ANSWERED
    view = cases_of(session, partnership.id, for_partner=True)[0]
    assert [(step.state, step.is_partner) for step in view.steps] == [
        (CaseState.OPEN, False), (CaseState.NOTIFIED, False), (CaseState.ANSWERED, True),
        (CaseState.TERMINATED, False), (CaseState.ANSWERED, False),
    ]  # fmt: skip
    notes = session.scalars(select(Activity.body).where(Activity.prospect_id == partnership.prospect_id)).all()
    assert len(notes) == 5
    assert "Gone since noon." in notes[2]


def test_what_a_case_needs(session: Session, user: User, partner: tuple[Partnership, PartnerPerson]) -> None:
    partnership, person = partner
    company_id = company_of(session, partnership)
    with pytest.raises(InvalidInput) as refused:
        open_case(session, partnership, NewCase(kind=CaseKind.OTHER, wanted=""), company_id=company_id, actor=user)
    assert set(refused.value.fields) == {"quote", "wanted"}
    case = open_case(session, partnership, NEW, company_id=company_id, actor=user)
    with pytest.raises(Conflict, match="Somebody was faster"):
        locked_case(session, partnership, case.id, version=case.version - 1)
    for wrong in ("", "soon", in_days(0), in_days(400)):
        with pytest.raises(InvalidInput):
            notify_partner(session, case, fix_by=wrong, told_otherwise=False, actor=user)
    suppress(session, person.email, reason=SuppressionReason.OPT_OUT)
    with pytest.raises(InvalidInput, match="must not be mailed"):
        notify_partner(session, case, fix_by=in_days(3), told_otherwise=False, actor=user)
    assert not notify_partner(session, case, fix_by=in_days(3), told_otherwise=True, actor=user)
    assert session.scalars(select(Notice).where(Notice.kind == "partner_case")).all() == []


def test_overdue_and_answered_cases_stand_on_the_home_of_whoever_looks_after_the_partner(
    session: Session, program: Program, user: User, partner: tuple[Partnership, PartnerPerson]
) -> None:
    partnership, _ = partner
    other, _ = make_partner(session, program, None)
    late = make_case(session, program, partnership.id, state=CaseState.NOTIFIED, fix_by=today() + timedelta(days=1))
    make_case(session, program, partnership.id, state=CaseState.NOTIFIED, fix_by=today() + timedelta(days=9))
    make_case(session, program, other.id, state=CaseState.ANSWERED, fix_by=today())
    make_case(session, program, partnership.id, state=CaseState.RESOLVED, fix_by=today())
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3), tick=False):
        rows, total = urgent_cases(session, program.id, user_id=user.id)
        assert [(row.id, row.days_late) for row in rows] == [(late.id, 2)]
        assert total == 1
        assert urgent_cases(session, program.id, user_id=None)[1] == 2
        screen = case_screen(session, program.id, user_id=None, is_open=True)
        assert (screen.open_count, screen.late_count, screen.closed_count) == (3, 2, 1)
        assert len(case_screen(session, program.id, user_id=user.id, is_open=False).rows) == 1


def test_the_number_of_statements_does_not_grow(session: Session, program: Program) -> None:
    statements: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *sent: statements.append(sent[2]))
    counts = []
    for _ in range(2):
        for _ in range(5):
            partnership, _ = make_partner(session, program, None)
            case = make_case(session, program, partnership.id, fix_by=today() - timedelta(days=2))
        session.flush()
        statements.clear()
        case_screen(session, program.id, user_id=None, is_open=True)
        urgent_cases(session, program.id, user_id=None)
        cases_of(session, case.partnership_id)
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert session.scalars(select(ComplianceCase)).all()


def test_erasing_a_person_blots_their_name_out_of_what_was_written(
    session: Session, user: User, partner: tuple[Partnership, PartnerPerson]
) -> None:
    partnership, person = partner
    case = open_case(session, partnership, NEW, company_id=company_of(session, partnership), actor=user)
    notify_partner(session, case, fix_by=in_days(3), told_otherwise=False, actor=user)
    answer_case(session, case, text="Ada Byrne took it off.", person=person)
    other, _ = make_partner(session, session.get_one(Program, partnership.program_id), None)
    joint = JointActivity(
        program_id=partnership.program_id, partnership_id=other.id, other_id=partnership.id,
        kind=JointKind.INTRODUCTION, title="Two partners", planned_on=today(), outcome="Ada Byrne said yes.",
    )  # fmt: skip
    session.add(joint)
    erase_from_partnerships(session, [person.email], without_words=lambda text: text.replace("Ada Byrne", "(erased)"))
    view = cases_of(session, partnership.id)[0]
    assert [step.text for step in view.steps][-1] == "(erased) took it off."
    assert joint.outcome == "(erased) said yes."
    assert "Ada" not in " ".join(step.text + step.who for step in view.steps)
