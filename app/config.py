"""Settings: read once from the environment, checked all together, then frozen.

This module is the only reader of the environment. Every setting is described in docs/settings.md, and a test
compares the two.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

# IANA's list of who knows which domains (RFC 9224). Settings made in code, as tests do, ask nobody unless told to.
REGISTRY_LIST = "https://data.iana.org/rdap/dns.json"
DEVELOPMENT_SECRET = "development-only-secret-key"  # noqa: S105 - refused in production, see _check_production


class AppEnv(StrEnum):
    """Where the product runs; production refuses what is only convenient on a laptop."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class MailTransport(StrEnum):
    """How mail leaves: kept in the app's own viewer, handed to an SMTP server, or to SendGrid."""

    OUTBOX = "outbox"
    SMTP = "smtp"
    SENDGRID = "sendgrid"


class SettingsError(Exception):
    """One or more settings are missing or wrong; the message lists every one of them."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the problems as a list and as one readable message."""
        self.problems = problems
        super().__init__("The settings cannot be used:\n" + "\n".join(f"  - {problem}" for problem in problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an installation can choose. Names are the environment variables in lower case."""

    app_env: AppEnv = AppEnv.DEVELOPMENT
    secret_key: str = DEVELOPMENT_SECRET
    data_dir: Path = Path("var")
    database_url: str = ""
    redis_url: str = ""
    public_url: str = "http://127.0.0.1:8000"
    mail_transport: MailTransport = MailTransport.OUTBOX
    mail_from: str = "Scoutboard <scoutboard@example.com>"
    smtp_url: str = ""
    mail_timeout_s: float = 20.0
    mail_lease_s: int = 180
    sendgrid_api_key: str = ""
    sendgrid_api_host: str = "https://api.sendgrid.com"
    sendgrid_webhook_public_key: str = ""
    inbound_domain: str = ""
    inbound_secret: str = ""
    embedding_model: str = ""
    scraper_user_agent: str = ""
    scraper_delay_s: float = 2.0
    scraper_host_map: Mapping[str, str] = field(default_factory=dict)
    crawl_threads: int = 24
    recrawl_after_days: int = 30
    rdap_bootstrap_url: str = ""
    trusted_proxies: int = 0

    @property
    def is_production(self) -> bool:
        """Whether the strict rules hold: a real secret, HTTPS cookies, no way past the crawler's guard."""
        return self.app_env is AppEnv.PRODUCTION

    @property
    def database(self) -> str:
        """Return the database's URL; without one given, the embedded SQLite file under the data folder."""
        return self.database_url or f"sqlite+pysqlite:///{self.data_dir.resolve() / 'scoutboard.db'}"

    @property
    def queue(self) -> str:
        """Return the queue server's URL; without one given, the embedded Valkey's unix socket."""
        return self.redis_url or f"unix://{self.data_dir.resolve() / 'valkey' / 'valkey.sock'}"

    @property
    def user_agent(self) -> str:
        """Return what the crawler calls itself: by default a name and the public page that explains it."""
        return self.scraper_user_agent or f"ScoutboardBot/0.1 (+{self.public_url}/bot)"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings from an environment.

        Raises SettingsError naming every bad or missing value at once, so that nobody fixes them one by one.
        """
        problems: list[str] = []
        values: dict[str, Any] = {"rdap_bootstrap_url": REGISTRY_LIST}
        for name, read in _READERS.items():
            text = environ.get(name.upper(), "").strip()
            if not text:
                continue
            try:
                values[name] = read(text)
            except ValueError as error:
                problems.append(f"{name.upper()}: {error}")
        settings = cls(**values)
        problems += _check_combinations(settings)
        if problems:
            raise SettingsError(problems)
        return settings


def _one_of(kinds: type[StrEnum]) -> Callable[[str], StrEnum]:
    def read(text: str) -> StrEnum:
        try:
            return kinds(text)
        except ValueError:
            raise ValueError(f"{text!r} is none of: {', '.join(kinds)}") from None

    return read


def _database_url(text: str) -> str:
    if not text.startswith(("sqlite", "postgresql+psycopg://")):
        raise ValueError("must begin with sqlite or postgresql+psycopg://")
    return text


def _url_of(*schemes: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        parts = urlsplit(text)
        _check_port(text)
        if parts.scheme not in schemes or not (parts.netloc or parts.path):
            raise ValueError(f"must be a URL that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return text.rstrip("/")

    return read


def _url_or_off(text: str) -> str:
    return "" if text.lower() == "off" else _url_of("http", "https")(text)


def _check_port(url: str) -> None:
    """Raise ValueError now for a port that would only fail when the address is used, inside a job."""
    try:
        _ = urlsplit(url).port
    except ValueError:
        raise ValueError("the port must be a whole number from 0 to 65535") from None


def _host_map(text: str) -> dict[str, str]:
    try:
        content = json.loads(Path(text).read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"the file {text} cannot be read ({error.strerror}); give an existing JSON file") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"the file {text} is not JSON (line {error.lineno}); see docs/settings.md") from None
    if not isinstance(content, dict) or not all(isinstance(origin, str) for origin in content.values()):
        raise ValueError(f"the file {text} must hold one JSON object: host name -> origin")
    return content


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a number of seconds") from None
    if not 0 <= value <= 60:
        raise ValueError(f"{text} is outside 0 to 60 seconds")
    return value


def _whole_number(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or not low <= int(text) <= high:
            raise ValueError(f"{text!r} is not a whole number from {low} to {high}")
        return int(text)

    return read


def _host_name(text: str) -> str:
    if not re.fullmatch(r"(?=.{4,190}$)[a-z0-9-]+(\.[a-z0-9-]+)+", text.lower()):
        raise ValueError(f"{text!r} is no host name such as reply.example.com")
    return text.lower()


# How every public key on the curve P-256 begins in DER (RFC 5480); 64 bytes of the point follow.
_P256_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")


def _p256_key(text: str) -> str:
    lines = "".join(line.strip() for line in text.splitlines() if not line.startswith("-----"))
    try:
        raw = base64.b64decode(lines, validate=True)
    except binascii.Error:
        raw = b""
    if len(raw) != len(_P256_HEAD) + 64 or not raw.startswith(_P256_HEAD):
        raise ValueError("must be the verification key that SendGrid shows under Mail Settings, Event Webhook")
    return lines


def _path_secret(text: str) -> str:
    if not re.fullmatch(r"[\w-]{20,200}", text, re.ASCII):
        raise ValueError("must be 20 to 200 letters, digits, - or _: it is part of an address")
    return text


_READERS: dict[str, Callable[[str], Any]] = {
    "app_env": _one_of(AppEnv),
    "secret_key": str,
    "data_dir": Path,
    "database_url": _database_url,
    "redis_url": _url_of("redis", "rediss", "unix"),
    "public_url": _url_of("http", "https"),
    "mail_transport": _one_of(MailTransport),
    "mail_from": str,
    "smtp_url": _url_of("smtp", "smtps"),
    "mail_timeout_s": _seconds,
    "mail_lease_s": _whole_number(1, 3600),
    "sendgrid_api_key": str,
    "sendgrid_api_host": _url_of("http", "https"),
    "sendgrid_webhook_public_key": _p256_key,
    "inbound_domain": _host_name,
    "inbound_secret": _path_secret,
    "embedding_model": str,
    "scraper_user_agent": str,
    "scraper_delay_s": _seconds,
    "scraper_host_map": _host_map,
    "crawl_threads": _whole_number(1, 256),
    "recrawl_after_days": _whole_number(0, 3650),
    "rdap_bootstrap_url": _url_or_off,
    "trusted_proxies": _whole_number(0, 5),
}


def _check_combinations(settings: Settings) -> list[str]:
    problems = []
    if settings.mail_transport is MailTransport.SMTP and not settings.smtp_url:
        problems.append("SMTP_URL: MAIL_TRANSPORT is smtp, so the server to hand mail to must be named")
    if settings.mail_transport is MailTransport.SENDGRID and not settings.sendgrid_api_key:
        problems.append("SENDGRID_API_KEY: MAIL_TRANSPORT is sendgrid, so its API key must be given")
    if settings.is_production:
        problems += _check_production(settings)
    return problems


def _check_production(settings: Settings) -> list[str]:
    problems = []
    if settings.secret_key == DEVELOPMENT_SECRET or len(settings.secret_key) < 32:
        problems.append("SECRET_KEY: production needs a secret of its own, at least 32 characters")
    if settings.scraper_host_map:
        problems.append("SCRAPER_HOST_MAP: refused in production, it opens a way past the private-address guard")
    if not settings.public_url.startswith("https://"):
        problems.append("PUBLIC_URL: production needs the https:// address that people open")
    return problems
