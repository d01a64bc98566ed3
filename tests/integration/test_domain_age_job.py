"""The crawl job asks registries too: once a day for their list, whichever worker asks, and once for each domain."""

import json
from pathlib import Path

from sqlalchemy import select

from app.config import Settings
from app.db import reading, transaction
from app.jobs import runtime
from app.jobs.crawls import drain_crawls
from app.models.domain_age import AgeOutcome, DomainAge
from app.services.domain_age import request_age
from tests.unit.scrapers.loopback import Site, answer, scripted_server

LIST = {"services": [[["example"], ["https://rdap.test/"]]]}
TOLD = {"events": [{"eventAction": "registration", "eventDate": "2019-05-06T00:00:00Z"}]}


def test_jobs_share_the_list_of_registries(database_url: str, queue_url: str, tmp_path: Path) -> None:
    domains = ("harbor.example", "kiln.example")
    site = Site({"list.test/": answer(json.dumps(LIST).encode())})
    site.pages |= {f"rdap.test/domain/{domain}": answer(json.dumps(TOLD).encode()) for domain in domains}
    with scripted_server(site) as origin:
        settings = Settings(
            database_url=database_url,
            redis_url=queue_url,
            data_dir=tmp_path,
            scraper_host_map={"list.test": origin, "rdap.test": origin},
            scraper_delay_s=0,
            rdap_bootstrap_url="https://list.test/",
        )
        runtime.start(settings)
        for domain in domains:
            with transaction() as session:
                request_age(session, domain)
            assert drain_crawls() == 1
        assert drain_crawls() == 0
    assert site.asked == ["list.test/", "rdap.test/domain/harbor.example", "rdap.test/domain/kiln.example"]
    with reading() as session:
        known = session.scalars(select(DomainAge)).all()
    assert {(row.outcome, str(row.registered_on)) for row in known} == {(AgeOutcome.KNOWN, "2019-05-06")}
