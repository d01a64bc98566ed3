"""Since when a domain is registered, asked of its registry by RDAP: RFC 9082 (question), 9083 (answer), 9224 (whom).

Which server knows a domain stands in IANA's list of registries, one JSON file. Everything that comes back is checked:
it is somebody else's text. Who is asked, and how often, is the caller's to bound.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from scrapers.fetcher import Fetched, Fetcher, Hop
from scrapers.problems import FetchError

ACCEPT = "application/rdap+json, application/json;q=0.9"
MAX_LIST_BYTES, MAX_ANSWER_BYTES = 2 * 1024 * 1024, 512 * 1024
_MAX_EVENTS = 100
# A domain that was given up and taken anew says so by the second of these, beside the first of its former life.
_BEGINNINGS = ("registration", "reregistration")


class RdapOutcome(StrEnum):
    """How asking for a domain's registration ended."""

    KNOWN = "known"
    NOT_TOLD = "not_told"
    NO_REGISTRY = "no_registry"
    NOT_FOUND = "not_found"
    UNREACHABLE = "unreachable"


class BadRegistryList(Exception):
    """The list of registries cannot be read; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What a registry said of a domain: `registered_on` where it is KNOWN, `detail` in words where it is not."""

    outcome: RdapOutcome
    registered_on: date | None = None
    detail: str = ""
    source: str = ""


def read_registries(body: bytes) -> dict[str, str]:
    """Return the address of each registry's server by the ending it is for, out of IANA's list (RFC 9224, section 3).

    Raises BadRegistryList.
    """
    content = _json(body)
    services = content.get("services") if isinstance(content, dict) else None
    if not isinstance(services, list):
        raise BadRegistryList("the list of registries is not the JSON of RFC 9224: it has no “services”")
    found: dict[str, str] = {}
    for service in services:
        endings, urls = service if isinstance(service, list) and len(service) == 2 else ([], [])
        if not (isinstance(endings, list) and isinstance(urls, list)):
            continue
        usable = [url for url in urls if isinstance(url, str) and url.startswith(("https://", "http://"))]
        # The standard lets a registry name several; the encrypted one is meant for everybody.
        best = min(usable, key=lambda url: not url.startswith("https://"), default="")
        found |= {ending.lower().strip("."): best for ending in endings if isinstance(ending, str) and best}
    return found


def registry_for(domain: str, registries: Mapping[str, str]) -> str:
    """Return the server that knows a domain, by its longest ending in the list; "" where none does."""
    labels = domain.split(".")
    endings = (".".join(labels[cut:]) for cut in range(1, len(labels)))
    return next((registries[ending] for ending in endings if ending in registries), "")


def ask_registry(domain: str, registries: Mapping[str, str], *, fetcher: Fetcher, hop: Hop) -> Registration:
    """Ask once since when a domain (lower-case ASCII) is registered; what goes wrong is an outcome, never an error."""
    server = registry_for(domain, registries)
    if not server:
        ending = domain.rpartition(".")[2]
        return Registration(RdapOutcome.NO_REGISTRY, detail=f"No registry answers such questions about .{ending}.")
    url = f"{server.rstrip('/')}/domain/{domain}"
    try:
        answer = fetcher.fetch(url, max_bytes=MAX_ANSWER_BYTES, hop=hop, any_type=True, accept=ACCEPT)
    except FetchError as error:
        return Registration(RdapOutcome.UNREACHABLE, detail=f"Its registry gave no answer: {error.detail}.", source=url)
    return read_registration(answer, domain, source=url)


def read_registration(answer: Fetched, domain: str, *, source: str) -> Registration:
    """Return what a registry's answer says of a domain."""
    if answer.status == 404:
        detail = f"Its registry knows no domain {domain}."
        return Registration(RdapOutcome.NOT_FOUND, detail=detail, source=source)
    if answer.status == 429 or answer.status >= 500:
        detail = f"Its registry answered with an error ({answer.status})."
        return Registration(RdapOutcome.UNREACHABLE, detail=detail, source=source)
    content = _json(answer.body) if answer.status == 200 and not answer.truncated else None
    is_about_it = isinstance(content, dict) and str(content.get("ldhName", domain)).lower().rstrip(".") == domain
    begun = _begun_on(content, today=answer.fetched_at.date()) if isinstance(content, dict) and is_about_it else None
    if begun is None:
        detail = "Its registry does not tell since when it is registered."
        return Registration(RdapOutcome.NOT_TOLD, detail=detail, source=source)
    return Registration(RdapOutcome.KNOWN, registered_on=begun, source=source)


def _begun_on(content: dict[str, Any], *, today: date) -> date | None:
    """Return the last day on which it was registered, as RFC 9083 section 4.5 writes it; None where none stands."""
    events = content.get("events")
    days = [_day(event) for event in events[:_MAX_EVENTS]] if isinstance(events, list) else []
    return max((day for day in days if day is not None and day <= today), default=None)


def _day(event: object) -> date | None:
    if not isinstance(event, dict) or event.get("eventAction") not in _BEGINNINGS:
        return None
    try:
        moment = datetime.fromisoformat(str(event.get("eventDate")))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).date()
    except (ValueError, OverflowError):
        return None


def _json(body: bytes) -> Any:
    """Return what a body says; None for one that is no JSON, whatever it is instead."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
