"""The status page behind the mailed link: what each button does, and that looking and foreign links do nothing."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import now
from app.db import reading, transaction
from app.models import (
    Application,
    ApplicationEvent,
    ApplicationState,
    Company,
    ContactValue,
    Crawl,
    CrawlState,
    Enrollment,
    EnrollmentState,
    Notice,
    Program,
    ProgramTerms,
    Prospect,
    Stage,
)
from app.services.application_links import new_status_link
from app.services.apply_links import apply_token
from app.services.applying import Submission, submit
from tests.application_world import make_application, make_open_page, make_question
from tests.outreach_world import make_contact, make_enrollment, make_sender, make_sequence
from tests.world import make_program, make_prospect

HOST = "http://127.0.0.1:8000"


@pytest.fixture
def program(app: Flask) -> Program:
    with transaction() as session:
        program = make_program(session)
        make_open_page(session, program, slug="harbor", answer_days=7, reapply_days=30)
    return program


def apply(program: Program, **values: str) -> str:
    """Send a form and return the path of the mailed link."""
    with transaction() as session:
        terms = session.scalars(select(ProgramTerms.id).where(ProgramTerms.program_id == program.id)).one()
        person = {"name": "Ada", "email": "ada@harbor.example", "phone": "", "company_name": "Harbor"}
        sent = {**person, "website": "harbor.example", **values}
        submit(session, program, Submission(**sent, answers={}, accepts_terms=True, terms_id=terms))
        mail = session.scalars(select(Notice).order_by(Notice.id.desc()).limit(1)).one()
    found = re.search(rf"{HOST}(/application/\S+)", mail.text)
    assert found is not None
    return found[1]


def only(table: type) -> object:
    with reading() as session:
        return session.scalars(select(table)).one()


def status_path(application: Application) -> str:
    with transaction() as session:
        return new_status_link(session, session.get_one(Application, application.id)).removeprefix(HOST)


def waiting(program: Program, **values: object) -> Application:
    """Add a confirmed application of a prospect in Applied."""
    with transaction() as session:
        prospect = make_prospect(session, program, "harbor.example", stage=Stage.APPLIED)
        terms = session.scalars(select(ProgramTerms).where(ProgramTerms.program_id == program.id)).one()
        return make_application(session, prospect, terms, **values)


def test_only_the_button_confirms_and_then_the_prospect_is_there(client: FlaskClient, program: Program) -> None:
    path = apply(program)
    assert "Is this your application?" in client.get(path).text
    with reading() as session:
        assert session.scalars(select(Company)).all() == []
    assert client.post(f"{path}/confirm").status_code == 303
    prospect, application = only(Prospect), only(Application)
    assert isinstance(prospect, Prospect)
    assert isinstance(application, Application)
    assert (prospect.stage, prospect.source, application.was_known) == (Stage.APPLIED, "Application", False)
    assert application.due_at is not None
    assert timedelta(days=6) < application.due_at - now() <= timedelta(days=7)
    with reading() as session:
        assert session.scalars(select(Crawl.state)).all() == [CrawlState.WAITING]
        assert "ada@harbor.example" in session.scalars(select(ContactValue.value)).all()
        assert session.scalars(select(Notice.kind).order_by(Notice.id)).all() == [
            "application_confirm",
            "application_received",
        ]
    page = client.get(path).text
    assert "Your application is with us" in page
    assert "We are reading harbor.example now" in page
    assert client.post(f"{path}/confirm").status_code == 303  # a second press changes nothing
    with reading() as session:
        assert len(session.scalars(select(Notice)).all()) == 2


def test_known_prospect_is_joined_and_outreach_ends_without_a_word(client: FlaskClient, program: Program) -> None:
    with transaction() as session:
        sender = make_sender(session, program)
        prospect = make_prospect(session, program, "harbor.example", stage=Stage.CONTACTED)
        contact = make_contact(session, prospect, "bo@harbor.example", "Bo Lind")
        enrollment = make_enrollment(session, prospect, contact, make_sequence(session, program, sender), sender)
        via = apply_token(enrollment)
    page = client.get(f"/apply/harbor?via={via}").text
    assert 'value="https://harbor.example/"' in page
    assert 'value="Bo Lind"' in page
    assert "bo@harbor.example" not in page  # a link may be passed on
    path = apply(program, via=via)
    assert "known" not in client.get(path).text.lower()
    client.post(f"{path}/confirm")
    application = only(Application)
    assert isinstance(application, Application)
    assert (application.prospect_id, application.was_known) == (prospect.id, True)
    assert application.source == f"sequence:{enrollment.id}"
    with reading() as session:
        assert session.get_one(Prospect, prospect.id).stage is Stage.APPLIED
        ended = session.get_one(Enrollment, enrollment.id)
        assert (ended.state, ended.reason) == (EnrollmentState.STOPPED, "application")


@pytest.mark.parametrize("via", ["1.AAAAAAAAAAAAAAAAAAAA", "x", "1", "é.é", "9" * 80, "99999999999.x"])
def test_altered_sequence_link_shows_an_empty_form(client: FlaskClient, program: Program, via: str) -> None:
    with transaction() as session:
        sender = make_sender(session, program)
        prospect = make_prospect(session, program, "harbor.example")
        contact = make_contact(session, prospect)
        make_enrollment(session, prospect, contact, make_sequence(session, program, sender), sender)
    page = client.get("/apply/harbor", query_string={"via": via})
    assert page.status_code == 200
    assert "harbor.example" not in page.text


def test_links_altered_or_too_old_all_get_the_same_answer(client: FlaskClient, program: Program) -> None:
    path = apply(program)
    nobody = "/application/" + "x" * 43
    answers = [client.get(nobody), client.get(path[:-1]), client.post(f"{path[:-2]}zz/withdraw")]
    with time_machine.travel(now() + timedelta(days=366), tick=False):
        answers += [client.get(path), client.post(f"{path}/confirm"), client.get(f"{path}/amend")]
    assert {(answer.status_code, answer.text) for answer in answers} == {(410, answers[0].text)}
    application = only(Application)
    assert isinstance(application, Application)
    assert application.state is ApplicationState.UNCONFIRMED


def test_withdrawing_moves_the_prospect_and_closes_the_page(client: FlaskClient, program: Program) -> None:
    application = waiting(program)
    path = status_path(application)
    assert client.post(f"{path}/withdraw").status_code == 303
    assert "You took it back" in client.get(path).text
    with reading() as session:
        assert session.get_one(Prospect, application.prospect_id).stage is Stage.WITHDRAWN
    again = client.post(f"{path}/withdraw")
    assert again.status_code == 409
    assert "closed" in again.text


def test_amending_keeps_what_it_replaced_and_holds_the_domain(client: FlaskClient, program: Program) -> None:
    with transaction() as session:
        question = make_question(session, program, label="Clients?")
    application = waiting(program)
    path = status_path(application)
    assert 'value="Harbor"' in client.get(f"{path}/amend").text
    form = {"name": "Ada", "company_name": "Harbor Ltd", "website": "www.harbor.example/work", "phone": "",
            f"q{question.id}": "Nine", "email": "evil@kiln.example"}  # fmt: skip
    refused = client.post(f"{path}/amend", data=form | {"website": "kiln.example"})
    assert refused.status_code == 422
    assert "take it back and apply again" in refused.text
    assert client.post(f"{path}/amend", data=form).status_code == 303
    changed = only(Application)
    assert isinstance(changed, Application)
    assert (changed.company_name, changed.email) == ("Harbor Ltd", application.email)
    assert changed.version == application.version + 1
    with reading() as session:
        event = session.scalars(select(ApplicationEvent).order_by(ApplicationEvent.id.desc()).limit(1)).one()
    assert event.changes["Company"] == ["Harbor", "Harbor Ltd"]
    assert event.changes["Clients?"] == ["", "Nine"]


def test_answering_brings_it_back_to_the_queue(client: FlaskClient, program: Program) -> None:
    application = waiting(program, state=ApplicationState.ASKED, message="Which <b>shops</b>?")
    path = status_path(application)
    assert "Which &lt;b&gt;shops&lt;/b&gt;?" in client.get(path).text
    assert client.post(f"{path}/answer", data={"reply": "  "}).status_code == 422
    assert client.post(f"{path}/answer", data={"reply": "Nine of them."}).status_code == 303
    answered = only(Application)
    assert isinstance(answered, Application)
    assert answered.state is ApplicationState.SUBMITTED
    assert client.post(f"{path}/answer", data={"reply": "More"}).status_code == 409


def test_decline_tells_reasons_and_when_to_come_back(client: FlaskClient, program: Program) -> None:
    application = waiting(
        program,
        state=ApplicationState.DECLINED,
        reason_codes=["cannot_verify"],
        message="Write to us.",
        reapply_at=now() + timedelta(days=30),
    )
    page = client.get(status_path(application)).text
    assert "could not see that this business and this site are yours" in page
    assert "Apply with an address at your own domain" in page
    assert "Write to us." in page
    assert "/apply/harbor" in page
    assert "Take it back" not in page


@pytest.mark.parametrize(
    ("state", "outcome", "words"),
    [
        (CrawlState.FAILED, "forbidden_by_robots", "robots.txt asks us to stay away"),
        (CrawlState.FAILED, "unreachable", "We could not reach it."),
        (CrawlState.DONE, "readable", "We can read harbor.example"),
    ],
)
def test_site_check_speaks_of_reading_and_never_of_the_score(
    client: FlaskClient, program: Program, state: CrawlState, outcome: str, words: str
) -> None:
    application = waiting(program)
    with transaction() as session:
        prospect = session.get_one(Prospect, application.prospect_id)
        prospect.fit_score = 87.5
        company = session.get_one(Company, prospect.company_id)
        company.crawl_state, company.crawl_outcome = state, outcome
    page = client.get(status_path(application)).text
    assert words in page
    shown = re.sub(r"<[^>]*>", "", page)  # tokens in tags are random, and hold any two digits now and then
    assert words in shown
    assert not re.search(r"\b87\b|score|fit", shown)


def test_newer_application_of_the_same_person_replaces_the_older(client: FlaskClient, program: Program) -> None:
    first, second = apply(program), apply(program)
    client.post(f"{first}/confirm")
    client.post(f"{second}/confirm")
    assert "newer application took its place" in client.get(first).text
    assert "is with us" in client.get(second).text


def test_archived_program_shows_nobody_anything(client: FlaskClient, program: Program) -> None:
    path = apply(program)
    with transaction() as session:
        session.get_one(Program, program.id).archived_at = now()
    assert client.get(path).status_code == 410
    assert client.get("/apply/harbor").status_code == 404


def test_promise_that_went_by_is_not_promised_again(client: FlaskClient, program: Program) -> None:
    path = status_path(waiting(program, due_at=now() - timedelta(days=2), language="de"))
    page = client.get(path).text
    assert "sind im Verzug" in page
    assert "Sie bekommen spätestens" not in page


def test_closed_application_offers_no_form_that_could_not_be_sent(client: FlaskClient, program: Program) -> None:
    path = status_path(waiting(program, state=ApplicationState.WITHDRAWN))
    answer = client.get(f"{path}/amend")
    assert (answer.status_code, answer.location) == (303, path)
