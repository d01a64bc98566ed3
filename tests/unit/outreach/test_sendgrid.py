"""SendGrid's API as a real HTTP server on loopback answers it: what is sent, and what each answer means."""

import json
import logging
import socket
import time

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from outreach.transports.message import Mailbox, Message, NotSent, Refused, TransportError, Uncertain
from outreach.transports.sendgrid import SendgridTransport

KEY = "SG.planted-key"
MESSAGE = Message(
    sender=Mailbox("hello@example.com", "Smith; Sons, Ltd"),
    to=Mailbox("ada@example.net", "Ada"),
    subject="Hi",
    text="Hello",
    html="<p>Hello</p>",
    reply_to=Mailbox("answers@example.com"),
    reference="notice-7-1",
    headers={"Auto-Submitted": "auto-generated"},
)


def transport(server: HTTPServer, *, timeout_s: float = 2) -> SendgridTransport:
    return SendgridTransport(KEY, host=server.url_for("").rstrip("/"), timeout_s=timeout_s)


def test_one_message_becomes_one_request(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v3/mail/send", method="POST").respond_with_data(
        "", status=202, headers={"X-Message-Id": "abc.123"}
    )
    accepted = transport(httpserver).send(MESSAGE)
    assert (accepted.provider_id, accepted.is_kept) == ("abc.123", False)
    (request, _response), *rest = httpserver.log
    assert rest == []
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    body = request.get_json()
    assert body["personalizations"] == [
        {
            "to": [{"email": "ada@example.net", "name": "Ada"}],
            "headers": {"Auto-Submitted": "auto-generated"},
            "custom_args": {"pf_reference": "notice-7-1"},
        }
    ]
    assert body["from"] == {"email": "hello@example.com", "name": "Smith  Sons  Ltd"}
    assert body["reply_to"] == {"email": "answers@example.com"}
    assert [part["type"] for part in body["content"]] == ["text/plain", "text/html"]
    assert body["tracking_settings"]["click_tracking"] == {"enable": False}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, Refused),
        (401, NotSent),
        (403, NotSent),
        (413, Refused),
        (429, NotSent),
        (500, Uncertain),
        (503, Uncertain),
    ],
)
def test_answers_are_told_apart(httpserver: HTTPServer, status: int, outcome: type[TransportError]) -> None:
    errors = json.dumps({"errors": [{"message": "The reason given", "field": "from"}]})
    httpserver.expect_request("/v3/mail/send").respond_with_data(errors, status=status)
    with pytest.raises(outcome, match=f"{status}: The reason given") as caught:
        transport(httpserver).send(MESSAGE)
    assert KEY not in str(caught.value)


def test_rate_limit_says_when_to_come_back(httpserver: HTTPServer) -> None:
    headers = {"X-RateLimit-Reset": str(int(time.time()) + 30)}
    httpserver.expect_request("/v3/mail/send").respond_with_data("", status=429, headers=headers)
    with pytest.raises(NotSent) as caught:
        transport(httpserver).send(MESSAGE)
    assert 25 < (caught.value.retry_after_s or 0) <= 31


def test_answer_that_does_not_come_is_uncertain(httpserver: HTTPServer) -> None:
    def slow(_request: Request) -> Response:
        time.sleep(1)
        return Response(status=202)

    httpserver.expect_request("/v3/mail/send").respond_with_handler(slow)
    with pytest.raises(Uncertain, match="may have been sent"):
        transport(httpserver, timeout_s=0.3).send(MESSAGE)


def test_nobody_listens_is_certain() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotSent, match="cannot be reached"):
        SendgridTransport(KEY, host=f"http://127.0.0.1:{port}").send(MESSAGE)


def test_key_is_not_logged_at_any_level(httpserver: HTTPServer, caplog: pytest.LogCaptureFixture) -> None:
    httpserver.expect_request("/v3/mail/send").respond_with_data("", status=202)
    with caplog.at_level(logging.DEBUG):
        transport(httpserver).send(MESSAGE)
    assert KEY not in caplog.text
