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
    OnboardingAction,
    OnboardingPlan,
    OnboardingTemplate,
    Program,
    ProgramPage,
    Prospect,
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


@pytest.fixture
def loaded(session: Session) -> int:
    count = load_demo(session)
    session.flush()
    return count


def test_every_role_is_there_and_every_prospect_waits_for_its_reading(session: Session, loaded: int) -> None:
    assert {user.role for user in session.scalars(select(User))} == set(Role)
    assert session.scalar(select(func.count()).select_from(Prospect)) == loaded
    companies = session.scalar(select(func.count()).select_from(Company))
    assert session.scalar(select(func.count()).select_from(Crawl)) == companies
    assert (session.scalar(select(func.count()).select_from(Contact)) or 0) > 40
    assert session.scalar(select(func.count()).select_from(FitProfile)) == session.scalar(
        select(func.count()).select_from(Program)
    )


def test_the_board_was_worked_on(session: Session, loaded: int) -> None:
    stages = Counter(session.scalars(select(Prospect.stage)))
    scripted = Counter(Stage(card.stage) for cards in CARDS.values() for card in cards)
    assert all(stages[stage] >= number for stage, number in scripted.items())
    assert stages[Stage.SOURCED] > 20
    assert session.scalar(select(func.max(StageChange.at))) <= now()
    assert session.scalar(select(func.min(Activity.at))) < now()
    assert list(broken_audit_events(session)) == []


def test_it_never_loads_beside_somebodys_accounts(session: Session, loaded: int) -> None:
    with pytest.raises(Conflict, match="empty database"):
        load_demo(session)
    assert session.scalar(select(func.count()).select_from(User)) == len(PEOPLE)


def test_a_day_has_something_in_each_group(session: Session, loaded: int) -> None:
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


def test_discover_has_a_directory_to_read_and_a_competitor(session: Session, loaded: int) -> None:
    assert session.scalars(select(Discovery.address)).one() == DIRECTORY
    assert session.scalars(select(Competitor.domain)).one() == COMPETITOR


def test_applications_and_partners_are_in_every_state(session: Session, loaded: int) -> None:
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
