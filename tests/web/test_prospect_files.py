"""Files on the prospect page: kept by what they are, saved but never shown, deleted with an undo, forgotten."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import now
from app.db import reading, transaction
from app.models import AuditEvent, Program, Prospect, Role, User
from app.models.prospect_file import ProspectFile
from app.services import document_store, prospect_files
from app.services.document_store import kept_keys
from app.services.erasing import erase_person
from app.services.erasure import contact_of
from app.services.prospect_files import forget_deleted_files
from tests.outreach_world import make_contact
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], FlaskClient]
pytestmark = pytest.mark.any_servers


@pytest.fixture
def place(app: object, tmp_path: Path) -> tuple[User, Program, Prospect]:
    document_store.configure(tmp_path)
    with transaction() as session:
        user = make_user(session, Role.DIRECTOR)
        program = make_program(session, user)
        return user, program, make_prospect(session, program)


@pytest.fixture
def browser(place: tuple[User, Program, Prospect], sign_in: SignIn) -> FlaskClient:
    return sign_in(place[0])


@pytest.fixture
def page(place: tuple[User, Program, Prospect]) -> str:
    return f"/p/{place[1].slug}/prospects/{place[2].id}"


def send(browser: FlaskClient, page: str, content: bytes, name: str) -> tuple[int, str]:
    answer = browser.post(f"{page}/files", data={"file": (BytesIO(content), name)}, follow_redirects=True)
    return answer.status_code, answer.text


def test_a_file_is_kept_saved_deleted_and_brought_back(browser: FlaskClient, page: str) -> None:
    status, html = send(browser, page, b"%PDF-1.7 deck", "../../Deck <1>.html")
    assert status == 200
    found = re.search(rf'href="({page}/files/\d+)" download>([^<]*)<', html)
    assert found is not None
    assert found[2].endswith(".pdf")
    saved = browser.get(found[1])
    assert saved.data == b"%PDF-1.7 deck"
    assert saved.headers["Content-Type"] == "application/octet-stream"
    assert saved.headers["Content-Disposition"].startswith("attachment")
    gone = browser.post(f"{found[1]}/delete", follow_redirects=True)
    assert f'action="{found[1]}/restore"' in gone.text
    assert browser.get(found[1]).status_code == 404
    assert browser.post(f"{found[1]}/restore").status_code == 303
    assert browser.get(found[1]).data == b"%PDF-1.7 deck"
    with reading() as session:
        actions = session.scalars(select(AuditEvent.action).where(AuditEvent.action.startswith("file.")))
        assert list(actions) == ["file.added", "file.deleted", "file.restored"]


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [(b"", "a.txt", "empty"), (b"<script>", "a.html", "none of"), (b"", "", "Choose a file")],
)
def test_what_cannot_be_kept_is_said(browser: FlaskClient, page: str, content: bytes, name: str, why: str) -> None:
    status, html = send(browser, page, content, name)
    assert status == 422
    assert why in html
    assert kept_keys() == []


def test_a_prospect_holds_so_many_and_no_more(browser: FlaskClient, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prospect_files, "MAX_FILES", 1)
    assert send(browser, page, b"one", "a.txt")[0] == 200
    status, html = send(browser, page, b"two", "b.txt")
    assert status == 422
    assert "Delete what is not needed" in html
    assert len(kept_keys()) == 1


def test_deleted_files_and_those_of_the_erased_leave_the_disk(
    browser: FlaskClient, page: str, place: tuple[User, Program, Prospect]
) -> None:
    user, program, prospect = place
    for text, name in ((b"Call Ola Nowak", "list.txt"), (b"prices", "CV Ola Nowak.csv"), (b"old", "old.txt")):
        assert send(browser, page, text, name)[0] == 200
    with transaction() as session:
        old = session.scalars(select(ProspectFile).where(ProspectFile.filename == "old.txt")).one()
        old.deleted_at = now() - timedelta(days=6)
        assert forget_deleted_files(session, now()) == 0
        assert forget_deleted_files(session, now() + timedelta(days=2)) == 1
    assert len(kept_keys()) == 2
    assert send(browser, page, b"stays", "stays.txt")[0] == 200
    with transaction() as session:
        contact = make_contact(session, prospect, "ola@agency.example", "Ola Nowak")
        contact = contact_of(session, prospect, contact.id)
        erase_person(session, contact, typed="ola@agency.example", program_id=program.id, actor=user)
    with reading() as session:
        assert list(session.scalars(select(ProspectFile.filename))) == ["stays.txt"]
    assert len(kept_keys()) == 1


def test_files_of_another_prospect_are_not_there(
    browser: FlaskClient, page: str, place: tuple[User, Program, Prospect]
) -> None:
    send(browser, page, b"one", "a.txt")
    with transaction() as session:
        other = make_prospect(session, place[1])
        file_id = session.scalars(select(ProspectFile.id)).one()
    there = f"/p/{place[1].slug}/prospects/{other.id}/files/{file_id}"
    assert browser.get(there).status_code == 404
    assert browser.post(f"{there}/delete").status_code == 404
