"""Since when a domain is registered: asked of a registry on loopback, kept, asked again, and told by the flag."""

import json
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.config import Settings
from app.db import reading, transaction
from app.jobs.domain_ages import AgeReader
from app.models import ProgramTerms
from app.models.domain_age import AgeOutcome, DomainAge
from app.queries.work import doorbells_to_ring
from app.services.application_risks import Risk, RiskFlag, flags_of
from app.services.domain_age import claim_age, record_age, request_age, request_missing_ages
from scrapers.pacing import InProcessTurns
from scrapers.rdap import RdapOutcome, Registration, read_registries, registry_for
from tests.application_world import make_application, make_open_page
from tests.unit.scrapers.loopback import Site, answer, scripted_server
from tests.world import make_program, make_prospect

LIST = {"services": [[["example"], ["http://rdap.test/v1/", "https://rdap.test/v1/"]], [["gone"], ["https://no.test"]]]}


def told(**content: object) -> bytes:
    headers = {"Content-Type": "application/rdap+json"}
    return answer(json.dumps({"objectClassName": "domain", **content}).encode(), headers=headers)


def event(action: str, day: str) -> dict[str, str]:
    return {"eventAction": action, "eventDate": f"{day}T04:00:00Z"}


@pytest.fixture
def site() -> Site:
    return Site({"list.test/dns.json": told(**LIST)})


@pytest.fixture
def reader(site: Site, database: Engine) -> Iterator[AgeReader]:
    with scripted_server(site) as origin:
        hosts = dict.fromkeys(("list.test", "rdap.test"), origin) | {"no.test": "http://127.0.0.1:9"}
        settings = Settings(scraper_host_map=hosts, rdap_bootstrap_url="https://list.test/dns.json", scraper_delay_s=0)
        yield AgeReader(InProcessTurns(), settings, cache=None)


def ask(reader: AgeReader, domain: str) -> DomainAge:
    """Have a domain asked about the way a worker does, and return what is known then."""
    with transaction() as session:
        request_age(session, domain)
    with transaction() as session:
        claimed = claim_age(session)
    assert claimed is not None
    assert claimed.domain == domain
    reader.read(claimed)
    with reading() as session:
        return session.scalars(select(DomainAge).where(DomainAge.domain == domain)).one()


def test_registry_is_found_asked_once_and_remembered(reader: AgeReader, site: Site) -> None:
    first = event("registration", "2020-03-09")
    site.pages["rdap.test/v1/domain/harbor.example"] = told(
        ldhName="HARBOR.EXAMPLE", events=[first, event("last changed", "2026-01-01"), event("expiration", "2030-01-01")]
    )
    found = ask(reader, "harbor.example")
    assert (found.outcome, str(found.registered_on)) == (AgeOutcome.KNOWN, "2020-03-09")
    assert site.asked == ["list.test/dns.json", "rdap.test/v1/domain/harbor.example"]
    assert b"\r\naccept: application/rdap+json" in site.heads[1].lower()
    with transaction() as session:
        request_age(session, "harbor.example")
        assert claim_age(session) is None
    with time_machine.travel(now() + timedelta(days=31)), transaction() as session:
        request_age(session, "harbor.example")
        assert claim_age(session) is not None
    # Given up and taken anew: the second life counts. The list is not fetched again.
    again = [first, event("reregistration", "2024-05-06")]
    site.pages["rdap.test/v1/domain/anew.example"] = told(events=again)
    assert str(ask(reader, "anew.example").registered_on) == "2024-05-06"
    assert site.asked.count("list.test/dns.json") == 1


@pytest.mark.parametrize(
    ("said", "outcome", "words"),
    [
        (answer(b"{}", status="404 Not Found"), AgeOutcome.NOT_FOUND, "knows no domain kiln.example"),
        (answer(b"no", status="503 Busy"), AgeOutcome.UNREACHABLE, "error (503)"),
        (told(events=[event("last changed", "2020-01-01")]), AgeOutcome.NOT_TOLD, "does not tell"),
        (told(ldhName="other.example", events=[event("registration", "2020-01-01")]), AgeOutcome.NOT_TOLD, "not tell"),
        (told(events=[event("registration", "2999-01-01")]), AgeOutcome.NOT_TOLD, "does not tell"),
        (told(events=[{"eventAction": "registration", "eventDate": 7}, "x", None]), AgeOutcome.NOT_TOLD, "not tell"),
        (told(events=[event("registration", "0001-01-01")] * 2 + [{}]), AgeOutcome.KNOWN, ""),
        (answer(b"[" * 100_000), AgeOutcome.NOT_TOLD, "does not tell"),
        (answer(b"x" * 600_000), AgeOutcome.NOT_TOLD, "does not tell"),
    ],
)
def test_what_a_registry_may_answer(
    reader: AgeReader, site: Site, said: bytes, outcome: AgeOutcome, words: str
) -> None:
    site.pages["rdap.test/v1/domain/kiln.example"] = said
    found = ask(reader, "kiln.example")
    assert found.outcome is outcome
    assert words in found.detail
    assert (found.registered_on is None) is (outcome is not AgeOutcome.KNOWN)
    assert (found.due_at is None) is (outcome is not AgeOutcome.UNREACHABLE)


