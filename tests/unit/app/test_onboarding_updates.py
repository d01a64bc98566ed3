"""A template edited while partners are in it: what would change in whose plan, applied to chosen ones, taken back."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import transaction
from app.models import (
    ActionKind,
    ActionState,
    OnboardingAction,
    OnboardingTemplate,
    Partnership,
    PlanEvent,
    PlanEventKind,
    Program,
    Role,
    TemplateAction,
    User,
)
from app.services.errors import Conflict
from app.services.onboarding.approving import complete_action
from app.services.onboarding.contents import ActionContent
from app.services.onboarding.differing import PlanDifference, compare_plans
from app.services.onboarding.doing import Sent, do_action
from app.services.onboarding.events import Doer
from app.services.onboarding.progress import locked_action
from app.services.onboarding.templates import actions_of, add_action, change_action, raise_action, remove_action
from app.services.onboarding.updating import undo_update, update_plans
from tests.onboarding_world import CONTENTS, action_in, make_partner, make_template, plan_in
from tests.world import make_program, make_user

KINDS = (ActionKind.READ_CONFIRM, ActionKind.ANSWER_QUESTIONS, ActionKind.FIRST_PILOT, ActionKind.TO_DO)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    with transaction() as opened:
        yield opened


@pytest.fixture
def manager(session: Session) -> User:
    return make_user(session, Role.ACCOUNT_MANAGER)


@pytest.fixture
def program(session: Session, manager: User) -> Program:
    return make_program(session, manager)


@pytest.fixture
def template(session: Session, program: Program, manager: User) -> OnboardingTemplate:
    return make_template(session, program, manager, *KINDS)


@pytest.fixture
def partner(session: Session, program: Program, template: OnboardingTemplate) -> Partnership:
    return make_partner(session, program, template)[0]


def original(session: Session, template: OnboardingTemplate, kind: ActionKind) -> TemplateAction:
    return next(action for action in actions_of(session, template.id) if action.kind is kind)


def only(session: Session, template: OnboardingTemplate) -> PlanDifference:
    (found,) = compare_plans(session, template).differences
    return found


def picture(session: Session, partner: Partnership) -> list[tuple[object, ...]]:
    """Return everything of a plan's steps that counts, in their order; what comes first by its title."""
    query = select(OnboardingAction).where(OnboardingAction.plan_id == plan_in(session, partner).id)
    steps = list(session.scalars(query.order_by(OnboardingAction.position)))
    titles = {step.id: step.title for step in steps}
    return [
        (step.kind, step.title, step.text, step.state, step.due_days, step.due_at, step.opened_at, step.answer,
         step.settings, titles.get(step.depends_on_id or 0), step.is_required)
        for step in steps
    ]  # fmt: skip


def edit(session: Session, template: OnboardingTemplate, manager: User) -> None:
    """Add a step behind another one, change one, take one out, move one up."""
    read = original(session, template, ActionKind.READ_CONFIRM)
    change_action(session, read, ActionContent(kind=read.kind, title="Read all", text="More.", due_days=2),
                  actor=manager)  # fmt: skip
    remove_action(session, original(session, template, ActionKind.FIRST_PILOT), actor=manager)
    call = ActionContent(kind=ActionKind.BOOK_CALL, title="Kick-off", depends_on_id=read.id)
    add_action(session, template, call, actor=manager)
    raise_action(session, original(session, template, ActionKind.TO_DO), actor=manager)


def test_a_plan_that_is_a_copy_differs_in_nothing(
    session: Session, template: OnboardingTemplate, partner: Partnership
) -> None:
    found = compare_plans(session, template)
    assert (found.differences, found.running, found.compared, found.next_after) == ((), 1, 1, None)


def test_what_would_change_is_shown_then_applied_then_taken_back(
    session: Session, program: Program, template: OnboardingTemplate, partner: Partnership, manager: User
) -> None:
    before = picture(session, partner)
    edit(session, template, manager)
    found = only(session, template)
    assert [step.title for step in found.added] == ["Kick-off"]
    assert [step.title for step in found.removed] == ["A first guest post"]
    assert found.kept == ()
    (change,) = found.changed
    assert [(each.name, each.before, each.after) for each in change.fields] == [
        ("title", "Read the rules", "Read all"),
        ("text", "", ""),
        ("days", "7", "2"),
    ]
    done = update_plans(session, template, {found.plan.id: found.mark}, actor=manager)
    assert (done.count, done.stale) == (1, ())
    after = picture(session, partner)
    assert [row[1] for row in after] == ["Read all", "Put our logo up", "Tell us about you", "Kick-off"]
    call = action_in(session, partner, ActionKind.BOOK_CALL)
    assert (call.opened_at, after[3][9]) == (None, "Read all")
    read = action_in(session, partner, ActionKind.READ_CONFIRM)
    assert read.opened_at is not None
    assert read.due_at is not None
    assert (read.due_at - read.opened_at).days == 2
    assert compare_plans(session, template).differences == ()
    assert undo_update(session, program, done.act, actor=manager) == (1, [])
    assert picture(session, partner) == before
    said = select(PlanEvent.text).where(PlanEvent.kind == PlanEventKind.UPDATED).order_by(PlanEvent.id)
    assert session.scalars(said).all() == ["1 added, 1 changed, 1 taken out", "taken back"]
    with pytest.raises(Conflict, match="nothing of this left"):
        undo_update(session, program, done.act, actor=manager)


