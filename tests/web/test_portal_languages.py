"""Polish and German for partners: every page, refusal and mail of theirs, and whose language it is."""

import re
from datetime import timedelta

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import languages
from app.clock import now, today
from app.db import reading, transaction
from app.models import (
    ActionKind,
    ActionState,
    CaseState,
    Notice,
    OnboardingAction,
    PartnerPerson,
    Partnership,
    Program,
    Role,
    User,
)
from app.models.wave import WaveStatus
from app.services.care.mails import CaseWords, Names, TermsWords, mail_broadcast, mail_case, mail_terms
from app.services.care.opting_out import opt_out_page
from app.services.onboarding.mails import mail_person
from app.services.onboarding.nudges import remind
from app.services.waves.addresses import addressee_of
from app.services.waves.links import new_move_link
from tests.application_world import make_open_page
from tests.care_world import make_case
from tests.keeping_world import make_goal
from tests.onboarding_world import CONTENTS, QUIZ, make_partner, make_template, portal_path
from tests.wave_world import make_plan, make_wave, make_wave_partner
from tests.web.test_apply_languages import Marked, unsaid
from tests.world import make_program, make_user
from tools.catalogs import catalog_paths

pytestmark = pytest.mark.any_servers
PAGES = ("", "/goals", "/resources", "/messages", "/results", "/requests", "/terms", "/profile")
# What the program, the partner and people wrote, and what is the same in every language.
WRITTEN = (
    *(content.title for content in CONTENTS.values()), *QUIZ.splitlines(), "Be honest.", "Who writes?", "How often?",
    "Afterglow", "Ada Byrne", "Joanna Wilk", "Earn with us", "We pay", "of every sale", "monthly",
    "every merchant who stays",
    "Guaranteed results", "Take it off.", "Half", "Signed shops", "shops", "English", "Polski", "Deutsch", "UTC", "kB",
)  # fmt: skip
PATTERNS = (
    r"We pay each month.*?notice\.|\d+ [A-Z]\w+ 20\d\d|Company\d+|\S+@\S+|https?://\S+"
    r"|[A-Z]\w+/\w+(?: Paulo| York| Angeles)?"
)


@pytest.fixture
def manager(app: Flask) -> User:
    with transaction() as session:
        return make_user(session, Role.ACCOUNT_MANAGER, name="Joanna Wilk")


@pytest.fixture
def program(manager: User) -> Program:
    with transaction() as session:
        program = make_program(session, manager, name="Afterglow")
        make_open_page(session, program, slug="harbor")
    return program


def partner(program: Program, manager: User, *kinds: ActionKind, **person_values: str) -> tuple[PartnerPerson, str]:
    """Add a partner whose plan has these steps; return their person and the path of their portal."""
    with transaction() as session:
        template = make_template(session, program, manager, *kinds) if kinds else None
        _, person = make_partner(session, program, template, account_manager_id=manager.id)
        for name, value in person_values.items():
            setattr(person, name, value)
        return person, portal_path(session, person)


def everything(program: Program, manager: User) -> tuple[str, list[str]]:
    """Add a partner with something on every page; return the portal's path and the paths of all its pages."""
    person, path = partner(program, manager, *CONTENTS)
    with transaction() as session:
        partnership = session.get_one(Partnership, person.partnership_id)
        make_goal(session, partnership, manager)
        for state in (CaseState.NOTIFIED, CaseState.ANSWERED, CaseState.RESOLVED, CaseState.TERMINATED):
            make_case(
                session, program, partnership.id, state=state, fix_by=today() - timedelta(days=1), closed_at=now()
            )
        steps = list(session.scalars(select(OnboardingAction).order_by(OnboardingAction.position)))
        steps[0].state, steps[0].done_at = ActionState.DONE, now()
        steps[1].state, steps[1].note = ActionState.ACTION_REQUIRED, "Half"
        steps[2].state = ActionState.SKIPPED
        steps[3].due_at = now() - timedelta(days=3)
        next(step for step in steps if step.kind is ActionKind.TRAINING).answer = {"tries": 1, "score": "1 of 2"}
        paths = [f"{path}/steps/{step.id}" for step in steps]
    return path, [f"{path}{page}" for page in PAGES] + paths


def pages_of(client: FlaskClient, program: Program, manager: User) -> dict[str, str]:
    """Return every page a partner can be shown, forms that were refused among them."""
    path, paths = everything(program, manager)
    found = {each: client.get(each).text for each in paths}
    for each in paths[len(PAGES) :]:
        refused = client.post(each, data={"version": 1})
        found |= {} if refused.status_code == 303 else {f"POST {each}": refused.text}
    for each, fields in (
        ("/messages", {}),
        ("/results", {"month": "x", "amount": "0.125", "currency": "12", "band": "?", "leads": "?"}),
        ("/terms", {"terms_id": "1"}),
        ("/profile", {}),
        ("/people", {"email": "x"}),
        ("/goals/1", {"value": "x", "reached_on": "x"}),
    ):
        found[f"POST {each}"] = client.post(path + each, data=fields).text
    with transaction() as session:
        make_plan(session, program)
        wave = make_wave(session, program, incentive="Half", expires_on=today(), sent_at=now())
        moving = make_wave_partner(session, program, wave_id=wave.id, status=WaveStatus.INVITED)
        move = new_move_link(session, moving, addressee_of(session, moving))
        news = opt_out_page(program.id, "ada@partner.example")
    public = "http://127.0.0.1:8000"
    for each in ("/partner", "/partner?sent=1", "/partner/nobody", "/u/news/nobody"):
        found[each] = client.get(each).text
    for each in (move, news):
        found[each] = client.get(each.removeprefix(public)).text
        found[f"POST {each}"] = client.post(each.removeprefix(public)).text
    return found