def test_no_registry_none_that_answers_and_no_list(reader: AgeReader, site: Site) -> None:
    assert ask(reader, "kiln.nowhere").outcome is AgeOutcome.NO_REGISTRY
    found = ask(reader, "kiln.gone")
    assert (found.outcome, found.attempts) == (AgeOutcome.UNREACHABLE, 1)
    assert "does not accept connections" in found.detail
    with reading() as session:
        assert doorbells_to_ring(session) == []  # it is asked again in an hour, not before
    site.pages["list.test/dns.json"] = answer(b"<html>")
    reader._registries = None
    assert "list of registries" in ask(reader, "kiln.example").detail
    reader._settings = Settings()
    assert ask(reader, "off.example").outcome is AgeOutcome.OFF


def test_an_answer_that_does_not_come_is_asked_for_three_times(session: Session) -> None:
    nothing = Registration(RdapOutcome.UNREACHABLE, detail="No answer.")
    request_age(session, "kiln.example")
    waits = []
    for _ in range(3):
        claimed = claim_age(session)
        assert claimed is not None
        record_age(session, claimed, nothing)
        row = session.scalars(select(DomainAge)).one()
        waits.append(row.due_at and row.due_at - now() > timedelta(minutes=50))
        row.due_at = row.due_at and now()
        session.flush()
    assert waits == [True, True, None]
    request_age(session, "poison.example")
    for _ in range(3):
        session.flush()
        claimed = claim_age(session)
        assert claimed is not None  # and its worker dies
        session.scalars(select(DomainAge).where(DomainAge.id == claimed.id)).one().due_at = now()
    session.flush()
    assert claim_age(session) is None


def test_flag_tells_a_young_domain_from_an_old_and_an_unknown_one(session: Session) -> None:
    program = make_program(session)
    make_open_page(session, program)
    terms = session.scalars(select(ProgramTerms)).one()

    def flag(domain: str, **age: object) -> RiskFlag | None:
        prospect = make_prospect(session, program, domain)
        application = make_application(session, prospect, terms, domain=domain, email=f"a@{domain}")
        if age:
            session.add(DomainAge(domain=domain, **age))
        session.flush()
        found = flags_of(session, [application.id])[application.id]
        return next((each for each in found if "domain" in each.name or "age" in each.name), None)

    young = flag("young.example", outcome=AgeOutcome.KNOWN, registered_on=today() - timedelta(days=12))
    assert young is not None
    assert (young.risk, "12 days before they applied" in young.detail) == (Risk.HIGH, True)
    assert flag("old.example", outcome=AgeOutcome.KNOWN, registered_on=today() - timedelta(days=900)) is None
    silent = flag("silent.example", outcome=AgeOutcome.NOT_TOLD, detail="Its registry does not tell.")
    waiting, never = flag("waiting.example", outcome=AgeOutcome.WAITING), flag("never.example")
    for unknown in (silent, waiting, never):
        assert unknown is not None
        assert (unknown.risk, unknown.is_missing) == (Risk.LOW, True)
        assert unknown.is_pending is (unknown is waiting)
    # Whoever applied before registries were asked is asked about later, once.
    assert (request_missing_ages(session), request_missing_ages(session)) == (1, 0)
    claimed = claim_age(session)
    assert claimed is not None
    assert claimed.domain == "never.example"


def test_list_of_registries_takes_the_longest_ending_and_the_encrypted_server() -> None:
    services = [[["uk"], ["https://uk.test/"]], [["co.uk"], ["http://co.test/", "https://co.test/"]], ["x"], [[1], [2]]]
    registries = read_registries(json.dumps({"services": services}).encode())
    assert registries == {"uk": "https://uk.test/", "co.uk": "https://co.test/"}
    assert urlsplit(registry_for("harbor.co.uk", registries)).hostname == "co.test"
    assert registry_for("harbor.org.uk", registries) == "https://uk.test/"
    assert registry_for("uk", registries) == registry_for("harbor.pl", registries) == ""
