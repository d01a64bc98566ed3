"""Applying as a stranger: the page, its form, what is refused, the mailed link, drafts, and what is never told."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.clock import now
from app.db import reading, transaction
from app.models import (
    Application,
    ApplicationAnswer,
    ApplicationDraft,
    ApplicationLink,
    ApplicationReference,
    ApplicationState,
    Company,
    Notice,
    Program,
    ProgramPage,
    ProgramTerms,
    Prospect,
    QuestionKind,
)
from app.services.notices import without_links
from app.services.program_pages import publish_terms
from app.web.apply.guards import new_start
from tests.application_world import make_open_page, make_question
from tests.web.conftest import without_tokens
from tests.world import make_program, make_prospect, make_user

PATH = "/apply/harbor"


@pytest.fixture
def program(app: Flask) -> Program:
    with transaction() as session:
        program = make_program(session, name="Afterglow <Partners>")
        make_open_page(session, program, slug="harbor")
    return program


def typed(client: FlaskClient, **values: str) -> dict[str, str]:
    """Return a whole form as a person sends it: opened a while ago, with the hidden fields of the page."""
    page = client.get(PATH).text
    hidden = dict(re.findall(r'<input id="\w+" name="(submit_key|terms_id|via)" type="hidden" value="([^"]*)">', page))
    with time_machine.travel(now() - timedelta(minutes=2), tick=False):
        hidden["started"] = new_start()
    person = {"name": "Ada Byrne", "email": "Ada@Harbor.example", "company_name": "Harbor", "website": "harbor.example"}
    return {**hidden, **person, "accepts_terms": "y", **values}


def sent(client: FlaskClient, **values: str) -> tuple[int, str]:
    answer = client.post(PATH, data=typed(client, **values))
    return answer.status_code, answer.location or answer.text


def applications() -> list[Application]:
    with reading() as session:
        return list(session.scalars(select(Application).order_by(Application.id)))


def mails() -> list[Notice]:
    with reading() as session:
        return list(session.scalars(select(Notice).order_by(Notice.id)))


def count_of(table: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_page_shows_the_offer_on_top_and_stays_small(client: FlaskClient, program: Program) -> None:
    answer = client.get(PATH)
    page = answer.text
    assert page.index("25 % of every sale") < page.index('id="form"')
    assert "Afterglow &lt;Partners&gt;" in page
    weight = len(answer.data)
    for href in re.findall(r'(?:href|src)="(/[^"]+\.(?:css|js))"', page):
        weight += len(client.get(href, buffered=True).data)
    assert weight <= 50_000, f"{weight} bytes before images"


def test_form_is_kept_with_terms_and_mails_a_link(client: FlaskClient, program: Program) -> None:
    assert sent(client, phone="+44 20 7946 0018", reference1_name="Bo", reference1_email="bo@kiln.example") == (
        303,
        f"{PATH}/sent",
    )
    (kept,) = applications()
    assert (kept.state, kept.email, kept.domain) == (
        ApplicationState.UNCONFIRMED,
        "ada@harbor.example",
        "harbor.example",
    )
    assert (kept.website, kept.phone, kept.terms_address) == ("https://harbor.example", "+44 20 7946 0018", "127.0.0.1")
    assert now() - kept.terms_accepted_at < timedelta(minutes=1)
    with reading() as session:
        assert session.scalars(select(ApplicationReference.email)).all() == ["bo@kiln.example"]
        assert session.get_one(ProgramTerms, kept.terms_id).version == 1
    (mail,) = mails()
    assert mail.to_address == "ada@harbor.example"
    assert "Harbor" not in mail.text  # nothing the sender typed goes to an address nobody has proved
    token = re.search(r"/application/(\S+)", mail.text)
    assert token is not None
    with reading() as session:
        assert token[1] not in session.scalars(select(ApplicationLink.token_hash)).all()
    assert "removed after sending" in without_links(mail.text)
    assert count_of(Company) == 0


def test_every_problem_is_said_beside_its_field_and_nothing_is_lost(client: FlaskClient, program: Program) -> None:
    with transaction() as session:
        question = make_question(session, program, label="What do you do?")
    status, page = sent(client, name="  ", email="ada@", website="10.0.0.1", company_name="C" * 300, accepts_terms="",
                        phone="call me", reference2_email="bo@kiln.example")  # fmt: skip
    assert status == 422
    for words in (
        "Please give your name.",
        "Give a whole e-mail address",
        "is an IP address",
        "to 200 characters",
        "accept them",
        "Write the number with digits",
        "Give the reference&#39;s name",
        "Please answer this.",
    ):
        assert words in page, words
    assert 'value="ada@"' in page
    assert f'id="q{question.id}-error"' in page
    assert count_of(Application) == 0


@pytest.mark.parametrize(
    ("website", "words"),
    [
        ("https://www.instagram.com/harbor", "profile page on Instagram"),
        ("gmail.com", "mailbox provider"),
        ("javascript:alert(1)", "is not a domain name"),
        ("http://localhost:8000", "local network"),
        ("not a site", "is not a domain name"),
        ("h" * 600 + ".example", "more than 500 characters"),
        ("", "Give the address of your website."),
    ],
)
def test_website_that_is_none_gets_a_clear_message(
    client: FlaskClient, program: Program, website: str, words: str
) -> None:
    status, page = sent(client, website=website)
    assert status == 422
    assert words in page.replace("&#39;", "'")


def test_hostile_text_is_shown_as_text_and_direction_marks_go(client: FlaskClient, program: Program) -> None:
    name = "<script>alert(1)</script>\u202eeve\x00 👩‍👧"
    assert sent(client, name=name)[0] == 303
    assert applications()[0].name == "<script>alert(1)</script>eve 👩‍👧"
    assert "<script>alert" not in sent(client, name=name, email="")[1]


def test_answers_follow_their_questions(client: FlaskClient, program: Program) -> None:
    with transaction() as session:
        kind = make_question(session, program, kind=QuestionKind.CHOICE, label="Kind", options=["Agency", "Blog"])
        readers = make_question(session, program, kind=QuestionKind.NUMBER, label="Readers", shown_when_id=kind.id,
                                shown_when_answer="Blog")  # fmt: skip
        link = make_question(session, program, kind=QuestionKind.URL, label="Best work", is_required=False)
        agreed = make_question(session, program, kind=QuestionKind.CONSENT, label="May we call?")
    names = [f"q{each.id}" for each in (kind, readers, link, agreed)]
    status, page = sent(client, **dict(zip(names, ("Blog", "many", "javascript:x", ""), strict=True)))
    assert status == 422
    assert all(words in page for words in ("plain number", "whole web address", "need your agreement"))
    status, page = sent(client, **{names[0]: "Something else", names[3]: "y"})
    assert "no longer on the list" in page
    assert sent(client, **dict(zip(names, ("Agency", "ignored: not asked", "", "y"), strict=True)))[0] == 303
    with reading() as session:
        rows = session.execute(select(ApplicationAnswer.label, ApplicationAnswer.value).order_by(ApplicationAnswer.id))
        assert [tuple(row) for row in rows] == [("Kind", "Agency"), ("May we call?", "yes")]


def test_same_form_sent_five_times_is_one_application_and_one_mail(client: FlaskClient, program: Program) -> None:
    form = typed(client)
    assert {client.post(PATH, data=form).status_code for _ in range(5)} == {303}
    assert (count_of(Application), count_of(Notice)) == (1, 1)


def test_form_gone_back_to_with_another_address_is_mailed_there(client: FlaskClient, program: Program) -> None:
    form = typed(client, email="ada@harbro.example")
    for email in ("ada@harbro.example", "ada@harbor.example", "ada@harbor.example"):
        assert client.post(PATH, data={**form, "email": email}).status_code == 303
    assert [mail.to_address for mail in mails()] == ["ada@harbro.example", "ada@harbor.example"]
    assert [kept.email for kept in applications()] == ["ada@harbro.example", "ada@harbor.example"]


def test_answer_is_the_same_for_a_known_partner_and_for_nobody(client: FlaskClient, program: Program) -> None:
    with transaction() as session:
        make_prospect(session, program, "known.example")
    bodies = set()
    for site in ("known.example", "unheard.example"):
        answer = client.post(PATH, data=typed(client, website=site, email=f"a@{site}"), follow_redirects=True)
        bodies.add(without_tokens(answer.text))
    assert len(bodies) == 1
    assert {mail.text.partition("/application/")[0] for mail in mails()} == {
        mails()[0].text.partition("/application/")[0]
    }
    with reading() as session:
        assert session.scalars(select(Prospect.stage)).one().value == "sourced"


def test_programs_that_fill_in_forms_get_nothing_kept(client: FlaskClient, program: Program) -> None:
    assert sent(client, homepage="https://spam.example") == (303, f"{PATH}/sent")
    assert count_of(Application) == 0
    status, page = sent(client, started=new_start())
    assert status == 422
    assert "make sure you are a person" in page
    status, page = sent(client, started="1.forged")
    again = re.search(r'name="started" type="hidden" value="([^"]+)"', page)
    assert again is not None
    assert again[1] != "1.forged"  # the next try can succeed
    assert count_of(Application) == 0


def test_terms_that_changed_meanwhile_are_accepted_anew(client: FlaskClient, program: Program) -> None:
    form = typed(client)
    with transaction() as session:
        text = "We pay you twice a year. You tell your readers that you earn."
        publish_terms(session, program, text, base_version=1, actor=make_user(session))
    answer = client.post(PATH, data=form)
    assert answer.status_code == 422
    assert "version 2 is in force" in answer.text
    assert not re.search(r"<input[^>]* checked", answer.text)
    assert sent(client)[0] == 303


@pytest.mark.parametrize("close", [{"is_open": False}, {"slug": "elsewhere"}])
def test_closed_page_takes_nothing(client: FlaskClient, program: Program, close: dict[str, object]) -> None:
    form = typed(client)
    with transaction() as session:
        page = session.scalars(select(ProgramPage)).one()
        for name, value in close.items():
            setattr(page, name, value)
    assert client.get(PATH).status_code == 404
    assert client.post(PATH, data=form).status_code == 404
    assert count_of(Application) == 0


def test_body_beyond_the_limit_is_refused_before_it_is_read(client: FlaskClient, program: Program) -> None:
    assert client.post(PATH, data=typed(client, name="x" * 1_100_000)).status_code == 413
    assert client.post(PATH, data=typed(client, **{f"f{number}": "x" for number in range(150)})).status_code in {
        303,
        413,
    }


def test_draft_is_mailed_resumed_and_gone_when_sent(client: FlaskClient, program: Program) -> None:
    status, where = sent(client, action="draft", phone="+44 1", company_name="Harbor & Sons", accepts_terms="y")
    assert (status, where) == (303, f"{PATH}/sent?kept=draft")
    (mail,) = mails()
    link = re.search(r"http://127\.0\.0\.1:8000(/application/draft/\S+)", mail.text)
    assert link is not None
    page = client.get(link[1]).text
    assert "Harbor &amp; Sons" in page
    assert not re.search(r"<input[^>]* checked", page)  # accepting terms is never resumed
    assert sent(client, draft=link[1].rpartition("/")[2])[0] == 303
    assert count_of(ApplicationDraft) == 0
    assert client.get(link[1]).status_code == 410
    assert sent(client, action="draft", email="nobody")[0] == 422


def test_draft_runs_out(client: FlaskClient, program: Program) -> None:
    sent(client, action="draft")
    link = re.search(r"(/application/draft/\S+)", mails()[0].text)
    assert link is not None
    with time_machine.travel(now() + timedelta(days=31), tick=False):
        assert client.get(link[1]).status_code == 410