def test_nothing_partners_read_bypasses_the_catalogs(
    client: FlaskClient, program: Program, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(languages, "catalog_of", lambda _language: Marked())
    found = {}
    for path, page in pages_of(client, program, manager).items():
        left = re.sub(PATTERNS, "", unsaid(page))
        for words in sorted(WRITTEN, key=len, reverse=True):
            left = left.replace(words.lstrip("*- "), "")
        if re.findall(r"[^\W\d_]{2,}", left):
            found[path] = left
    assert found == {}


@pytest.mark.parametrize("language", ["pl", "de"])
def test_no_page_says_anything_in_english_that_the_catalog_knows(
    client: FlaskClient, program: Program, manager: User, language: str
) -> None:
    client.get(f"/partner?lang={language}")
    with next(path for path in catalog_paths() if path.parents[1].name == language).open("rb") as file:
        catalog = [message for message in read_po(file) if message.id and isinstance(message.id, str)]
    english = [each.id for each in catalog if each.id != each.string and "%(" not in each.id and len(each.id) > 11]
    own = {content.title for content in CONTENTS.values()} | {"Accept the terms", "Book a call"}
    for path, page in pages_of(client, program, manager).items():
        assert f'<html lang="{language}"' in page, path
        text = " ".join(re.sub(r"(?s)<[^>]*>", " ", page).split())
        assert [each for each in english if each not in own and re.search(rf"\b{re.escape(each)}", text)] == [], path


def test_language_is_the_browsers_until_something_is_done_then_the_persons(
    client: FlaskClient, program: Program, manager: User
) -> None:
    person, path = partner(program, manager)
    header = {"Accept-Language": "pl"}
    assert '<html lang="pl"' in client.get(path, headers=header).text
    assert fetch(person).language == ""
    client.post(f"{path}/messages", data={"text": "Hej"}, headers=header)
    assert fetch(person).language == "pl"
    assert '<html lang="pl"' in client.get(path, headers={"Accept-Language": "de"}).text
    assert languages.current_language() == "en"


def test_switch_is_kept_with_the_person_and_leads_back(client: FlaskClient, program: Program, manager: User) -> None:
    person, path = partner(program, manager)
    page = client.get(f"{path}/goals").text
    assert f'name="page" value="{path}/goals"' in page
    answer = client.post(f"{path}/language", data={"language": "de", "page": f"{path}/goals"})
    assert (answer.status_code, answer.location) == (303, f"{path}/goals")
    assert "Von jetzt an schreiben wir Ihnen" in client.get(answer.location).text
    assert fetch(person).language == "de"
    for elsewhere in ("//evil.example", "https://evil.example", f"{path}//evil.example", f"{path}/../login", ""):
        refused = client.post(f"{path}/language", data={"language": "tlh", "page": elsewhere})
        assert refused.location == path
    assert fetch(person).language == "de"


def test_refusals_are_said_in_the_persons_language(
    app: Flask, client: FlaskClient, program: Program, manager: User
) -> None:
    _, path = partner(program, manager, language="de")
    assert "Dieser Link funktioniert nicht" in client.get("/partner/nobody", headers={"Accept-Language": "de"}).text
    assert "Schreiben Sie zuerst etwas" in client.post(f"{path}/messages", data={"text": " "}).text
    assert (
        "Das ist zu viel auf einmal"
        in client.post(f"{path}/messages", data={"text": "x" * 300_000}, headers={"Accept-Language": "de"}).text
    )


def test_mails_are_in_the_language_of_whom_they_go_to(app: Flask, program: Program, manager: User) -> None:
    with transaction() as session:
        template = make_template(session, program, manager, ActionKind.READ_CONFIRM)
        partnership, person = make_partner(session, program, template, account_manager_id=manager.id)
        person.language = "pl"
        names, day = Names("Afterglow", "Kiln", program.id), today()
        for what, words in (
            ("welcome", {}),
            ("invited", {"by": "Bo"}),
            ("sent_back", {"title": "T", "note": "100 % so"}),
            ("code", {"title": "T"}),
            ("message", {"by": "Bo", "text": "{x} %(y)s"}),
            ("active", {}),
        ):
            mail_person(session, person, what, **words)
        mail_terms(session, person, names, TermsWords(version=2, accept_by=day, summary="5 % more"))
        mail_case(session, person, names, CaseWords(kind=make_case(session, program, partnership.id).kind,
                  url="https://x.example", quote="Best", wanted="Weg", fix_by=day))  # fmt: skip
        mail_broadcast(session, person, names, subject="50 % {off}", text="News")
        session.scalars(select(OnboardingAction)).one().due_at = now() - timedelta(days=1)
        remind(session)
        mails = session.scalars(select(Notice).where(Notice.to_address == person.email)).all()[1:]
    assert len(mails) == 10
    for mail in mails:
        assert mail.text.startswith("Dzień dobry Ada Byrne,"), mail.text
        assert "%(" not in mail.subject + mail.text.replace("%(y)s", "")
    assert mails[-2].subject == "50 % {off}"
    assert "termin minął" in mails[-1].text


def fetch(person: PartnerPerson) -> PartnerPerson:
    with reading() as session:
        return session.get_one(PartnerPerson, person.id)
