"""References: named by applicants, asked when a reviewer wants it, answered behind a link, seen by reviewers alone."""

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
    ApplicationReference,
    ApplicationState,
    Notice,
    Program,
    ProgramTerms,
    Stage,
    SuppressionReason,
    User,
)
from app.services.application_links import new_status_link
from app.services.notices import without_links
from app.services.references import write_references
from app.services.suppressions import suppress
from tests.application_world import make_application, make_open_page
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

HOST = "http://127.0.0.1:8000"


@pytest.fixture
def reviewer(app: Flask) -> User:
    with transaction() as session:
        return make_user(session)


@pytest.fixture
def program(reviewer: User) -> Program:
    with transaction() as session:
        program = make_program(session, reviewer, name="Afterglow")
        make_open_page(session, program)
    return program


@pytest.fixture
def application(program: Program) -> Application:
    with transaction() as session:
        prospect = make_prospect(session, program, "harbor.example", stage=Stage.APPLIED)
        application = make_application(session, prospect, session.scalars(select(ProgramTerms)).one(), language="de")
        write_references(session, application, [("Bo Lind", "bo@kiln.example"), ("Cy", "cy@harbor.example")])
    return application


def references() -> list[ApplicationReference]:
    with reading() as session:
        return list(session.scalars(select(ApplicationReference).order_by(ApplicationReference.position)))


def review_path(program: Program, application: Application) -> str:
    return f"/p/{program.slug}/applications/{application.id}"


def ask(browser: FlaskClient, program: Program, application: Application) -> str:
    """Ask the first reference and return the path of the mailed link."""
    url = f"{review_path(program, application)}/references/{references()[0].id}/ask"
    assert browser.post(url).status_code == 303
    with reading() as session:
        text = session.scalars(select(Notice.text).order_by(Notice.id.desc()).limit(1)).one()
    found = re.search(rf"{HOST}(/reference/\S+)", text)
    assert found is not None
    assert "removed after sending" in without_links(text)
    return found[1]


def test_reference_is_asked_answers_once_and_only_reviewers_read_it(
    client: FlaskClient, program: Program, application: Application, reviewer: User, sign_in: SignIn
) -> None:
    browser = sign_in(reviewer)
    assert "at the applicant's own domain" in browser.get(review_path(program, application)).text
    path = ask(browser, program, application)
    with reading() as session:
        mail = session.scalars(select(Notice)).one()
    assert (mail.to_address, mail.subject) == ("bo@kiln.example", "Ada Byrne nennt Sie als Referenz")
    again = browser.post(f"{review_path(program, application)}/references/{references()[0].id}/ask")
    assert (again.status_code, "less than three days ago" in again.text) == (409, True)
    assert "Würden Sie wieder mit ihnen arbeiten?" in client.get(path).text
    refused = client.post(path, data={"words": "Kept <b>text</b>"})
    assert refused.status_code == 422
    assert "Kept &lt;b&gt;text&lt;/b&gt;" in refused.text
    form = {"again": "yes", "known_how": "Two projects", "words": "On time."}
    assert client.post(path, data=form).status_code == 303
    assert "Vielen Dank" in client.get(path).text
    assert client.post(path, data=form | {"again": "no"}).status_code == 409
    page = browser.get(review_path(program, application)).text
    assert all(words in page for words in ("would work with them again", "Two projects", "On time."))
    with transaction() as session:
        link = new_status_link(session, session.get_one(Application, application.id))
    status = client.get(link.removeprefix(HOST)).text
    assert "Bo Lind" in status
    assert "On time." not in status


def test_who_would_rather_not_says_nothing(
    client: FlaskClient, program: Program, application: Application, reviewer: User, sign_in: SignIn
) -> None:
    path = ask(sign_in(reviewer), program, application)
    assert client.post(path, data={"action": "rather_not", "words": "typed before"}).status_code == 303
    assert (references()[0].again, references()[0].words) == ("rather_not", "")


@pytest.mark.parametrize("why", ["altered", "old", "closed", "archived"])
def test_links_that_do_not_work_all_say_the_same(
    client: FlaskClient, program: Program, application: Application, reviewer: User, sign_in: SignIn, why: str
) -> None:
    path = ask(sign_in(reviewer), program, application)
    later = timedelta(days=31 if why == "old" else 0)
    with transaction() as session:
        if why == "closed":
            session.get_one(Application, application.id).state = ApplicationState.DECLINED
        session.get_one(Program, program.id).archived_at = now() if why == "archived" else None
    with time_machine.travel(now() + later, tick=False):
        answers = [client.get(path + ("x" if why == "altered" else "")), client.get("/reference/" + "x" * 43)]
        if why != "altered":
            answers.append(client.post(path, data={"again": "yes"}))
    assert {(answer.status_code, answer.text) for answer in answers} == {(410, answers[1].text)}


def test_nobody_is_asked_who_must_not_be_mailed(
    program: Program, application: Application, reviewer: User, sign_in: SignIn
) -> None:
    with transaction() as session:
        suppress(session, "kiln.example", reason=SuppressionReason.BY_HAND)
    url = f"{review_path(program, application)}/references/{references()[0].id}/ask"
    answer = sign_in(reviewer).post(url)
    assert answer.status_code == 409
    assert "must not be mailed" in answer.text
    with reading() as session:
        assert session.scalars(select(Notice)).all() == []


def test_one_is_added_on_the_status_page_and_changes_keep_what_was_said(
    client: FlaskClient, application: Application
) -> None:
    with transaction() as session:
        stored = session.merge(application)
        row = session.scalars(select(ApplicationReference).where(ApplicationReference.position == 2)).one()
        row.words = "Said before"
        write_references(session, stored, [("Cy Orr", "cy@harbor.example")])
        path = new_status_link(session, stored).removeprefix(HOST)
    assert [(row.name, row.position, row.words) for row in references()] == [("Cy Orr", 1, "Said before")]
    for form, words in (({}, "einen Namen"), ({"name": "Cy", "email": "cy@harbor.example"}, "schon genannt"),
                        ({"name": "Di", "email": "di@"}, "E-Mail-Adresse der Referenz")):  # fmt: skip
        refused = client.post(f"{path}/references", data=form)
        assert (refused.status_code, words in refused.text) == (422, True)
    assert client.post(f"{path}/references", data={"name": "Di", "email": "Di@kiln.example"}).status_code == 303
    assert [row.email for row in references()] == ["cy@harbor.example", "di@kiln.example"]
    assert "Referenz hinzufügen" not in client.get(path).text
    assert client.post(f"{path}/references", data={"name": "Ed", "email": "ed@kiln.example"}).status_code == 409
