"""Secrets stay where they belong: planted ones are looked for in the logs, the tables and the audit log."""

import io
import logging
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from app import db
from app.config import AppEnv, MailTransport, Settings
from app.db import reading, transaction
from app.jobs import runtime
from app.jobs.notices import send_notices
from app.models import AuditEvent, Notice, Role
from app.services.invitations import Invite, invite
from tests.conftest import NO_QUEUE
from tests.web.conftest import SignIn
from tests.world import make_user

WRONG = "planted-wrong-password"
CHOSEN = "planted chosen password"
SMTP_PASSWORD = "planted-smtp-password"
API_KEY = "SG.planted-api-key"
SECRET_KEY = "planted-secret-key-of-the-installation"


@pytest.fixture
def logged(app: Flask) -> io.StringIO:
    """Everything that is logged, at any level, the way the product writes it."""
    written = io.StringIO()
    root = logging.getLogger()
    for handler in root.handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.stream = written
    root.setLevel(logging.DEBUG)
    return written


def test_nothing_planted_is_found_after_a_day_of_signing_in(app: Flask, sign_in: SignIn, logged: io.StringIO) -> None:
    with transaction() as session:
        admin = make_user(session, Role.ADMIN, email="ada@example.com")
        link = invite(
            session, Invite(email="nia@example.com", role=Role.CREATIVE, program_ids=[], accept_url="/invitation/"),
            inviter=admin,
        ).link  # fmt: skip
    client = app.test_client()
    client.post("/login", data={"email": "ada@example.com", "password": WRONG})
    client.post("/forgot-password", data={"email": "ada@example.com"})
    client.post(link, data={"name": "Nia", "password": CHOSEN})
    client.post("/account/password", data={"current_password": CHOSEN, "password": CHOSEN + " two"})
    client.post("/logout")
    reset = client.post("/login", data={"email": "nia@example.com", "password": CHOSEN + " two"})
    assert reset.status_code == 303
    with client.session_transaction() as cookie:
        cookie_token = cookie["_user_id"]
    assert "sign_in_refused" in logged.getvalue()
    with reading() as session:
        audit = "".join(f"{event.details}{event.subject}" for event in session.scalars(select(AuditEvent)))
        reset_token = session.scalars(select(Notice.text).where(Notice.kind == "password_reset")).one()
        dump = everything_but_mail(session)
    tokens = [link.rpartition("/")[2], reset_token.partition("/reset/")[2].split()[0], cookie_token]
    for secret in (WRONG, CHOSEN, *tokens):
        assert secret not in logged.getvalue()
        assert secret not in audit
        assert secret not in dump
    assert dump.count("$argon2id$") == 1


def everything_but_mail(session: db.Session) -> str:
    tables = [table.name for table in db.Base.metadata.sorted_tables if table.name != "notices"]
    return "".join(str(row) for name in tables for row in session.execute(text(f'SELECT * FROM "{name}"')))


@pytest.mark.parametrize(
    "mail",
    [
        {"mail_transport": MailTransport.SMTP, "smtp_url": f"smtp://ada:{SMTP_PASSWORD}@127.0.0.1:9"},
        {
            "mail_transport": MailTransport.SENDGRID,
            "sendgrid_api_key": API_KEY,
            "sendgrid_api_host": "http://127.0.0.1:9",
        },
    ],
    ids=["smtp", "sendgrid"],
)
def test_failing_mail_names_the_cause_and_no_secret(
    app: Flask, database_url: str, tmp_path: Path, logged: io.StringIO, mail: dict[str, str]
) -> None:
    runtime.start(Settings(database_url=database_url, redis_url=NO_QUEUE, data_dir=tmp_path, **mail))  # type: ignore[arg-type]
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.stream = logged
    with transaction() as session:
        session.add(Notice(kind="x", to_address="a@example.com", subject="s", text="t"))
    assert send_notices() == 0
    with reading() as session:
        error = session.scalars(select(Notice.error)).one()
    assert "cannot be reached" in error
    assert "notice_not_sent" in logged.getvalue()
    assert "planted" not in error + logged.getvalue()


def test_settings_in_production_refuse_secrets_that_everyone_knows() -> None:
    environ = {"APP_ENV": AppEnv.PRODUCTION, "PUBLIC_URL": "https://scoutboard.example"}
    with pytest.raises(Exception, match="SECRET_KEY"):
        Settings.from_env(environ)
    Settings.from_env(environ | {"SECRET_KEY": SECRET_KEY})
