"""Onboarding's rules: what an approval starts, who may do what when, and how a prospect moves by itself."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    ActionKind,
    ActionState,
    Activity,
    DecisionOutcome,
    Membership,
    MoveEvent,
    Notice,
    OnboardingAction,
    OwnerSide,
    PartnerPerson,
    Partnership,
    PlanEvent,
    PlanEventKind,
    Program,
    ProgramTerms,
    Prospect,
    Role,
    Stage,
    StageChange,
    Task,
    TaskState,
    User,
)
from app.services import document_store
from app.services.bulk_reviews import plan_decisions
from app.services.decisions import Verdict, decide
from app.services.errors import Conflict, NotFound
from app.services.moves import undo_change
from app.services.onboarding.approving import approve_action, complete_action, reopen_action, send_back, skip_action
from app.services.onboarding.contents import ActionContent
from app.services.onboarding.doing import Sent, do_action
from app.services.onboarding.events import Doer
from app.services.onboarding.handing_over import HandOver, hand_over
from app.services.onboarding.people import portal_behind
from app.services.onboarding.progress import locked_action
from app.services.onboarding.templates import actions_of, add_action, change_action, remove_action
from app.services.reviewing import Review, approve_application
from tests.application_world import make_application, make_open_page
from tests.onboarding_world import action_in, make_partner, make_template, plan_in, portal_path
from tests.tier_world import make_tiers
from tests.world import make_program, make_prospect, make_user

TICK = Sent(fields={"done": "y"})


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path) -> None:
    document_store.configure(tmp_path)


@pytest.fixture
def manager(session: Session) -> User:
    return make_user(session, Role.ACCOUNT_MANAGER)


@pytest.fixture
def recruiter(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def program(session: Session, manager: User, recruiter: User) -> Program:
    return make_program(session, manager, recruiter)


def approve(session: Session, prospect: Prospect, by: User) -> None:
    decide(
        session,
        prospect,
        Verdict(outcome=DecisionOutcome.APPROVE, reason_codes=("strong_fit",)),
        by_user_id=by.id,
    )


def do(session: Session, partnership: Partnership, kind: ActionKind, sent: Sent = TICK) -> tuple[int, ...]:
    plan, action = locked_action(session, partnership, action_in(session, partnership, kind).id)
    return do_action(session, plan, action, sent, Doer())


def stage(session: Session, partnership: Partnership) -> Stage:
    return session.get_one(Prospect, partnership.prospect_id).stage


def test_approving_an_applicant_starts_their_plan_and_hands_them_over(
    session: Session, program: Program, manager: User, recruiter: User
) -> None:
    make_open_page(session, program)
    template = make_template(session, program, manager, ActionKind.ACCEPT_TERMS, ActionKind.READ_CONFIRM)
    prospect = make_prospect(session, program, stage=Stage.APPLIED, owner_id=recruiter.id)
    terms = session.scalars(select(ProgramTerms)).one()
    application = make_application(session, prospect, terms)
    approve(session, prospect, recruiter)

    partnership = session.scalars(select(Partnership)).one()
    assert (partnership.account_manager_id, partnership.recruiter_id) == (manager.id, recruiter.id)
    person = session.scalars(select(PartnerPerson)).one()
    assert (person.email, person.is_main) == (application.email, True)
    assert plan_in(session, partnership).template_id == template.id
    # The terms were accepted with the application, so nobody asks for them again.
    assert action_in(session, partnership, ActionKind.ACCEPT_TERMS).state is ActionState.DONE
    assert stage(session, partnership) is Stage.APPROVED
    kinds = session.scalars(select(Notice.kind).order_by(Notice.id)).all()
    assert kinds == ["partner_welcome", "onboarding_handed_over"]
    task = session.scalars(select(Task)).one()
    assert task.assignee_id == recruiter.id

    make_tiers(session, program, "Gold")
    hand_over(
        session,
        partnership,
        HandOver(account_manager_id=manager.id, tier="Gold", promised="30 % from day one"),
        actor=recruiter,
    )
    assert task.state is TaskState.DONE
    assert "30 % from day one" in session.scalars(select(Activity.body)).one()
    assert "30 % from day one" in session.scalars(select(Notice.text).order_by(Notice.id.desc()).limit(1)).one()


def test_an_approved_applicant_reads_one_mail_that_brings_them_to_their_steps(
    session: Session, program: Program, manager: User, recruiter: User
) -> None:
    make_open_page(session, program)
    make_template(session, program, manager, ActionKind.READ_CONFIRM)
    prospect = make_prospect(session, program, stage=Stage.APPLIED, owner_id=recruiter.id)
    application = make_application(session, prospect, session.scalars(select(ProgramTerms)).one(), language="pl")
    review = Review(reason_codes=("strong_fit",), message="Great blog!")
    (planned,) = plan_decisions(session, program, [application.id], DecisionOutcome.APPROVE, review)
    approve_application(session, application, review, version=application.version, reviewer=recruiter)
    (mail,) = session.scalars(select(Notice).where(Notice.to_address == application.email)).all()
    assert planned.letter is not None
    assert mail.subject == planned.letter.subject == f"Witamy w programie {program.name}: pierwsze kroki"
    assert "Great blog!" in mail.text
    portal, status = re.findall(r"http\S+/(partner|application)/\S{20,}", mail.text)
    assert (portal, status) == ("partner", "application")


def test_the_least_busy_account_manager_gets_the_next_partner(
    session: Session, program: Program, manager: User, recruiter: User
) -> None:
    make_partner(session, program, None, account_manager_id=manager.id)
    idle = make_user(session, Role.ACCOUNT_MANAGER)
    session.add(Membership(user_id=idle.id, program_id=program.id))
    prospect = make_prospect(session, program, stage=Stage.IN_REVIEW)
    approve(session, prospect, recruiter)
    found = session.scalars(select(Partnership).where(Partnership.prospect_id == prospect.id)).one()
    assert found.account_manager_id == idle.id


def test_taking_an_approval_back_closes_the_portal_and_approving_again_opens_it(
    session: Session, program: Program, recruiter: User, manager: User
) -> None:
    make_template(session, program, manager, ActionKind.TO_DO)
    prospect = make_prospect(session, program, stage=Stage.IN_REVIEW)
    approve(session, prospect, recruiter)
    partnership = session.scalars(select(Partnership)).one()
    person = PartnerPerson(partnership_id=partnership.id, name="Ada", email="a@b.example", is_main=True)
    session.add(person)
    session.flush()
    token = portal_path(session, person).rpartition("/")[2]
    assert portal_behind(session, token).partnership.id == partnership.id
    change = session.scalars(select(StageChange.id).order_by(StageChange.id.desc()).limit(1)).one()
    undo_change(session, prospect, change, by_user_id=recruiter.id)
    with pytest.raises(NotFound):
        portal_behind(session, token)
    approve(session, prospect, recruiter)
    assert portal_behind(session, token).partnership.id == partnership.id
    assert len(session.scalars(select(Partnership)).all()) == 1


def test_first_step_moves_to_onboarding_and_last_required_one_to_active(
    session: Session, program: Program, manager: User
) -> None:
    template = make_template(session, program, manager, ActionKind.READ_CONFIRM, ActionKind.UPLOAD)
    add_action(
        session, template, ActionContent(kind=ActionKind.TO_DO, title="Optional", is_required=False), actor=manager
    )
    partnership, _ = make_partner(session, program, template)
    do(session, partnership, ActionKind.READ_CONFIRM)
    assert stage(session, partnership) is Stage.ONBOARDING

    do(session, partnership, ActionKind.UPLOAD, Sent(files=(("tax.pdf", b"%PDF-1.4 x"),)))
    upload = action_in(session, partnership, ActionKind.UPLOAD)
    plan = plan_in(session, partnership)
    assert upload.state is ActionState.WAITING_FOR_APPROVAL
    send_back(session, plan, upload, note="The second page is missing.", user=manager)
    assert upload.state is ActionState.ACTION_REQUIRED
    do(session, partnership, ActionKind.UPLOAD, Sent(files=(("tax.pdf", b"%PDF-1.4 xy"),)))
    with pytest.raises(Conflict):
        complete_action(session, plan, action_in(session, partnership, ActionKind.READ_CONFIRM), note="", user=manager)
    approve_action(session, plan, upload, user=manager)
    assert stage(session, partnership) is Stage.ACTIVE
    assert plan.done_at is not None
    events = session.scalars(
        select(StageChange.event).join(Prospect, Prospect.id == StageChange.prospect_id).order_by(StageChange.id)
    ).all()
    assert events == [MoveEvent.ONBOARDING_STARTED, MoveEvent.ONBOARDING_DONE]

    reopen_action(session, plan, upload, user=manager)
    assert plan.done_at is None
    assert stage(session, partnership) is Stage.ACTIVE
    told = session.scalars(select(PlanEvent.kind)).all()
    assert told.count(PlanEventKind.COMPLETED) == 1


def test_step_that_waits_for_another_opens_with_it_and_its_days_count_from_then(
    session: Session, program: Program, manager: User
) -> None:
    template = make_template(session, program, manager, ActionKind.READ_CONFIRM)
    first = actions_of(session, template.id)[0]
    add_action(
        session,
        template,
        ActionContent(kind=ActionKind.TO_DO, title="Second", depends_on_id=first.id, due_days=3),
        actor=manager,
    )
    partnership, _ = make_partner(session, program, template)
    second = action_in(session, partnership, ActionKind.TO_DO)
    assert second.due_at is None
    with pytest.raises(Conflict, match="opens after “Read the rules”"):
        do(session, partnership, ActionKind.TO_DO)
    with time_machine.travel(now() + timedelta(days=10), tick=False):
        skip_action(
            session,
            plan_in(session, partnership),
            action_in(session, partnership, ActionKind.READ_CONFIRM),
            note="They know",
            user=manager,
        )
        assert second.due_at == now() + timedelta(days=3)
        do(session, partnership, ActionKind.TO_DO)
    assert stage(session, partnership) is Stage.ACTIVE


def test_changing_a_template_changes_nobodys_plan(session: Session, program: Program, manager: User) -> None:
    template = make_template(session, program, manager, ActionKind.READ_CONFIRM, ActionKind.TO_DO)
    before, _ = make_partner(session, program, template)
    rules, logo = actions_of(session, template.id)
    change_action(
        session, rules, ActionContent(kind=ActionKind.READ_CONFIRM, title="New", text="New words"), actor=manager
    )
    remove_action(session, logo, actor=manager)
    after, _ = make_partner(session, program, template)
    titles = {
        each.id: session.scalars(
            select(OnboardingAction.title).where(OnboardingAction.plan_id == plan_in(session, each).id)
        ).all()
        for each in (before, after)
    }
    assert titles == {before.id: ["Read the rules", "Put our logo up"], after.id: ["New"]}
    do(session, before, ActionKind.TO_DO)


def test_partner_does_only_what_is_theirs_and_open(session: Session, program: Program, manager: User) -> None:
    template = make_template(session, program, manager, ActionKind.TO_DO, owner=OwnerSide.ACCOUNT_MANAGER)
    partnership, _ = make_partner(session, program, template)
    other, _ = make_partner(session, program, template)
    with pytest.raises(Conflict, match="This step is ours"):
        do(session, partnership, ActionKind.TO_DO)
    theirs = action_in(session, other, ActionKind.TO_DO)
    with pytest.raises(NotFound):
        locked_action(session, partnership, theirs.id)
    with pytest.raises(Conflict, match="changed while you looked"):
        locked_action(session, other, theirs.id, version=theirs.version - 1)
