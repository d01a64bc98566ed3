"""The provider's posts: what is genuine is kept and answered 2xx, nothing else is, and nothing ends in a 5xx."""

import base64
import json
import random
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.clock import now
from app.config import Settings
from app.db import reading
from app.factory import create_app
from app.models import ProviderPost, ReceivedMail
from app.web.webhooks.views import SIGNATURE, TIMESTAMP
from outreach.inbound.content import read_content
from tests.conftest import NO_QUEUE

PRIVATE = generate_private_key(SECP256R1())
PUBLIC = base64.b64encode(PRIVATE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
SECRET = "a-secret-of-twenty-characters"
EVENTS = "/webhooks/sendgrid/events"
INBOUND = f"/webhooks/sendgrid/inbound/{SECRET}"
BODY = json.dumps([{"event": "delivered", "email": "a@b.example", "timestamp": 1785751200}]).encode() + b"\r\n"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url,
        redis_url=NO_QUEUE,
        data_dir=tmp_path,
        sendgrid_webhook_public_key=PUBLIC,
        inbound_secret=SECRET,
    )


def signed(body: bytes) -> dict[str, str]:
    stamp = str(int(now().timestamp()))
    return {
        TIMESTAMP: stamp,
        SIGNATURE: base64.b64encode(PRIVATE.sign(stamp.encode() + body, ECDSA(SHA256()))).decode(),
    }


def count(kind: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def stored_mail() -> ReceivedMail:
    with reading() as session:
        return session.scalars(select(ReceivedMail)).one()


def test_a_signed_post_is_kept_byte_for_byte(client: FlaskClient) -> None:
    assert client.post(EVENTS, data=BODY, headers=signed(BODY)).status_code == 204
    with reading() as session:
        assert session.scalars(select(ProviderPost.body)).all() == [BODY]


def test_altered_posts_are_refused(client: FlaskClient) -> None:
    """The full ten thousand are `python -m bench.webhook --altered 10000`; see docs/engineering."""
    chance = random.Random(11)
    for _ in range(150):
        body, headers = bytearray(BODY), signed(BODY)
        part = chance.choice(("body", SIGNATURE, TIMESTAMP, "cut", "gone"))
        if part == "body":
            body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
        elif part == "cut":
            del body[chance.randrange(len(body)) :]
        elif part == "gone":
            del headers[chance.choice((SIGNATURE, TIMESTAMP))]
        else:
            text = headers[part]
            at = chance.randrange(len(text))
            headers[part] = text[:at] + chance.choice("Aa0Zé=~ ") + text[at + 1 :]
            if headers[part].encode("latin-1", "replace") == text.encode():
                continue
        assert client.post(EVENTS, data=bytes(body), headers=headers).status_code == 401
    assert count(ProviderPost) == 0


def test_an_endless_post_is_refused(client: FlaskClient) -> None:
    assert client.post(EVENTS, data=b"[" * (4 * 1024 * 1024 + 1)).status_code == 413


def test_nothing_is_taken_where_nothing_is_set(settings: Settings) -> None:
    closed = create_app(Settings(database_url=settings.database_url, redis_url=NO_QUEUE)).test_client()
    assert closed.post(EVENTS, data=BODY, headers=signed(BODY)).status_code == 404
    assert closed.post(INBOUND, data={"email": "x"}).status_code == 404


@pytest.mark.parametrize("secret", ["x", SECRET[:-1], SECRET + "a", "é" * 20])
def test_a_wrong_secret_takes_nothing(client: FlaskClient, secret: str) -> None:
    assert client.post(f"/webhooks/sendgrid/inbound/{secret}", data={"email": "x"}).status_code == 404
    assert count(ReceivedMail) == 0


def test_a_raw_mail_is_kept_as_it_came(client: FlaskClient) -> None:
    raw = b"From: a@b.example\r\nSubject: Gr\xfc\xdfe\r\n\r\nk\xf6nnte gehen \xff\x00\r\n"
    envelope = json.dumps({"to": ["reply+abc@r.example"], "from": "a@b.example"})
    body = multipart(("envelope", envelope.encode()), ("email", raw))
    assert client.post(INBOUND, data=body, content_type="multipart/form-data; boundary=xYz").status_code == 204
    mail = stored_mail()
    assert (mail.raw, mail.envelope_to) == (raw, "reply+abc@r.example")


def multipart(*fields: tuple[str, bytes], boundary: bytes = b"xYz") -> bytes:
    parts = [
        b"--" + boundary + b'\r\nContent-Disposition: form-data; name="' + name.encode() + b'"\r\n\r\n' + content
        for name, content in fields
    ]
    return b"\r\n".join([*parts, b"--" + boundary + b"--\r\n"])


def test_a_mail_taken_apart_is_put_together_in_its_own_charset(client: FlaskClient) -> None:
    headers = b"From: Ola <ola@b.example>\nSubject: Re: Hi\nMessage-ID: <m@b.example>\n"
    headers += b"Content-Type: multipart/mixed;\n boundary=q\n"
    fields = (
        ("headers", headers),
        ("text", "Zażółć gęślą jaźń".encode("iso-8859-2")),
        ("html", b"<p>Hi</p>"),
        ("charsets", b'{"text":"iso-8859-2","html":"us-ascii"}'),
        ("envelope", b'{"to":["a@r.example"]}'),
    )
    client.post(INBOUND, data=multipart(*fields), content_type="multipart/form-data; boundary=xYz")
    content = read_content(stored_mail().raw)
    assert (content.new_text, content.html) == ("Zażółć gęślą jaźń", "<p>Hi</p>")
    assert (content.internet_id, content.from_address) == ("<m@b.example>", "ola@b.example")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "multipart/form-data; boundary=xYz"),
        (b"--xYz\r\nno end", "multipart/form-data; boundary=xYz"),
        (b"hello", "text/plain"),
        (b"\xff\xfe", ""),
        (
            multipart(("envelope", b"[" * 50_000), ("email", b"From: a@b.example\n\nHi")),
            "multipart/form-data; boundary=xYz",
        ),
    ],
    ids=["empty", "torn", "plain", "bytes", "deep"],
)
def test_what_cannot_be_taken_apart_is_kept_whole(client: FlaskClient, body: bytes, content_type: str) -> None:
    assert client.post(INBOUND, data=body, content_type=content_type).status_code == 204
    assert count(ReceivedMail) == 1


def test_the_same_mail_posted_again_is_one(client: FlaskClient) -> None:
    for _ in range(2):
        assert (
            client.post(
                INBOUND, data={"email": "From: a@b.example\n\nHi"}, content_type="multipart/form-data"
            ).status_code
            == 204
        )
    assert count(ReceivedMail) == 1


@pytest.mark.slow
def test_a_mail_of_thirty_megabytes_is_taken(client: FlaskClient) -> None:
    raw = b"From: a@b.example\r\n\r\n" + b"x" * 78 + b"\r\n"
    raw += (b"y" * 1022 + b"\r\n") * (30 * 1024)
    body = multipart(("email", raw))
    assert client.post(INBOUND, data=body, content_type="multipart/form-data; boundary=xYz").status_code == 204
    assert stored_mail().raw == raw


@pytest.fixture
def broken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def fail(*_args: object, **_options: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("app.web.webhooks.views.store_mail", fail)
    return app.test_client()


def test_a_failure_of_ours_is_a_5xx_so_that_the_mail_comes_again(broken: FlaskClient) -> None:
    assert broken.post(INBOUND, data={"email": "From: a@b.example\n\nHi"}).status_code == 500
