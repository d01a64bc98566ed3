"""The opt-out page: looking changes nothing, one press ends it, for people and for mail programs."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import reading
from app.services.suppressions import is_suppressed
from app.services.unsubscribes import unsubscribe_token


@pytest.fixture
def link(app: Flask) -> str:
    return f"/u/{unsubscribe_token('ola@agency.example', 'gone')}"


def is_off() -> bool:
    with reading() as session:
        return is_suppressed(session, "ola@agency.example") is not None


def test_looking_changes_nothing(client: FlaskClient, link: str) -> None:
    page = client.get(link)
    assert (page.status_code, is_off()) == (200, False)
    assert 'method="post"' in page.text
    assert client.head(link).status_code == 200
    assert not is_off()


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
        (
            b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
        (b"", "application/x-www-form-urlencoded"),
        (b"\xff" * 100, "multipart/form-data"),
    ],
    ids=["urlencoded", "multipart", "button", "garbage"],
)
def test_one_press_ends_it_without_login_cookie_or_token(
    app: Flask, client: FlaskClient, link: str, data: bytes, content_type: str
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post(link, data=data, content_type=content_type)
    assert (answer.status_code, is_off()) == (200, True)
    assert client.post(link).status_code == 200


def test_an_altered_link_says_what_to_do(client: FlaskClient, link: str) -> None:
    for method in (client.get, client.post):
        answer = method(link[:-2])
        assert answer.status_code == 404
        assert "Copy the whole link" in answer.text
    assert not is_off()
