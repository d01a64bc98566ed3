"""Polish and German for staff: each person's own choice, on every screen they open, and on nobody else's."""

import io

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.db import reading, transaction
from app.languages import counted, current_language, gettext, in_language, script_words
from app.models import AuditEvent, ImportBatch, Role, User
from app.services.access import ACT_WORDS, Permission
from app.services.accounts import NewUser, create_user
from app.web.filters import ago, day, due, number, plural, span
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

pytestmark = pytest.mark.any_servers


@pytest.fixture
def admin(app: Flask) -> User:
    with transaction() as session:
        user = make_user(session, Role.ADMIN)
        make_program(session, user, name="Afterglow")
    return user


def language_of(user: User) -> str:
    with reading() as session:
        return session.get_one(User, user.id).language


def test_switch_is_kept_with_the_person_and_leads_back(admin: User, sign_in: SignIn) -> None:
    browser = sign_in(admin)
    page = browser.get("/search", headers={"Accept-Language": "pl"}).text
    assert '<html lang="en"' in page, "nobody's browser decides"
    assert 'id="words"' not in page, "English needs none"
    answer = browser.post("/settings/language", data={"language": "de", "next": "/search"})
    assert (answer.status_code, answer.location) == (303, "/search")
    page = browser.get("/search").text
    assert '<html lang="de"' in page
    assert '<button name="language" value="de" lang="de" aria-pressed="true">Deutsch</button>' in page
    assert current_language() == "en", "the next request of this thread is somebody else's"
    assert browser.post("/settings/language", data={"language": "tlh"}).status_code == 422
    assert browser.post("/account/details", data={"name": "Ada", "language": "pl", "theme": "auto"}).status_code == 303
    assert language_of(admin) == "pl"
    assert browser.post("/account/details", data={"name": "Ada", "language": "xx", "theme": "auto"}).status_code == 422
    with reading() as session:
        chosen = select(AuditEvent.details).where(AuditEvent.action == "user.language_chosen").order_by(AuditEvent.id)
        assert [each["language"] for each in session.scalars(chosen)] == ["de", "pl"]


def test_new_people_begin_in_what_an_admin_chose(admin: User, sign_in: SignIn) -> None:
    browser = sign_in(admin)
    assert browser.post("/settings/people/language", data={"language": "pl"}).status_code == 303
    assert '<option value="pl" lang="pl" selected>' in browser.get("/settings/people").text
    assert browser.post("/settings/people/language", data={"language": "xx"}).status_code == 422
    with transaction() as session:
        new = NewUser(email="new@example.com", name="New", role=Role.ASSOCIATE, password_hash="x")
        assert create_user(session, new, actor_id=admin.id).language == "pl"
    assert language_of(admin) == "en"


def test_staff_read_their_own_words_and_applicants_theirs() -> None:
    with in_language("pl", is_staff=True):
        assert (gettext("Approved"), gettext("Closed on %(day)s.", day="1")) == ("Zatwierdzone", "Zamknięte 1.")
        with in_language("de"):
            assert gettext("Sourced") == "Sourced", "no word of staff's for applicants"
        assert gettext("Sourced") == "Znalezione"


def test_days_numbers_and_spans_follow_the_language(app: Flask) -> None:
    from app.clock import now

    moment = now()
    english = (number(1234.5, 1), span(7200), ago(moment), due(moment), ago(None), plural(1234, "site"))
    assert english == ("1,234.5", "2 h", "just now", "today", "never", "1,234 sites")
    with in_language("de", is_staff=True):
        assert (number(1234.5, 1), number(None), span(7200)) == ("1.234,5", "–", "2 Std.")
        assert (day(moment), counted("%(num)s day", "%(num)s days", 1)) == (
            f"{moment:%d.%m.%Y}", gettext("%(num)s day") % {"num": 1})  # fmt: skip
    assert script_words("en") == {}


