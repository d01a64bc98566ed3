"""A program whose prospects are read, embedded and scored with the model-free embedder: shops and bakeries in turn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    Company,
    Crawl,
    CrawlState,
    FitProfile,
    FitState,
    Page,
    Passage,
    Program,
    Prospect,
    User,
)
from app.services.digests import record_digest
from scoring.embedder import HashingEmbedder
from scoring.passages import PageText, cut_passages
from tests.world import make_profile, make_program, make_prospect, make_user

EMBEDDER = HashingEmbedder()
SHOP = (
    "We are an agency that builds online shops for merchants in Europe. Our team designs the checkout, the product "
    "pages and the mail campaigns of retailers, and looks after the store once it sells. Case number {number}."
)
BAKERY = (
    "Our bakery sells bread and cakes by the river every morning. The oven is lit at four, the flour comes from the "
    "mill next door, and the coffee is roasted by the family. Recipe number {number}."
)


@dataclass(frozen=True, slots=True)
class FitWorld:
    """The rows; prospect 0, 2, 4… are agencies, the others bakeries."""

    user: User
    program: Program
    profile: FitProfile
    prospects: list[Prospect] = field(default_factory=list)


def make_fit_world(session: Session, *, size: int = 12, slug: str = "agencies") -> FitWorld:
    """Add the program, its profile and its prospects."""
    user = make_user(session)
    program = make_program(session, user, slug=slug, name="Agencies")
    world = FitWorld(user, program, make_profile(session, program))
    for number in range(size):
        kind, text = ("shop", SHOP) if number % 2 == 0 else ("bakery", BAKERY)
        prospect = make_prospect(session, program, f"{kind}-{number}.example", fit_state=FitState.SCORED)
        company = session.get_one(Company, prospect.company_id)
        company.name, company.language, company.country = company.domain, "en", "DE"
        read_site(session, company, {"/": text.format(number=number), "/about": text.format(number=number + 100)})
        world.prospects.append(prospect)
    return world


def read_site(session: Session, company: Company, pages: Mapping[str, str]) -> None:
    """Give a company saved pages with their passages, vectors and digest, as a finished crawl leaves them."""
    crawl = Crawl(company_id=company.id, state=CrawlState.DONE, outcome="readable")
    session.add(crawl)
    session.flush()
    saved = [
        Page(
            company_id=company.id, crawl_id=crawl.id, url=f"https://{company.domain}{path}", text=text,
            content_hash=sha256(text.encode()).hexdigest(),
        )
        for path, text in pages.items()
    ]  # fmt: skip
    session.add_all(saved)
    session.flush()
    cut = cut_passages([PageText(page.url, None, page.text) for page in saved])
    vectors = [np.ascontiguousarray(row, dtype="<f2").tobytes() for row in EMBEDDER.encode([p.text for p in cut])]
    ids = {page.url: page.id for page in saved}
    session.add_all(
        Passage(
            page_id=ids[passage.url], company_id=company.id, start=passage.start, end=passage.end,
            content_hash=passage.content_hash, vector=vector, model_id=EMBEDDER.model_id,
        )
        for passage, vector in zip(cut, vectors, strict=True)
    )  # fmt: skip
    company.read_at, company.crawl_state, company.crawl_outcome = now(), CrawlState.DONE, "readable"
    record_digest(session, company.id, [passage.text for passage in cut], vectors, model_id=EMBEDDER.model_id)


def profile_form(change: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the profile of tests.world as the editor sends it, with changes."""
    return {
        "base_version": "1",
        "topics-0-id": "shops", "topics-0-text": "We build online shops for merchants", "topics-0-weight": "2",
        "topics-0-stance": "wants",
        "topics-1-id": "coupons", "topics-1-text": "Coupon codes and deals", "topics-1-weight": "1",
        "topics-1-stance": "avoids",
        "exemplars": "", "exemplar_weight": "1", "languages": "", "countries": "", "note": "",
    } | dict(change or {})  # fmt: skip
