"""The demo goes into an empty database, through the product's own use-cases, and looks lived in."""

from collections import Counter

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.demo.board import CARDS
from app.demo.discover import COMPETITOR, DIRECTORY
from app.demo.load import load_demo
from app.demo.people import PEOPLE
from app.models import (
    ActionState,
    Activity,
    Application,
    ApplicationState,
    Company,
    Competitor,
    Contact,
    Crawl,
    Discovery,
    FitProfile,
    MatchedBy,
    OnboardingAction,
    OnboardingPlan,
    OnboardingTemplate,
    Program,
    ProgramPage,
    Prospect,
    ReceivedMail,
    Role,
    Stage,
    StageChange,
    User,
)
from app.queries.day_items import DayKind
from app.queries.onboarding import onboarding_home
from app.queries.today import my_day
from app.services.audit import broken_audit_events
from app.services.errors import Conflict
from app.services.onboarding.differing import compare_plans
from app.services.received_mail import raw_of, record_reading, waiting_mails
from outreach.inbound.content import read_content


def test_the_demo_looks_lived_in_wherever_somebody_looks(session: Session) -> None:
    """All in one, for loading takes longer than any of it; whoever changes something comes last."""
    loaded = load_demo(session)
    session.flush()
    every_role_is_there_and_every_prospect_waits_for_its_reading(session, loaded)
    the_board_was_worked_on(session)
    it_never_loads_beside_somebodys_accounts(session)
    a_day_has_something_in_each_group(session)
    discover_has_a_directory_to_read_and_a_competitor(session)
    applications_and_partners_are_in_every_state(session)
    received_mail_is_an_answer_a_note_and_one_that_nobody_can_place(session)


def every_role_is_there_and_every_prospect_waits_for_its_reading(session: Session, loaded: int) -> None:
    assert {user.role for user in session.scalars(select(User))} == set(Role)
    assert session.scalar(select(func.count()).select_from(Prospect)) == loaded
    companies = session.scalar(select(func.count()).select_from(Company))
    assert session.scalar(select(func.count()).select_from(Crawl)) == companies
    assert (session.scalar(select(func.count()).select_from(Contact)) or 0) > 40
    assert session.scalar(select(func.count()).select_from(FitProfile)) == session.scalar(
        select(func.count()).select_from(Program)
    )


def the_board_was_worked_on(session: Session) -> None:
    stages = Counter(session.scalars(select(Prospect.stage)))
    scripted = Counter(Stage(card.stage) for cards in CARDS.values() for card in cards)
    assert all(stages[stage] >= number for stage, number in scripted.items())
    assert stages[Stage.SOURCED] > 20
    assert session.scalar(select(func.max(StageChange.at))) <= now()
    assert session.scalar(select(func.min(Activity.at))) < now()
    assert list(broken_audit_events(session)) == []


def it_never_loads_beside_somebodys_accounts(session: Session) -> None:
    with pytest.raises(Conflict, match="empty database"):
        load_demo(session)
    assert session.scalar(select(func.count()).select_from(User)) == len(PEOPLE)


def a_day_has_something_in_each_group(session: Session) -> None:
    programs = session.scalars(select(Program.id)).all()
    found = {
        group.kind: len(group.items)
        for person in session.scalars(select(User))
        for group in my_day(session, person, programs)
    }
    # Answers are read by a job, once the product runs.
    assert set(found) >= set(DayKind) - {DayKind.APPROVAL, DayKind.REPLY}
    theo = session.scalars(select(User).where(User.email == "theo@example.com")).one()
    groups = {group.kind for group in my_day(session, theo, programs)}
    assert groups >= {DayKind.OVERDUE, DayKind.DUE, DayKind.MENTION, DayKind.SITE_CHANGE, DayKind.LINGERING,
                      DayKind.WAKING}  # fmt: skip


def discover_has_a_directory_to_read_and_a_competitor(session: Session) -> None:
    assert session.scalars(select(Discovery.address)).one() == DIRECTORY
    assert session.scalars(select(Competitor.domain)).one() == COMPETITOR


def applications_and_partners_are_in_every_state(session: Session) -> None:
    states = Counter(session.scalars(select(Application.state)))
    assert states[ApplicationState.SUBMITTED] == 5
    assert all(states[state] for state in (ApplicationState.ASKED, ApplicationState.DECLINED))
    assert states[ApplicationState.UNCONFIRMED] == 1
    assert session.scalars(select(ProgramPage.is_open)).all() == [True]
    overdue = select(func.count()).where(Application.state == ApplicationState.SUBMITTED, Application.due_at < now())
    assert session.scalar(overdue) == 1
    home = onboarding_home(session, session.scalars(select(OnboardingTemplate.program_id)).one(), user_id=None)
    assert home.counts.partners == 5
    assert all((home.counts.waiting, home.counts.overdue, home.counts.stuck))
    states = Counter(session.scalars(select(OnboardingAction.state)))
    assert set(states) == {*ActionState} - {ActionState.SKIPPED}
    assert len(session.scalars(select(OnboardingPlan.id).where(OnboardingPlan.done_at.is_not(None))).all()) == 1
    # The template was edited since they began.
    template = session.scalars(select(OnboardingTemplate)).one()
    assert len(compare_plans(session, template).differences) == home.counts.partners


def received_mail_is_an_answer_a_note_and_one_that_nobody_can_place(session: Session) -> None:
    for mail_id in waiting_mails(session, limit=10):
        raw, envelope_to = raw_of(session, mail_id) or (b"", "")
        record_reading(session, mail_id, read_content(raw, envelope_to=envelope_to))
    mails = session.scalars(select(ReceivedMail).order_by(ReceivedMail.id)).all()
    assert [(mail.kind, mail.matched_by) for mail in mails] == [
        ("reply", MatchedBy.SENDER),
        ("auto_reply", MatchedBy.SENDER),
        ("reply", MatchedBy.NOTHING),
    ]
    answered = session.scalars(select(Prospect).join(Company).where(Company.domain == "second-ping.demo.test")).one()
    assert answered.stage is Stage.ENGAGED