def test_limits_and_refusals_of_forms_are_said_in_the_persons_language(app: Flask, sign_in: SignIn) -> None:
    with transaction() as session:
        analyst, worker = make_user(session, Role.DATA_ANALYST), make_user(session, Role.ASSOCIATE)
        slug = make_program(session, analyst, worker, name="Afterglow").slug
        analyst.language = worker.language = "de"
    refused = sign_in(analyst).post(f"/p/{slug}/tasks", data={"title": "Anrufen"})
    assert refused.status_code == 403
    assert "(Kandidaten bearbeiten)" in refused.text
    refused = sign_in(worker).post(f"/p/{slug}/tasks", data={"title": "x" * 301, "assignee_id": "0"})
    assert refused.status_code == 422
    assert "Höchstens 300 Zeichen" in refused.text


def test_what_wtforms_refuses_by_itself_is_said_in_the_persons_language(app: Flask, sign_in: SignIn) -> None:
    with transaction() as session:
        person = make_user(session, Role.ADMIN)
        person.language = "de"
        address = f"/p/{make_program(session, person).slug}/page"
    browser = sign_in(person)
    typed = {"headline": "x" * 201, "slug": "harbor", "answer_days": "soon", "reapply_days": "90000", "type": "agency"}
    page = browser.post(address, data=typed).text
    assert "Das ist keine ganze Zahl." in page
    assert "Die Zahl muss zwischen 0 und 730 liegen." in page
    assert "Höchstens 200 Zeichen." in page
    assert "Hier passen höchstens 63 Zeichen hinein." in browser.post(address, data=typed | {"slug": "x" * 64}).text
    with transaction() as session:
        session.execute(update(User).values(language="en"))
    assert "Not a valid integer value." in browser.post(address, data=typed).text


def test_every_act_that_can_be_refused_has_words() -> None:
    with in_language("pl", is_staff=True):
        assert [act for act, words in ACT_WORDS.items() if gettext(words) == words and words != "import"] == []
    assert set(ACT_WORDS) == set(Permission)


def test_table_is_headed_in_the_persons_language_and_its_file_in_english(app: Flask, sign_in: SignIn) -> None:
    with transaction() as session:
        user = make_user(session, Role.ASSOCIATE)
        program = make_program(session, user, name="Afterglow")
        prospect = make_prospect(session, program, "kiln.example")
        user.language, path, prospect_id = "de", f"/p/{program.slug}", prospect.id
    browser = sign_in(user)
    assert 'data-label="Nächster Schritt"' in browser.get(f"{path}/table").text
    assert browser.get(f"{path}/table/export.csv").text.splitlines()[0].lstrip("\ufeff").startswith("Domain,Name,Stage")
    move, stale = f"{path}/prospects/{prospect_id}/move", {"stage": "qualified", "version": "99"}
    refused = browser.post(move, data=stale, headers={"HX-Request": "true"})
    assert refused.status_code == 409
    assert "die Phase ist jetzt Gefunden" in refused.text


def test_a_file_is_refused_in_the_persons_language_and_a_cancel_is_kept_in_english(app: Flask, sign_in: SignIn) -> None:
    with transaction() as session:
        user = make_user(session, Role.DIRECTOR)
        make_program(session, user, slug="upsell")
        user.language = "pl"
    browser = sign_in(user)
    refused = browser.post("/p/upsell/imports", data={"file": (io.BytesIO(b"%PDF-1.7"), "list.csv")})
    assert refused.status_code == 422
    assert "Ten plik to PDF, nie CSV." in refused.text
    page = browser.post("/p/upsell/imports", data={"pasted": "acme.com\nfoo.pl"}, follow_redirects=True).text
    assert "2 nowych kandydatów na 2 wiersze" in page
    with reading() as session:
        batch_id = session.scalars(select(ImportBatch.id)).one()
    page = browser.post(f"/p/upsell/imports/{batch_id}/cancel", follow_redirects=True).text
    assert page.count("Anulowano. Nic nie zaimportowano.") == 2, "said once, and shown with the import"
    with reading() as session:
        assert session.get_one(ImportBatch, batch_id).detail == "Canceled. Nothing was imported."
