"""Files as answers: judged by content, kept while the form is put right, handed to reviewers alone, deleted in time."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.clock import now
from app.config import Settings
from app.db import reading, transaction
from app.models import Application, ApplicationAnswer, ApplicationFile, FormQuestion, Program, QuestionKind, User
from app.services.application_files import forget_unsent_files
from app.services.application_links import new_status_link
from app.services.document_store import MAX_DOCUMENT_BYTES
from app.services.erased_words import scrub_applications
from app.web.apply.bounds import BoundedFile
from tests.application_world import make_open_page, make_question
from tests.web.conftest import SignIn
from tests.web.test_apply import typed
from tests.world import make_program, make_user

PATH = "/apply/harbor"
PDF = b"%PDF-1.7\n" + b"x" * 100
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


@pytest.fixture
def reviewer(app: Flask) -> User:
    with transaction() as session:
        return make_user(session)


@pytest.fixture
def program(reviewer: User) -> Program:
    with transaction() as session:
        program = make_program(session, reviewer)
        make_open_page(session, program, slug="harbor")
    return program


@pytest.fixture
def question(program: Program) -> FormQuestion:
    with transaction() as session:
        return make_question(session, program, kind=QuestionKind.FILE, label="Media kit")


def sent(client: FlaskClient, question: FormQuestion, content: bytes | None, filename: str, **values: Any) -> Any:
    upload = {} if content is None else {f"q{question.id}": FileStorage(BytesIO(content), filename=filename)}
    # As bytes, for the test client leaves the temporary file open that it would write a large form into.
    boundary, body = encode_multipart(typed(client, **values) | upload)
    return client.post(PATH, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def on_disk(settings: Settings) -> list[str]:
    return [path.name for path in (settings.data_dir / "documents").rglob("*") if path.is_file()]


def files() -> list[ApplicationFile]:
    with reading() as session:
        return list(session.scalars(select(ApplicationFile).order_by(ApplicationFile.id)))


def test_good_file_survives_an_error_elsewhere_and_reaches_reviewers_alone(
    client: FlaskClient, program: Program, question: FormQuestion, reviewer: User, sign_in: SignIn, settings: Settings
) -> None:
    assert 'enctype="multipart/form-data"' in client.get(PATH).text
    refused = sent(client, question, PDF, "../../etc/\u202eKit 1.pdf", name="")
    assert refused.status_code == 422
    assert "Kept: Kit 1.pdf." in refused.text
    kept = re.search(rf'name="q{question.id}_kept" type="hidden" value="([^"]+)"', refused.text)
    assert kept is not None
    assert sent(client, question, None, "", **{f"q{question.id}_kept": kept[1]}).status_code == 303
    (file,) = files()
    assert (file.size_bytes, file.media_type, on_disk(settings)) == (len(PDF), "application/pdf", [file.stored_name])
    assert kept[1].partition(" ")[0] not in (file.key_hash, file.stored_name)
    with reading() as session:
        application = session.scalars(select(Application)).one()
        assert session.scalars(select(ApplicationAnswer.value)).one() == file.name
    url = f"/p/{program.slug}/applications/{application.id}/files/{file.id}"
    answer = sign_in(reviewer).get(url)
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert client.get(url).status_code == 303  # a stranger is sent to the sign-in
    # The key of a file that was sent opens nothing any more.
    assert sent(client, question, None, "", submit_key="k2", **{f"q{question.id}_kept": kept[1]}).status_code == 422


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "empty.pdf", "This file is empty"),
        (b"MZ\x90\x00\x03", "setup.pdf", "is none of these"),
        (b"<html><script>", "page.html", "is none of these"),
        (PNG, "kit.pdf", "called .pdf, but it is a PNG file"),
        (PDF + b"x" * (12 * 1024 * 1024), "big.pdf", "larger than 10 MB"),
        (None, "", "Please choose a file."),
    ],
)
def test_file_that_lies_or_is_too_large_gets_a_clear_message_and_the_rest_is_kept(
    client: FlaskClient, question: FormQuestion, settings: Settings, content: bytes | None, name: str, words: str
) -> None:
    answer = sent(client, question, content, name, phone="+44 20 7946 0018")
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="+44 20 7946 0018"' in answer.text
    assert files() == []
    assert on_disk(settings) == []


def test_of_a_huge_file_no_more_is_taken_in_than_a_document_may_have() -> None:
    with BoundedFile(max_size=1000, mode="w+b") as file:
        assert {file.write(b"x" * 1_000_000) for _ in range(30)} == {1_000_000}
        file.seek(0)
        assert len(file.read()) == MAX_DOCUMENT_BYTES + 1


def test_amending_keeps_or_replaces_the_file(client: FlaskClient, question: FormQuestion, settings: Settings) -> None:
    assert sent(client, question, PDF, "kit.pdf").status_code == 303
    with transaction() as session:
        application = session.scalars(select(Application)).one()
        path = new_status_link(session, application).removeprefix("http://127.0.0.1:8000")
    assert "Kept: kit.pdf." in client.get(f"{path}/amend").text
    form = {"name": "Ada", "company_name": "Harbor", "website": "harbor.example"}
    assert client.post(f"{path}/amend", data=form).status_code == 303
    before = files()[0].stored_name
    new = {f"q{question.id}": (BytesIO(PNG), "kit.png")}
    assert client.post(f"{path}/amend", data=form | new, content_type="multipart/form-data").status_code == 303
    (file,) = files()
    assert file.name == "kit.png"
    assert file.stored_name != before
    assert on_disk(settings) == [file.stored_name]
    with transaction() as session:
        scrub_applications(session, {application.email}, sentinel="erased@erased.example")
    assert (files(), on_disk(settings)) == ([], [])


def test_file_of_a_form_that_was_never_sent_is_deleted_after_a_day(
    client: FlaskClient, question: FormQuestion, settings: Settings
) -> None:
    sent(client, question, PDF, "kit.pdf", name="")
    assert len(on_disk(settings)) == 1
    for hours, left in ((23, 1), (25, 0)):
        with time_machine.travel(now() + timedelta(hours=hours), tick=False), transaction() as session:
            forget_unsent_files(session)
        assert (len(files()), len(on_disk(settings))) == (left, left)
