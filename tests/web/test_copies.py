"""Everything as one file by screen: written by a worker, fetched once; sent to an empty installation, checked, read."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from app.clock import now
from app.db import Base, reading, transaction
from app.jobs import whole_copies
from app.jobs.sweep import sweep
from app.jobs.whole_copies import read_whole_copy, write_whole_copy
from app.models import AuditEvent, Program, Role, User
from app.models.whole_copy import CopyKind, CopyState, WholeCopy
from app.services import copies, document_store
from app.services.whole_copy import Checked, check_copy
from app.web.settings.copies import MAX_COPY_BYTES
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

PAGE = "/settings/everything"


@pytest.fixture(autouse=True)
def data_folder(app: Flask, tmp_path: Path) -> Path:
    document_store.configure(tmp_path / "data")
    return tmp_path / "data" / "copies"


@pytest.fixture
def admin(app: Flask, sign_in: SignIn) -> FlaskClient:
    with transaction() as session:
        user = make_user(session, Role.ADMIN, name="Ada Admin", email="ada@here.example")
    return sign_in(user)


def newest(kind: CopyKind = CopyKind.EXPORT) -> WholeCopy:
    with reading() as session:
        copy = copies.newest(session, kind)
    assert copy is not None
    return copy


def written(admin: FlaskClient) -> bytes:
    """Have everything written and fetch the file."""
    assert admin.post(f"{PAGE}/write").status_code == 303
    assert write_whole_copy(newest().id)
    return admin.post(f"{PAGE}/{newest().id}/fetch", buffered=True).data


def start_anew() -> None:
    with transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))


def send(client: FlaskClient, content: bytes, name: str = "all.zip") -> str:
    data = {"file": (BytesIO(content), name)}
    answer = client.post(f"{PAGE}/send", data=data, content_type="multipart/form-data", follow_redirects=True)
    return answer.text


def test_it_is_written_by_a_worker_and_fetched_once(admin: FlaskClient, data_folder: Path) -> None:
    assert admin.post(f"{PAGE}/write").status_code == 303
    copy = newest()
    assert "A worker takes it up in a moment." in admin.get(PAGE).text
    assert admin.post(f"{PAGE}/write").status_code == 409
    assert admin.post(f"{PAGE}/{copy.id}/fetch").status_code == 409
    assert write_whole_copy(copy.id)
    assert not write_whole_copy(copy.id), "a second worker finds nothing to do"
    (path,) = data_folder.iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert "It can be fetched once" in admin.get(PAGE).text
    fetched = admin.post(f"{PAGE}/{copy.id}/fetch", buffered=True)
    assert fetched.data[:4] == b"PK\x03\x04"
    assert fetched.headers["Content-Length"] == str(len(fetched.data)) == str(newest().size_bytes)
    assert fetched.headers["Cache-Control"] == "no-store"
    assert not list(data_folder.iterdir())
    assert admin.post(f"{PAGE}/{copy.id}/fetch").status_code == 409
    with reading() as session:
        actions = session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("copy.%"))).all()
    assert actions == ["copy.asked", "copy.written", "copy.fetched"]


def test_a_file_that_nobody_fetches_in_time_is_deleted(admin: FlaskClient, data_folder: Path) -> None:
    admin.post(f"{PAGE}/write")
    write_whole_copy(newest().id)
    with transaction() as session:
        session.get_one(WholeCopy, newest().id).expires_at = now() - timedelta(minutes=1)
    assert "Write the file" in admin.get(PAGE).text
    assert admin.post(f"{PAGE}/{newest().id}/fetch").status_code == 409
    assert not list(data_folder.iterdir())
    admin.post(f"{PAGE}/write")
    write_whole_copy(newest().id)
    with transaction() as session:
        session.get_one(WholeCopy, newest().id).expires_at = now() - timedelta(minutes=1)
    sweep()
    assert newest().state is CopyState.GONE
    assert not list(data_folder.iterdir())
    assert "Nobody fetched it in time." in admin.get(PAGE).text


def test_one_that_is_stopped_leaves_no_file_and_a_dead_workers_is_taken_up(
    admin: FlaskClient, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_copies, "TELL_EVERY_S", -1.0)
    told: list[tuple[int, int]] = []
    real = copies.tell

    def stop_after_first(session: Session, copy: WholeCopy, *, rows_done: int, rows_all: int) -> bool:
        told.append((rows_done, rows_all))
        return real(session, copy, rows_done=rows_done, rows_all=rows_all) and len(told) < 2

    monkeypatch.setattr(copies, "tell", stop_after_first)
    monkeypatch.setattr("app.services.whole_copy.PORTION", 2)
    admin.post(f"{PAGE}/write")
    assert not write_whole_copy(newest().id)
    assert told[0][0] == 1
    assert told[0][1] >= 3
    assert not list(data_folder.iterdir())
    with transaction() as session:
        session.get_one(WholeCopy, newest().id).lease_until = now() - timedelta(seconds=1)
    monkeypatch.setattr(copies, "tell", real)
    with reading() as session:
        assert [copy_id for _job, copy_id in copies.copies_left_behind(session)] == [newest().id]
    assert write_whole_copy(newest().id)
    assert admin.post(f"{PAGE}/{newest().id}/throw-away").status_code == 303
    assert not list(data_folder.iterdir())


def test_an_empty_installation_becomes_that_of_the_file(admin: FlaskClient, sign_in: SignIn, data_folder: Path) -> None:
    with transaction() as session:
        make_prospect(session, make_program(session, slug="north"), "tea.example")
    assert "no programs, no companies, nobody but you" in admin.get(PAGE).text
    content = written(admin)
    start_anew()
    with transaction() as session:
        fresh = make_user(session, Role.ADMIN, email="fresh@new.example")
    browser = sign_in(fresh)
    checked = send(browser, content, "../all <b>.zip")
    assert "is whole and fits" in checked
    assert "<b>" not in checked.split("is whole and fits")[0].rpartition("<p")[2]
    copy = newest(CopyKind.IMPORT)
    assert (copy.state, copy.people) == (CopyState.READY, 1)
    with reading() as session:
        assert session.scalar(select(func.count(Program.id))) == 0, "a check changes nothing"
    assert browser.post(f"{PAGE}/{copy.id}/read").status_code == 303
    assert "you are signed out" in browser.get(PAGE).text
    assert read_whole_copy(copy.id)
    with reading() as session:
        assert session.scalars(select(User.email)).all() == ["ada@here.example"]
        assert session.scalar(select(func.count(WholeCopy.id))) == 0, "the files of the other installation are not here"
        assert session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc()).limit(1)).one() == "copy.read"
    assert not list(data_folder.iterdir())
    assert "/login" in browser.get(PAGE).headers["Location"]


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("nothing", "Choose a file first."),
        ("words", "no zip file at all"),
        ("cut", "The end of this file is missing"),
        ("other zip", "a zip file, but of something else"),
        ("flipped", "This copy is damaged"),
    ],
)
def test_a_file_that_is_no_copy_is_refused_and_not_kept(
    admin: FlaskClient, data_folder: Path, harm: str, said: str
) -> None:
    content = written(admin)
    half = len(content) // 2
    sent = {
        "nothing": b"",
        "words": b"partners.csv\n" * 50,
        "cut": content[:half],
        "other zip": b"PK\x05\x06" + b"\0" * 18,
        "flipped": content[:100] + bytes(byte ^ 0x5A for byte in content[100:140]) + content[140:],
    }[harm]
    assert said in send(admin, sent, "" if harm == "nothing" else "all.zip")
    assert not list(data_folder.iterdir())
    with reading() as session:
        assert copies.newest(session, CopyKind.IMPORT) is None


def test_what_breaks_while_it_is_read_changes_nothing(admin: FlaskClient, data_folder: Path) -> None:
    send(admin, written(admin))
    copy = newest(CopyKind.IMPORT)
    (path,) = data_folder.iterdir()
    admin.post(f"{PAGE}/{copy.id}/read")
    path.write_bytes(path.read_bytes()[:-40])
    assert not read_whole_copy(copy.id)
    page = admin.get(PAGE).text
    assert "nothing was changed: The end of this file is missing" in page
    assert not list(data_folder.iterdir())


def test_nobody_waits_to_write_while_a_sent_file_is_read_through(
    admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = check_copy

    def check(session: Session, source: Path) -> Checked:
        with transaction() as other:  # on SQLite there is one writer
            other.execute(text("UPDATE users SET name = name"))
        return real(session, source)

    content = written(admin)
    monkeypatch.setattr(copies, "check_copy", check)
    assert "is whole and fits" in send(admin, content)


def test_a_file_that_was_read_through_while_people_came_in_is_not_kept(
    admin: FlaskClient, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = check_copy

    def check(session: Session, source: Path) -> Checked:
        with transaction() as other:
            make_program(other)
        return real(session, source)

    content = written(admin)
    monkeypatch.setattr(copies, "check_copy", check)
    assert "Only an empty installation takes a copy" in send(admin, content)
    assert not list(data_folder.iterdir())


def test_what_is_stopped_and_what_is_thrown_away_are_told_apart(admin: FlaskClient) -> None:
    admin.post(f"{PAGE}/write")
    stopped = admin.post(f"{PAGE}/{newest().id}/throw-away", follow_redirects=True).text
    assert "Stopped." in stopped
    assert "The file is gone." not in stopped
    admin.post(f"{PAGE}/write")
    write_whole_copy(newest().id)
    assert "The file is gone." in admin.post(f"{PAGE}/{newest().id}/throw-away", follow_redirects=True).text


def test_only_admins_and_only_an_empty_installation(admin: FlaskClient, sign_in: SignIn) -> None:
    content = written(admin)
    with transaction() as session:
        director = make_user(session, Role.DIRECTOR)
    browser = sign_in(director)
    assert browser.get(PAGE).status_code == 403
    assert browser.post(f"{PAGE}/write").status_code == 403
    answer = admin.post(
        f"{PAGE}/send", data={"file": (BytesIO(content), "all.zip")}, content_type="multipart/form-data"
    )
    assert answer.status_code == 409
    assert "Only an empty installation takes a copy" in answer.text


def test_the_body_has_a_limit_for_admins_and_the_usual_one_for_others(app: Flask, sign_in: SignIn) -> None:
    with transaction() as session:
        people = [make_user(session, role) for role in (Role.ADMIN, Role.DIRECTOR)]
    app.config["WTF_CSRF_ENABLED"] = True  # the check of the form's token is what reads the body first
    for user, size in zip(people, (MAX_COPY_BYTES + 1, app.config["MAX_CONTENT_LENGTH"] + 1), strict=True):
        length = {"CONTENT_LENGTH": str(size)}
        form = "multipart/form-data; boundary=x"
        answer = sign_in(user).post(f"{PAGE}/send", content_type=form, environ_overrides=length)
        assert answer.status_code == 413, user.role
