"""A browser that is signed in, the way the sign-in itself leaves it."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import transaction
from app.extensions import limiter
from app.models import User
from app.services.sessions import Browser, start_session

SignIn = Callable[[User], FlaskClient]
COOKIE_KEY = "_user_id"


@pytest.fixture
def app(app: Flask) -> Iterator[Flask]:
    """The app without limits on tries; tests/web/test_auth_limits.py switches them on."""
    limiter.enabled = False
    yield app
    limiter.enabled = True


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """Return a function that signs a user in and returns their browser; call it as often as there are people.

    The session row and the cookie are real; only the password is not asked.
    """

    def open_browser(user: User) -> FlaskClient:
        client = app.test_client()
        with transaction() as session:
            token = start_session(session, user, browser=Browser(user_agent="test"))
        with client.session_transaction() as cookie:
            cookie[COOKIE_KEY] = token
            cookie.permanent = True
        return client

    return open_browser


def without_tokens(page: str) -> str:
    """Return a page without its CSRF tokens: they change every second, and nothing else should."""
    return re.sub(r'((?:value|content)=")[\w-]+\.[\w-]+\.[\w-]+"', r'\1"', page)
