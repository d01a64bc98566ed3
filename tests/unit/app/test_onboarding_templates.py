"""Templates of onboarding: what an action must have to be doable, and one template a tier."""

import pytest
from sqlalchemy.orm import Session

from app.models import ActionKind, OwnerSide, Program, Role, User
from app.services.errors import InvalidInput
from app.services.onboarding.contents import ActionContent
from app.services.onboarding.quiz import as_stored, parse_quiz, write_quiz
from app.services.onboarding.templates import actions_of, add_action, raise_action, remove_action
from tests.onboarding_world import QUIZ, make_template
from tests.world import make_program, make_user


@pytest.fixture
def manager(session: Session) -> User:
    return make_user(session, Role.ACCOUNT_MANAGER)


@pytest.fixture
def program(session: Session, manager: User) -> Program:
    return make_program(session, manager)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (ActionContent(kind=ActionKind.VIEW_RESOURCE, title="x", url="javascript:alert(1)"), "url"),
        (ActionContent(kind=ActionKind.READ_CONFIRM, title="x"), "text"),
        (ActionContent(kind=ActionKind.ANSWER_QUESTIONS, title="x"), "questions"),
        (ActionContent(kind=ActionKind.TRAINING, title="x", quiz="What?\n- a\n- b"), "quiz"),
        (ActionContent(kind=ActionKind.BOOK_CALL, title="x", minutes=0), "minutes"),
        (ActionContent(kind=ActionKind.TO_DO, title="", due_days=7), "title"),
        (ActionContent(kind=ActionKind.TO_DO, title="x", due_days=-1), "due_days"),
        (ActionContent(kind=ActionKind.TO_DO, title="x", depends_on_id=999_999), "depends_on_id"),
        (ActionContent(kind=ActionKind.TO_DO, title="x", owner=OwnerSide.STAFF), "assignee_id"),
        (ActionContent(kind=ActionKind.ACCEPT_TERMS, title="x", owner=OwnerSide.ACCOUNT_MANAGER), "owner"),
    ],
)
def test_template_action_that_could_not_be_done_is_refused(
    session: Session, program: Program, manager: User, content: ActionContent, field: str
) -> None:
    template = make_template(session, program, manager)
    with pytest.raises(InvalidInput) as refused:
        add_action(session, template, content, actor=manager)
    assert set(refused.value.fields) == {field}


def test_one_template_a_tier(session: Session, program: Program, manager: User) -> None:
    make_template(session, program, manager)
    with pytest.raises(InvalidInput, match="has a template already"):
        make_template(session, program, manager)


def test_quiz_is_read_and_written_the_same() -> None:
    quiz, problem = parse_quiz(QUIZ)
    assert problem == ""
    assert [each.right for each in quiz] == [0, 1]
    assert write_quiz(as_stored(quiz)) == QUIZ


def test_order_keeps_what_waits_behind_what_it_waits_for(session: Session, program: Program, manager: User) -> None:
    template = make_template(session, program, manager, ActionKind.TO_DO)
    (first,) = actions_of(session, template.id)
    for title, before in (("second", first.id), ("third", None)):
        content = ActionContent(kind=ActionKind.TO_DO, title=title, depends_on_id=before)
        add_action(session, template, content, actor=manager)
    _, second, third = actions_of(session, template.id)
    raise_action(session, second, actor=manager)
    raise_action(session, third, actor=manager)
    assert [each.title for each in actions_of(session, template.id)] == ["Put our logo up", "third", "second"]
    remove_action(session, first, actor=manager)
    session.flush()
    assert second.depends_on_id is None
