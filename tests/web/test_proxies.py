"""Forwarded headers: believed from as many proxies as the settings name, from none by default."""

import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask, request

from app import db, dispatch
from app.config import Settings
from app.factory import create_app


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    db.dispose()
    dispatch.dispose()


def seen_address(app: Flask) -> str | None:
    seen: list[str | None] = []
    app.before_request(lambda: seen.append(request.remote_addr))
    app.test_client().get("/healthz", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"})
    return seen[0]


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "198.51.100.7"), (2, "203.0.113.9")])
def test_the_visitors_address(settings: Settings, proxies: int, address: str) -> None:
    assert seen_address(create_app(dataclasses.replace(settings, trusted_proxies=proxies))) == address
