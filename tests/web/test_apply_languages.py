"""Polish and German for applicants: chosen by the browser, by the switch and by the application, and nowhere else."""

import re
from gettext import NullTranslations
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import languages
from app.db import reading, transaction
from app.models import Application, ApplicationState, Notice, Program, ProgramTerms, QuestionKind, User
from app.services.application_links import new_status_link
from app.services.application_mails import mail_decline
from tests.application_world import make_application, make_open_page, make_question
from tests.web.conftest import SignIn
from tests.web.test_apply import typed
from tests.world import make_program, make_prospect, make_user

PATH = "/apply/harbor"


class Marked(NullTranslations):
    """A language in which every text that is translated stands in brackets."""

    def gettext(self, message: str) -> str:
        """Return the text in brackets."""
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the text of many in brackets."""
        return f"⟦{msgid2}⟧"


@pytest.fixture
def reviewer(app: Flask) -> User:
    with transaction() as session:
        return make_user(session)


@pytest.fixture
def program(reviewer: User) -> Program:
    with transaction() as session:
        program = make_program(session, reviewer, name="Afterglow")
        make_open_page(session, program, slug="harbor")
    return program


def waiting(program: Program, **values: object) -> tuple[Application, str]:
    with transaction() as session:
        terms = session.scalars(select(ProgramTerms)).one()
        prospect = make_prospect(session, program)
        application = make_application(session, prospect, terms, **values)
        link = new_status_link(session, application)
    return application, link.removeprefix("http://127.0.0.1:8000")


def unsaid(page: str) -> str:
    """Return the visible text of a page that did not come out of a catalog."""
    page = re.sub(r"(?s)<nav class=.ap-languages.*?</nav>", "", page)
    attributes = " ".join(re.findall(r"""(?:aria-label|title|alt|placeholder)=["']([^"']*)["']""", page))
    text = unescape(re.sub(r"(?s)<[^>]*>", " ", page) + " " + attributes)
    while "⟦" in text:  # what is filled in may come out of a catalog itself
        text = re.sub(r"⟦[^⟦⟧]*⟧", "", text)
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("header", "query", "words", "language"),
    [
        ("pl-PL,pl;q=0.9,en;q=0.5", "", "Wyślij zgłoszenie", "pl"),
        ("de-AT", "", "Bewerbung abschicken", "de"),
        ("fr,de;q=0.3", "", "Bewerbung abschicken", "de"),
        ("fr", "", "Send application", "en"),
        ("pl", "?lang=de", "Bewerbung abschicken", "de"),
        ("pl", "?lang=xx", "Wyślij zgłoszenie", "pl"),
    ],
)
def test_page_speaks_the_browsers_language_or_the_chosen_one(
    client: FlaskClient, program: Program, header: str, query: str, words: str, language: str
) -> None:
    page = client.get(PATH + query, headers={"Accept-Language": header}).text
    assert words in page
    assert f'<html lang="{language}"' in page
    assert len(page.encode()) < 20_000


def test_switch_is_remembered_and_stored_with_the_application(client: FlaskClient, program: Program) -> None:
    page = client.get(f"{PATH}?via=1.x").text
    link = re.search(r'href="([^"]+)" lang="pl"', page)
    assert link is not None
    assert "via=1.x" in link[1]
    client.get(unescape(link[1]))
    refused = client.post(PATH, data=typed(client, name="", website="10.0.0.1"))
    assert "Proszę podać imię i nazwisko." in refused.text
    assert "to adres IP" in refused.text
    assert client.post(PATH, data=typed(client)).status_code == 303
    with reading() as session:
        assert session.scalars(select(Application.language)).all() == ["pl"]
        assert session.scalars(select(Notice.subject)).all() == [
            "Prosimy o potwierdzenie: zgłoszenie do programu Afterglow"
        ]


def test_reviewer_writes_in_the_applicants_language_and_reads_their_own(
    client: FlaskClient, program: Program, reviewer: User, sign_in: SignIn
) -> None:
    application, link = waiting(program, language="de")
    assert "Ihre Bewerbung ist bei uns" in client.get(link).text
    browser = sign_in(reviewer)
    form = {"version": application.version, "reason_codes": ["coupon_traffic"]}
    url = f"/p/{program.slug}/applications/{application.id}"
    assert browser.post(f"{url}/decline", data=form).status_code == 303
    with reading() as session:
        mail = session.scalars(select(Notice).order_by(Notice.id.desc()).limit(1)).one()
    assert mail.subject == "Ihre Bewerbung bei Afterglow"
    assert "Wir arbeiten nicht mit Gutschein-" in mail.text
    assert "We do not work with coupon" in browser.get(url).text
    assert "Wpisz" not in client.get(f"{link}?lang=pl").text
    assert "Tym razem nie" in client.get(link).text
    assert languages.current_language() == "en"


def test_refusals_are_said_in_it_too(client: FlaskClient, program: Program) -> None:
    client.get(f"{PATH}?lang=de")
    assert "Dieser Link funktioniert nicht" in client.get("/application/" + "x" * 43).text
    gone = client.get("/apply/nowhere")
    assert (gone.status_code, "Dieses Programm nimmt hier keine Bewerbungen an" in gone.text) == (404, True)
    assert "Das ist zu viel auf einmal" in client.post(PATH, data={"name": "x" * 1_100_000}).text


def test_nothing_applicants_read_bypasses_the_catalogs(
    client: FlaskClient, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction() as session:
        for kind in QuestionKind:
            make_question(session, program, kind=kind, label="Q", options=["A", "B"])
    monkeypatch.setattr(languages, "catalog_of", lambda _language: Marked())
    pages = [client.get(PATH).text, client.get(f"{PATH}/sent").text, client.get(f"{PATH}/sent?kept=draft").text]
    pages.append(
        client.post(PATH, data={"website": "localhost", "phone": "x", "reference1_name": "Bo", "csrf": ""}).text
    )
    for state in ApplicationState:
        application, link = waiting(program, state=state, name="", email="", company_name="", website="", domain="",
                                    message="", reason_codes=["not_a_fit"])  # fmt: skip
        pages.append(client.get(link).text)
        if state is ApplicationState.SUBMITTED:
            pages += [client.get(f"{link}/amend").text, client.post(f"{link}/answer").text]
            pages.append(client.post(f"{link}/amend", data={"website": "kiln.example"}).text)
    with transaction() as session:
        mail_decline(session, session.merge(application))
        pages.append(session.scalars(select(Notice.text)).one().replace("http://127.0.0.1:8000/application/", ""))
    # The program's own words, and what was typed.
    data = "Afterglow Earn with us We pay of every sale monthly merchant who stays Bo localhost"
    for page in pages:
        left = re.sub(r"We pay each month.*?notice\.|\d+ [A-Z]\w+ 20\d\d", "", unsaid(page))
        assert set(re.findall(r"[^\W\d_]{2,}", left)) <= set(data.split()), left
