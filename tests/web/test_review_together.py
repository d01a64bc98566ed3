"""Reviewing with others: second opinions, deciding several at once, and rules that approve."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.jobs.review_rules import approve_by_rules
from app.models import (
    Application,
    ApplicationState,
    AuditEvent,
    Decision,
    DecisionOutcome,
    FitState,
    Notice,
    Program,
    ProgramTerms,
    Prospect,
    ReviewRule,
    Role,
    SecondOpinion,
    Stage,
    StageChange,
    Task,
    TaskState,
    User,
)
from tests.application_world import make_application, make_open_page
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user


@pytest.fixture
def people(app: Flask) -> list[User]:
    with transaction() as session:
        return [
            make_user(session, Role.DIRECTOR, name="Helena"),
            make_user(session, name="Amara"),
            make_user(session, Role.DATA_ANALYST, name="Ruth"),
        ]


@pytest.fixture
def program(people: list[User]) -> Program:
    with transaction() as session:
        program = make_program(session, *people)
        make_open_page(session, program)
    return program


@pytest.fixture
def client(sign_in: SignIn, people: list[User]) -> FlaskClient:
    return sign_in(people[0])


def add(program: Program, name: str, score: float = 90, stage: Stage = Stage.APPLIED, **values: Any) -> Application:
    with transaction() as session:
        fit = {"fit_score": score, "fit_sort": score, "fit_state": FitState.SCORED}
        domain = f"{name}.example"
        prospect = make_prospect(session, program, domain, stage=stage, **fit)
        terms = session.scalars(select(ProgramTerms)).one()
        given = {"company_name": name.title(), "domain": domain, "email": f"ada@{domain}"} | values
        return make_application(session, prospect, terms, **given)


def decided(program: Program, name: str, score: float, outcome: DecisionOutcome) -> None:
    state = ApplicationState.APPROVED if outcome is DecisionOutcome.APPROVE else ApplicationState.DECLINED
    application = add(program, name, score=1.0, state=state)
    with transaction() as session:
        change = StageChange(prospect_id=application.prospect_id, to_stage=Stage.DECLINED, event="decision")
        session.add(change)
        session.flush()
        decision = Decision(prospect_id=application.prospect_id, stage_change_id=change.id, outcome=outcome,
                            reason_codes=[], score=score)  # fmt: skip
        session.add(decision)
        session.flush()
        session.get_one(Application, application.id).decision_id = decision.id


def states() -> dict[str, ApplicationState]:
    with reading() as session:
        return {row.company_name: row.state for row in session.scalars(select(Application))}


def chosen(*applications: Application) -> list[str]:
    return [f"{each.id}:{each.version}" for each in applications]


def test_colleague_is_asked_by_a_task_and_the_answer_is_kept(
    client: FlaskClient, program: Program, people: list[User], sign_in: SignIn
) -> None:
    application = add(program, "harbor")
    root = f"/p/{program.slug}/applications/{application.id}"
    assert client.post(f"{root}/opinions", data={"colleague_id": people[2].id}).status_code == 422
    assert client.post(f"{root}/opinions", data={"colleague_id": people[0].id}).status_code == 422
    form = {"colleague_id": people[1].id, "question": "Do you know <b>them</b>?"}
    assert client.post(f"{root}/opinions", data=form).status_code == 303
    assert "is asked already" in client.post(f"{root}/opinions", data=form).text
    with reading() as session:
        task, opinion = session.scalars(select(Task)).one(), session.scalars(select(SecondOpinion)).one()
    assert (task.assignee_id, task.due_at) == (people[1].id, application.due_at)
    assert f"{root}#opinions" in task.detail
    path = f"{root}/opinions/{opinion.id}"
    assert client.post(path, data={"leaning": "approve"}).status_code == 404  # only who was asked may answer
    colleague = sign_in(people[1])
    assert "Do you know &lt;b&gt;them&lt;/b&gt;?" in colleague.get(root).text
    assert colleague.post(path, data={"answer": "x"}).status_code == 422
    said = f"Met them. @{people[0].name}"
    assert colleague.post(path, data={"leaning": "decline", "answer": said}).status_code == 303
    assert colleague.post(path, data={"leaning": "approve"}).status_code == 409
    page = client.get(root).text
    assert "would decline" in page
    assert "Met them." in page
    with reading() as session:
        assert session.scalars(select(Task.state)).one() is TaskState.DONE
        # An opinion changes nothing of the application: a form that is open beside it stays good.
        assert session.get_one(Application, application.id).version == application.version
    assert f"{people[1].name} mentioned you in the review of" in client.get("/notifications").text


def test_bulk_shows_first_what_each_would_get_and_who_is_left_out(client: FlaskClient, program: Program) -> None:
    good, late, high = (
        add(program, "good", language="de"),
        add(program, "late"),
        add(program, "partner", stage=Stage.ACTIVE),
    )
    asked, foreign = add(program, "asked", state=ApplicationState.ASKED), "999999:1"
    root = f"/p/{program.slug}/applications"
    assert f'value="{good.id}:{good.version}"' in client.get(root).text
    form = {"chosen": [*chosen(good, late, high, asked), foreign], "outcome": "approve", "message": "Hello!"}
    page = client.post(f"{root}/bulk", data=form)
    assert page.status_code == 200
    for words in ("2 applications to approve", "gute Nachrichten", "Hello!", "Left out: 2", "partner already",
                  "answer; decide it by hand"):  # fmt: skip
        assert words in page.text, words
    assert set(states().values()) == {ApplicationState.SUBMITTED, ApplicationState.ASKED}
    assert "Choose at least one reason." in client.post(f"{root}/bulk/apply", data=form).text
    with transaction() as session:
        session.get_one(Application, late.id).version += 1
    answer = client.post(f"{root}/bulk/apply", data=form | {"reason_codes": ["strong_fit"]}, follow_redirects=True)
    assert "1 approved, and told." in answer.text
    assert "Late: It was changed since you saw it" in answer.text
    assert states()["Good"] is ApplicationState.APPROVED
    assert {states()[name] for name in ("Late", "Partner")} == {ApplicationState.SUBMITTED}
    with reading() as session:
        assert session.scalars(select(Notice.to_address)).all() == ["ada@good.example"]
    assert client.post(f"{root}/bulk", data={"outcome": "approve", "chosen": ["x", "1:y"]}).status_code == 303


def test_bulk_decline_tells_reasons_to_each(client: FlaskClient, program: Program) -> None:
    both = [add(program, "one"), add(program, "two")]
    root = f"/p/{program.slug}/applications"
    form = {"chosen": chosen(*both), "outcome": "decline", "reason_codes": ["other"], "note": "no"}
    assert "Tell the applicants the reason" in client.post(f"{root}/bulk/apply", data=form).text
    answer = client.post(f"{root}/bulk/apply", data=form | {"reason_codes": ["coupon_traffic"]})
    assert answer.status_code == 303
    assert set(states().values()) == {ApplicationState.DECLINED}
    with reading() as session:
        texts = session.scalars(select(Notice.text)).all()
    assert len(texts) == 2
    assert all("coupon" in text for text in texts)


def test_rule_is_tried_on_the_past_then_switched_on_and_approves_only_what_it_says(
    client: FlaskClient, program: Program, people: list[User], sign_in: SignIn
) -> None:
    decided(program, "past", 95, DecisionOutcome.APPROVE)
    decided(program, "refused", 91, DecisionOutcome.DECLINE)
    decided(program, "weak", 40, DecisionOutcome.DECLINE)
    add(program, "strong", score=88)
    add(program, "low", score=79.9)
    add(program, "free", score=95, email="free@gmail.com")
    add(program, "gone", score=95, stage=Stage.WITHDRAWN)
    doubted = add(program, "doubted", score=95)
    with transaction() as session:
        session.add(SecondOpinion(application_id=doubted.id, colleague_id=people[1].id))
    root = f"/p/{program.slug}/applications/rules"
    query = {"min_score": "80", "blocked_by": "medium"}
    page = client.get(root, query_string=query).text
    assert page.count("Refused") == page.count("Strong") == 1
    assert "Weak" not in page
    assert "Free" not in page
    assert approve_by_rules() == 0
    assert client.post(root, data={"min_score": "180", "blocked_by": "medium"}).status_code == 422
    assert sign_in(people[1]).post(root, data=query).status_code == 403
    assert client.post(root, data=query).status_code == 303
    before = states()
    assert (approve_by_rules(), approve_by_rules()) == (1, 0)
    after = states()
    assert {name for name in after if after[name] is not before[name]} == {"Strong"}
    with reading() as session:
        rule = session.scalars(select(ReviewRule)).one()
        strong = session.scalars(select(Application).where(Application.company_name == "Strong")).one()
        actions = set(session.scalars(select(AuditEvent.action)))
        assert session.get_one(Decision, strong.decision_id).reviewer_id is None
        assert session.get_one(Prospect, strong.prospect_id).stage is Stage.APPROVED
    assert rule.dry_run == {"past": 3, "approved_as_people_did": 1, "approved_against_people": 1, "left_to_people": 1,
                            "now": 1}  # fmt: skip
    assert {"review_rule.switched_on", "application.approved"} <= actions
    assert "by a rule" in client.get(f"/p/{program.slug}/applications/{strong.id}").text
    assert client.post(f"{root}/{rule.id}/end").status_code == 303
    assert client.post(f"{root}/{rule.id}/end").status_code == 409
    add(program, "later", score=99)
    assert approve_by_rules() == 0


def test_high_flags_alone_block_where_the_rule_says_so(client: FlaskClient, program: Program) -> None:
    add(program, "free", score=95, email="free@gmail.com")
    query = {"min_score": "80", "blocked_by": "high"}
    assert client.post(f"/p/{program.slug}/applications/rules", data=query).status_code == 303
    assert approve_by_rules() == 1
    assert states()["Free"] is ApplicationState.APPROVED
