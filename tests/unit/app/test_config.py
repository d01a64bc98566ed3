"""Settings: read once, checked together, strict in production."""

import json
from pathlib import Path

import pytest

from app.config import AppEnv, MailTransport, Settings, SettingsError

SAFE = {"APP_ENV": "production", "SECRET_KEY": "x" * 32, "PUBLIC_URL": "https://partners.example"}


def problems(**environ: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(environ)
    assert all(problem in str(caught.value) for problem in caught.value.problems)
    return caught.value.problems


def test_nothing_set_gives_the_embedded_installation() -> None:
    settings = Settings.from_env({})
    assert settings.database.startswith("sqlite+pysqlite:////")
    assert settings.queue.startswith("unix:///")
    assert settings.mail_transport is MailTransport.OUTBOX
    assert settings.user_agent.endswith("(+http://127.0.0.1:8000/bot)")


def test_every_problem_is_named_at_once() -> None:
    found = problems(APP_ENV="staging", CRAWL_THREADS="0", SCRAPER_DELAY_S="soon", MAIL_TRANSPORT="smtp")
    assert {problem.split(":")[0] for problem in found} == {"APP_ENV", "CRAWL_THREADS", "SCRAPER_DELAY_S", "SMTP_URL"}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DATABASE_URL", "mysql://x/y", "must begin with sqlite or postgresql"),
        ("REDIS_URL", "http://x", "redis:// or rediss:// or unix://"),
        ("PUBLIC_URL", "partners.example", "http:// or https://"),
        ("SMTP_URL", "smtp://mail.example:99999", "port"),
        ("SCRAPER_DELAY_S", "61", "outside 0 to 60"),
        ("TRUSTED_PROXIES", "²", "whole number from 0 to 5"),
        ("SCRAPER_HOST_MAP", "/nonexistent/hosts.json", "cannot be read"),
    ],
)
def test_a_bad_value_is_named_with_what_it_should_be(name: str, value: str, words: str) -> None:
    (problem,) = problems(**{name: value})
    assert problem.startswith(f"{name}: ")
    assert words in problem


@pytest.mark.parametrize(
    ("content", "words"), [("{", "not JSON"), ('["a"]', "one JSON object"), ('{"a": 1}', "origin")]
)
def test_a_host_map_that_is_none(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "hosts.json"
    path.write_text(content)
    assert words in problems(SCRAPER_HOST_MAP=str(path))[0]


def test_production_takes_what_is_safe() -> None:
    assert Settings.from_env(SAFE).app_env is AppEnv.PRODUCTION


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"PUBLIC_URL": "http://partners.example"}, "PUBLIC_URL"),
    ],
)
def test_production_refuses_what_is_only_convenient(change: dict[str, str], named: str) -> None:
    (problem,) = problems(**(SAFE | change))
    assert problem.startswith(named)


def test_production_refuses_the_way_past_the_guard(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts.json"
    hosts.write_text(json.dumps({"shop.example": "http://127.0.0.1:9"}))
    assert problems(**SAFE, SCRAPER_HOST_MAP=str(hosts))[0].startswith("SCRAPER_HOST_MAP")
