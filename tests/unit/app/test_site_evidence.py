"""What the scorer is told of a site that cannot be judged: the reason and the next step, never a low number."""

import pytest
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Company, Crawl, CrawlState, Page, Passage, Prospect
from app.queries.site_evidence import load_evidence
from scrapers.report import SiteOutcome
from tests.world import make_program, make_prospect

TEXT = "We build online shops for merchants."


@pytest.fixture
def prospect(session: Session) -> Prospect:
    return make_prospect(session, make_program(session), "acme.example")


def add_passage(session: Session, company_id: int, model_id: str = "m1") -> None:
    crawl = Crawl(company_id=company_id, state=CrawlState.DONE)
    session.add(crawl)
    session.flush()
    page = Page(company_id=company_id, crawl_id=crawl.id, url="https://acme.example/", text=TEXT, content_hash="ab")
    session.add(page)
    session.flush()
    values = {"start": 3, "end": 21, "content_hash": "cd", "vector": b"\x00\x3c" * 4, "model_id": model_id}
    session.add(Passage(page_id=page.id, company_id=company_id, **values))
    session.flush()


def why(session: Session, prospect: Prospect, outcome: str) -> str | None:
    session.get_one(Company, prospect.company_id).crawl_outcome = outcome
    session.flush()
    return load_evidence(session, [prospect.company_id], model_id="m1")[prospect.company_id].site.unreadable


@pytest.mark.parametrize("outcome", [outcome for outcome in SiteOutcome if outcome is not SiteOutcome.READABLE])
def test_every_outcome_has_words_and_a_next_step(session: Session, prospect: Prospect, outcome: SiteOutcome) -> None:
    said = why(session, prospect, outcome.value)
    assert said is not None
    assert said.endswith(outcome.next_step)
    assert len(said.removesuffix(outcome.next_step).split()) >= 4


def test_a_passage_is_given_verbatim_with_its_vector(session: Session, prospect: Prospect) -> None:
    add_passage(session, prospect.company_id)
    found = load_evidence(session, [prospect.company_id], model_id="m1")[prospect.company_id]
    assert found.site.passages[0].text == TEXT[3:21]
    assert found.site.vectors is not None
    assert found.site.vectors.shape == (1, 4)
    assert found.page_hashes == {"https://acme.example/": "ab"}


def test_vectors_of_another_model_are_never_given(session: Session, prospect: Prospect) -> None:
    add_passage(session, prospect.company_id, model_id="m2")
    found = load_evidence(session, [prospect.company_id], model_id="m1")[prospect.company_id]
    assert (list(found.site.passages), found.site.vectors) == ([], None)


def test_a_few_words_of_a_parked_site_are_no_evidence(session: Session, prospect: Prospect) -> None:
    add_passage(session, prospect.company_id)
    assert why(session, prospect, SiteOutcome.READABLE) is None
    for outcome in (SiteOutcome.PARKED, SiteOutcome.TOO_LITTLE_TEXT, SiteOutcome.NEEDS_BROWSER):
        assert why(session, prospect, outcome) is not None


def test_a_passing_fault_leaves_the_text_read_before_in_force(session: Session, prospect: Prospect) -> None:
    add_passage(session, prospect.company_id)
    session.get_one(Company, prospect.company_id).read_at = now()
    assert why(session, prospect, SiteOutcome.UNREACHABLE) is None