def test_what_was_done_or_sent_is_never_touched(
    session: Session, template: OnboardingTemplate, partner: Partnership, manager: User
) -> None:
    plan, read = locked_action(session, partner, action_in(session, partner, ActionKind.READ_CONFIRM).id)
    do_action(session, plan, read, Sent(fields={"done": "y"}), Doer())
    pilot = action_in(session, partner, ActionKind.FIRST_PILOT)
    do_action(session, plan, pilot, Sent(fields={"what": "A post"}), Doer())
    assert pilot.state is ActionState.WAITING_FOR_APPROVAL
    edit(session, template, manager)
    found = only(session, template)
    assert (found.changed, found.removed) == ((), ())
    assert [step.title for step in found.kept] == ["A first guest post"]
    before = {row[1]: row for row in picture(session, partner)}
    update_plans(session, template, {found.plan.id: found.mark}, actor=manager)
    after = {row[1]: row for row in picture(session, partner)}
    assert {title: after[title] for title in before} == before
    # The step it waits for is done, so the new one can be done at once.
    assert action_in(session, partner, ActionKind.BOOK_CALL).opened_at is not None


def test_a_plan_that_moved_on_since_it_was_seen_is_left_alone(
    session: Session, program: Program, template: OnboardingTemplate, partner: Partnership, manager: User
) -> None:
    other, _ = make_partner(session, program, template)
    edit(session, template, manager)
    seen = {each.plan.id: each.mark for each in compare_plans(session, template).differences}
    plan, read = locked_action(session, partner, action_in(session, partner, ActionKind.READ_CONFIRM).id)
    do_action(session, plan, read, Sent(fields={"done": "y"}), Doer())
    done = update_plans(session, template, seen, actor=manager)
    assert done.count == 1
    assert len(done.stale) == 1
    assert "Kick-off" in {row[1] for row in picture(session, other)}
    assert "Kick-off" not in {row[1] for row in picture(session, partner)}
    with pytest.raises(Conflict, match="Nothing was changed"):
        update_plans(session, template, {plan.id: "stale"}, actor=manager)


def test_undoing_leaves_alone_what_was_touched_since_and_opens_nothing_twice(
    session: Session, program: Program, template: OnboardingTemplate, partner: Partnership, manager: User
) -> None:
    edit(session, template, manager)
    found = only(session, template)
    done = update_plans(session, template, {found.plan.id: found.mark}, actor=manager)
    plan, read = locked_action(session, partner, action_in(session, partner, ActionKind.READ_CONFIRM).id)
    do_action(session, plan, read, Sent(fields={"done": "y"}), Doer())
    complete_action(session, plan, action_in(session, partner, ActionKind.BOOK_CALL), note="", user=manager)
    count, kept = undo_update(session, program, done.act, actor=manager)
    assert (count, kept) == (1, ["Read all", "Kick-off"])
    rows = {row[1]: row for row in picture(session, partner)}
    assert rows["Read all"][3] is rows["Kick-off"][3] is ActionState.DONE
    assert rows["A first guest post"][3] is ActionState.PENDING


def test_a_step_put_back_into_the_template_is_the_one_the_plan_has(
    session: Session, template: OnboardingTemplate, partner: Partnership, manager: User
) -> None:
    pilot = original(session, template, ActionKind.FIRST_PILOT)
    remove_action(session, pilot, actor=manager)
    add_action(session, template, CONTENTS[ActionKind.FIRST_PILOT], actor=manager)
    assert compare_plans(session, template).differences == ()


def test_plans_that_are_over_and_other_programs_are_not_reached(
    session: Session, program: Program, template: OnboardingTemplate, partner: Partnership, manager: User
) -> None:
    edit(session, template, manager)
    found = only(session, template)
    done = update_plans(session, template, {found.plan.id: found.mark}, actor=manager)
    stranger = make_program(session)
    with pytest.raises(Conflict, match="nothing of this left"):
        undo_update(session, stranger, done.act, actor=manager)
    plan = plan_in(session, partner)
    plan.done_at = plan.started_at
    session.flush()
    assert compare_plans(session, template).running == 0
