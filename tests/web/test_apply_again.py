"""Applying again: the form as it was sent before, for the holder of the status link alone, with consent asked anew."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import now
from app.db import reading, transaction
from app.models import (
    Application,
    ApplicationAnswer,
    ApplicationReference,
    ApplicationState,
    Program,
    ProgramPage,
    ProgramTerms,
    QuestionKind,
)
from app.queries.application_before import earlier_application
from app.services.application_links import new_status_link
from app.services.erased_words import scrub_applications
from tests.application_world import make_application, make_open_page, make_question
from tests.world import make_program, make_prospect

pytestmark = pytest.mark.any_servers
ADA = {"name": "Ada Byrne", "email": "ada@harbor.example", "phone": "+48 600", "company_name": "Harbor <b>",
       "website": "https://harbor.example/"}  # fmt: skip


@pytest.fixture
def program(app: Flask) -> Program:
    with transaction() as session:
        program = make_program(session)
        make_open_page(session, program, slug="harbor")
    return program


def declined(program: Program, **values: object) -> tuple[Application, str, dict[QuestionKind, str]]:
    """Add a declined application with an answer of each kind; return it, its status page, and the fields by kind."""
    with transaction() as session:
        terms = session.scalars(select(ProgramTerms)).one()
        prospect = make_prospect(session, program, "harbor.example")
        ending = {"state": ApplicationState.DECLINED, "reason_codes": ["weak_content"], "message": "Too thin yet.",
                  "confirmed_at": now(), "closed_at": now(), "reapply_at": now() - timedelta(days=1),
                  "domain": "harbor.example"}  # fmt: skip
        application = make_application(session, prospect, terms, **ADA | ending | values)
        said = {QuestionKind.TEXT: "We write.", QuestionKind.CONSENT: "yes", QuestionKind.FILE: "kit.pdf",
                QuestionKind.CHOICE: "Blog"}  # fmt: skip
        fields = {}
        for kind, value in said.items():
            options = ["Agency", "Blog"] if kind is QuestionKind.CHOICE else []
            question = make_question(session, program, kind=kind, options=options, is_required=False)
            session.add(
                ApplicationAnswer(
                    application_id=application.id, question_id=question.id, position=question.position,
                    label=question.label, kind=kind, value=value,
                )
            )  # fmt: skip
            fields[kind] = f"q{question.id}"
        session.add(ApplicationReference(application_id=application.id, position=1, name="Bo", email="bo@kiln.example"))
        path = new_status_link(session, application).removeprefix("http://127.0.0.1:8000")
    return application, path, fields


def test_declined_applicant_finds_the_form_filled_in_and_consent_asked_anew(
    client: FlaskClient, program: Program
) -> None:
    before, path, fields = declined(program)
    assert f'href="{path}/again#form"' in client.get(path).text
    page = client.get(f"{path}/again").text
    for text in ("Ada Byrne", "ada@harbor.example", "+48 600", "Harbor &lt;b&gt;", "harbor.example", "bo@kiln.example",
                 "We write.", "Too thin yet."):  # fmt: skip
        assert text in page
    assert f'checked id="{fields[QuestionKind.CHOICE]}-1"' in page
    assert page.count("<input checked ") == 1  # neither an agreement nor the terms
    assert "kit.pdf" not in page

    with reading() as session:
        terms = session.scalars(select(ProgramTerms.id)).one()
    form = ADA | {fields[QuestionKind.TEXT]: "We write weekly.", fields[QuestionKind.CHOICE]: "Blog",
                  "started": "1.x", "submit_key": "k", "terms_id": str(terms)}  # fmt: skip
    assert "Please read the terms and accept them." in client.post("/apply/harbor", data=form).text
    with transaction() as session:
        prospect_id = session.get_one(Application, before.id).prospect_id
        new = make_application(session, make_prospect(session, program), session.get_one(ProgramTerms, terms), **ADA)
        new.prospect_id = prospect_id
    with reading() as session:
        earlier = earlier_application(session, session.get_one(Application, new.id))
    assert earlier is not None
    assert earlier.id == before.id


def test_nobody_elses_link_fills_anything_in(client: FlaskClient, program: Program) -> None:
    application, path, _ = declined(program)
    for wrong in (f"/application/{'x' * 43}/again", f"{path[:-1]}_/again"):
        answer = client.get(wrong)
        assert answer.status_code == 410
        assert "Ada" not in answer.text
    assert "Ada" not in client.get("/apply/harbor").text
    with transaction() as session:
        session.get_one(Application, application.id).state = ApplicationState.SUBMITTED
    assert client.get(f"{path}/again").headers["Location"] == path
    with transaction() as session:
        session.get_one(Application, application.id).state = ApplicationState.WITHDRAWN
    assert "Ada Byrne" in client.get(f"{path}/again").text
    with transaction() as session:
        session.scalars(select(ProgramPage)).one().is_open = False
    assert client.get(f"{path}/again").status_code == 410
    with transaction() as session:
        session.scalars(select(ProgramPage)).one().is_open = True
        scrub_applications(session, ["ada@harbor.example"], sentinel="erased-1@erased.example")
    assert client.get(f"{path}/again").status_code == 410


def test_before_its_day_it_says_that_sooner_is_seldom_worth_it(client: FlaskClient, program: Program) -> None:
    _, path, _ = declined(program, reapply_at=now() + timedelta(days=20))
    page = client.get(path).text
    assert "Sooner is worth it only if" in page
    assert f'href="{path}/again#form"' in page
