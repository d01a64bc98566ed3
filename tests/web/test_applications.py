"""The review queue: its order and clock, one application with its evidence, decisions, conflicts, and who may."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app.clock import now
from app.db import engine, reading, transaction
from app.models import (
    Application,
    ApplicationAnswer,
    ApplicationState,
    Crawl,
    CrawlState,
    Decision,
    Notice,
    Program,
    ProgramTerms,
    Prospect,
    Role,
    Signal,
    Stage,
    User,
)
from app.models.domain_age import AgeOutcome, DomainAge
from tests.application_world import make_application, make_open_page
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

Add = Callable[..., Application]


@pytest.fixture
def people(app: Flask) -> list[User]:
    with transaction() as session:
        return [
            make_user(session, name="Theo"),
            make_user(session, Role.DATA_ANALYST),
            make_user(session, name="Amara"),
        ]


@pytest.fixture
def program(people: list[User]) -> Program:
    with transaction() as session:
        program = make_program(session, *people)
        make_open_page(session, program, reapply_days=30)
    return program


@pytest.fixture
def client(sign_in: SignIn, people: list[User]) -> FlaskClient:
    return sign_in(people[0])


@pytest.fixture
def add(program: Program) -> Add:
    def one(domain: str, *, score: float | None = None, stage: Stage = Stage.APPLIED, **values: Any) -> Application:
        with transaction() as session:
            sort = {} if score is None else {"fit_score": score, "fit_sort": score}
            prospect = make_prospect(session, program, domain, stage=stage, **sort)
            terms = session.scalars(select(ProgramTerms).where(ProgramTerms.program_id == program.id)).one()
            name = domain.partition(".")[0].title()
            given = {"company_name": name, "domain": domain, "email": f"ada@{domain}"} | values
            return make_application(session, prospect, terms, **given)

    return one


def path(program: Program, application: Application, act: str = "") -> str:
    return f"/p/{program.slug}/applications/{application.id}" + (f"/{act}" if act else "")


def stored(application: Application) -> Application:
    with reading() as session:
        return session.get_one(Application, application.id)


def stage_of(application: Application) -> Stage:
    with reading() as session:
        return session.get_one(Prospect, application.prospect_id).stage


def last_mail() -> Notice:
    with reading() as session:
        return session.scalars(select(Notice).order_by(Notice.id.desc()).limit(1)).one()


def test_overdue_comes_first_then_the_best_fit(client: FlaskClient, program: Program, add: Add) -> None:
    add("low.example", score=20)
    add("high.example", score=90)
    add("late.example", score=5, due_at=now() - timedelta(days=2, minutes=1))
    add("unconfirmed.example", state=ApplicationState.UNCONFIRMED)
    page = client.get(f"/p/{program.slug}/applications").text
    places = [page.index(f"<strong>{name}</strong>") for name in ("Late", "High", "Low")]
    assert places == sorted(places)
    assert "2 d overdue" in page
    assert "Unconfirmed</strong>" not in page
    assert 'aria-label="3 open for you"' in page
    page = client.get(f"/p/{program.slug}/applications?order=waiting").text
    assert page.index("<strong>Low") < page.index("<strong>High")


def test_queue_asks_the_same_number_of_questions_however_long(client: FlaskClient, program: Program, add: Add) -> None:
    counts = []
    for size in (1, 12):
        for number in range(size):
            add(f"c{size}x{number}.example")
        asked: list[str] = []

        def listener(*args: Any, heard: list[str] = asked) -> None:
            heard.append(args[2])

        event.listen(engine(), "before_cursor_execute", listener)
        client.get(f"/p/{program.slug}/applications")
        event.remove(engine(), "before_cursor_execute", listener)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_flags_say_what_not_to_miss(client: FlaskClient, program: Program, add: Add) -> None:
    application = add("shop.example", email="shop@gmail.com", was_known=True)
    with transaction() as session:
        company_id = session.get_one(Prospect, application.prospect_id).company_id
        crawl = Crawl(company_id=company_id, state=CrawlState.DONE)
        session.add(crawl)
        session.flush()
        session.add(Signal(company_id=company_id, crawl_id=crawl.id, name="coupons", value="yes", quote="All <b>codes"))
    page = client.get(path(program, application)).text
    for words in ("Free-mail address", "gmail.com gives addresses to anybody", "Coupon site", "All &lt;b&gt;codes",
                  "Known prospect"):  # fmt: skip
        assert words in page, words
    page = client.get(path(program, add("plain.example"))).text
    assert page.count("Domain age unknown") == page.count('class="aq-risks"') == 1
    with transaction() as session:
        session.add(DomainAge(domain="old.example", outcome=AgeOutcome.KNOWN, registered_on=date(2015, 3, 9)))
    page = client.get(path(program, add("old.example"))).text
    assert "No risk flag" in page
    assert "registered since 9 Mar 2015" in page


def test_approval_moves_the_prospect_keeps_a_receipt_and_tells_the_applicant(
    client: FlaskClient, program: Program, add: Add, people: list[User]
) -> None:
    application, following = add("harbor.example", score=90), add("kiln.example", score=10)
    form = {"version": application.version, "reason_codes": ["strong_fit"], "message": "Hello!", "note": "secret note"}
    answer = client.post(path(program, application, "approve"), data=form)
    assert (answer.status_code, answer.location) == (303, f"{path(program, following)}?order=fit")
    assert (stored(application).state, stage_of(application)) == (ApplicationState.APPROVED, Stage.APPROVED)
    with reading() as session:
        decision = session.get_one(Decision, stored(application).decision_id)
    assert (decision.reviewer_id, decision.note, decision.reason_codes) == (people[0].id, "secret note", ["strong_fit"])
    mail = last_mail()
    assert (mail.kind, mail.to_address) == ("application_approved", application.email)
    assert "Hello!" in mail.text
    assert "secret note" not in mail.text
    assert "Receipt of the decision" in client.get(path(program, application)).text


def test_decline_needs_a_reason_and_gives_it_in_words(client: FlaskClient, program: Program, add: Add) -> None:
    application = add("harbor.example")
    refused = client.post(path(program, application, "decline"), data={"version": application.version, "note": "Typed"})
    assert refused.status_code == 422
    assert "Choose at least one reason." in refused.text
    assert "Typed</textarea>" in refused.text
    form = {"version": application.version, "reason_codes": ["coupon_traffic"]}
    assert client.post(path(program, application, "decline"), data=form).status_code == 303
    closed = stored(application)
    assert (closed.state, stage_of(application)) == (ApplicationState.DECLINED, Stage.DECLINED)
    assert closed.reapply_at is not None
    assert timedelta(days=29) < closed.reapply_at - now() <= timedelta(days=30)
    assert "We do not work with coupon" in last_mail().text


def test_reason_without_words_needs_a_message(client: FlaskClient, program: Program, add: Add) -> None:
    application = add("harbor.example")
    form = {"version": application.version, "reason_codes": ["other"], "note": "gut feeling"}
    answer = client.post(path(program, application, "decline"), data=form)
    assert answer.status_code == 422
    assert "Tell the applicant the reason" in answer.text
    assert stage_of(application) is Stage.APPLIED


def test_two_reviewers_at_once_one_wins_and_the_other_is_told(
    client: FlaskClient, program: Program, add: Add, people: list[User], sign_in: SignIn
) -> None:
    application = add("harbor.example")
    form = {"version": application.version, "reason_codes": ["strong_fit"]}
    assert sign_in(people[2]).post(path(program, application, "approve"), data=form).status_code == 303
    mails = last_mail().id
    answer = client.post(
        path(program, application, "decline"), data={"version": application.version, "reason_codes": ["not_a_fit"]}
    )
    assert answer.status_code == 409
    assert "Last, Amara approved it." in answer.text
    assert "nothing of yours was written" in answer.text
    assert (stored(application).state, stage_of(application)) == (ApplicationState.APPROVED, Stage.APPROVED)
    assert last_mail().id == mails


def test_asking_stops_the_clock_and_puts_the_prospect_in_review(
    client: FlaskClient, program: Program, add: Add
) -> None:
    application = add("harbor.example")
    url = path(program, application, "ask")
    assert client.post(url, data={"version": application.version}).status_code == 422
    answer = client.post(url, data={"version": application.version, "message": "Which shops?"})
    assert answer.status_code == 303
    assert (stored(application).state, stage_of(application)) == (ApplicationState.ASKED, Stage.IN_REVIEW)
    assert "Which shops?" in last_mail().text
    assert "Which shops?" in client.get(path(program, application)).text


@pytest.mark.parametrize("has_another", [False, True])
def test_declining_never_touches_a_partner_or_a_company_that_still_waits(
    client: FlaskClient, program: Program, add: Add, has_another: bool
) -> None:
    application = add("harbor.example", stage=Stage.APPLIED if has_another else Stage.ACTIVE)
    with transaction() as session:
        if has_another:
            prospect = session.get_one(Prospect, application.prospect_id)
            make_application(session, prospect, session.scalars(select(ProgramTerms)).one())
    before = stage_of(application)
    form = {"version": application.version, "reason_codes": ["cannot_verify"]}
    assert client.post(path(program, application, "decline"), data=form).status_code == 303
    assert (stored(application).state, stage_of(application)) == (ApplicationState.DECLINED, before)
    assert stored(application).decision_id is None


def test_company_off_the_board_is_not_approved_behind_its_back(client: FlaskClient, program: Program, add: Add) -> None:
    application = add("harbor.example", stage=Stage.WITHDRAWN)
    form = {"version": application.version, "reason_codes": ["strong_fit"]}
    answer = client.post(path(program, application, "approve"), data=form)
    assert answer.status_code == 409
    assert "stands in Withdrawn" in answer.text
    assert stored(application).state is ApplicationState.SUBMITTED


def test_reader_sees_but_gets_no_buttons(program: Program, add: Add, people: list[User], sign_in: SignIn) -> None:
    application = add("harbor.example")
    reader = sign_in(people[1])
    assert "Your role may read applications, not decide them." in reader.get(path(program, application)).text
    form = {"version": application.version, "reason_codes": ["strong_fit"]}
    assert reader.post(path(program, application, "approve"), data=form).status_code == 403


def test_whoever_applies_again_is_shown_beside_what_they_sent_before(
    client: FlaskClient, program: Program, add: Add
) -> None:
    first = add("harbor.example", state=ApplicationState.DECLINED, reason_codes=["too_little_content"], phone="1",
                closed_at=now(), message="Write <more>.")  # fmt: skip
    with transaction() as session:
        prospect = session.get_one(Prospect, first.prospect_id)
        again = make_application(
            session, prospect, session.scalars(select(ProgramTerms)).one(), company_name="Harbor Ltd"
        )
        for application, value in ((first, "Two shops"), (again, "Nine shops")):
            session.add(ApplicationAnswer(application_id=application.id, position=1, label="Shops?", kind="text",
                                          value=value))  # fmt: skip
    page = client.get(path(program, again)).text
    for words in ("Applied before", "Too little own content or reach", "Write &lt;more&gt;.", "<del>Two shops</del>",
                  "<ins>Nine shops</ins>", "<del>Harbor</del>", "<ins>Harbor Ltd</ins>",
                  "2 lines as before"):  # fmt: skip
        assert words in page, words
    assert "Applied before" not in client.get(path(program, first)).text
