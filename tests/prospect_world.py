"""A prospect with everything on it, for tests of its page: pages, score, signals, contacts, crawl, history."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    Activity,
    ActivityKind,
    Company,
    Contact,
    ContactField,
    ContactValue,
    Crawl,
    CrawlState,
    FetchReceipt,
    FitProfile,
    FitScore,
    FitState,
    MoveEvent,
    Page,
    Program,
    Prospect,
    Provenance,
    Signal,
    Stage,
    StageChange,
    User,
)
from tests.world import make_profile, make_program, make_prospect, make_user

HOME_TEXT = """Liftwell
We make Shopify stores sell more per order. Liftwell is a conversion agency for online merchants in Europe.
What we do
We run A/B tests on checkout and product pages, and we set up post-purchase upsell offers that fit what was bought.
Our clients grew average order value by 14 % on average in their first year with us.
Deals
We never work with coupon codes or cashback sites."""
SERVICES_TEXT = """Services
Checkout audits, experiments and Shopify Plus builds.
Email and SMS flows with Klaviyo after the purchase, so that the second order comes by itself."""


@dataclass(frozen=True, slots=True)
class Worked:
    """Ids of the rows, and the people."""

    user: User
    program: Program
    prospect: Prospect
    company: Company
    profile: FitProfile
    home: Page
    services: Page


def make_page(session: Session, company: Company, crawl: Crawl, path: str, text: str, **values: object) -> Page:
    """Add a saved page."""
    page = Page(
        company_id=company.id,
        crawl_id=crawl.id,
        url=f"https://{company.domain}{path}",
        text=text,
        content_hash=sha256(text.encode()).hexdigest(),
        **values,
    )
    session.add(page)
    session.flush()
    return page


def make_crawl(session: Session, company_id: int, state: CrawlState = CrawlState.DONE, **values: object) -> Crawl:
    """Add a crawl."""
    defaults: dict[str, object] = {"outcome": "readable", "page_count": 2, "passage_count": 5, "finished_at": now()}
    crawl = Crawl(company_id=company_id, state=state, **(defaults | values))
    session.add(crawl)
    session.flush()
    return crawl


def cite(page: Page, words: str, points: float) -> dict[str, object]:
    """Return a citation of words that stand on a page."""
    start = page.text.index(words)
    return {"url": page.url, "start": start, "end": start + len(words), "quote": words, "points": points}


def make_score(
    session: Session, prospect: Prospect, profile: FitProfile, parts: list[object], **values: object
) -> FitScore:
    """Add a score that is the sum of its parts, and show it on the prospect."""
    score = sum(part["points"] for part in parts)  # type: ignore[index]
    row = FitScore(
        **{
            "prospect_id": prospect.id,
            "profile_id": profile.id,
            "score": score,
            "confidence": 0.72,
            "parts": parts,
            "model_id": "all-MiniLM-L6-v2/fit-1",
        }
        | values
    )
    session.add(row)
    prospect.fit_state = FitState.SCORED
    prospect.fit_score = prospect.fit_sort = score
    session.flush()
    return row


def liftwell_parts(home: Page, services: Page) -> list[object]:
    """Return parts whose exact points round to sums that are off unless the tenths are handed out."""
    checkout = home.text.split("\n")[3]
    return [
        {"id": "shops", "label": "An agency that builds and improves Shopify stores for merchants",
         "points": 31.246, "of": 40.0,
         "citations": [cite(home, home.text.split("\n")[1], 20.623),
                       cite(services, services.text.split("\n")[1], 10.623)]},
        {"id": "conversion", "label": "Conversion optimization: A/B tests, checkout, post-purchase upsell offers",
         "points": 27.247, "of": 40.0,
         "citations": [cite(home, checkout, 17.1), cite(home, home.text.split("\n")[4], 10.147)]},
        {"id": "email", "label": "Email and SMS marketing for online shops", "points": 12.249, "of": 20.0,
         "citations": [cite(services, services.text.split("\n")[2], 12.249)]},
        {"id": "signal:services_page", "label": "services page", "points": 3.0, "of": 3.0,
         "citations": [{"url": services.url, "start": 0, "end": 15, "quote": "Checkout audits", "points": 3.0}]},
        {"id": "coupons", "label": "Coupon codes, vouchers and cashback deals", "points": -4.142, "of": -25.0,
         "citations": [cite(home, home.text.split("\n")[6], -4.142)]},
        {"id": "casino", "label": "Online casino and betting", "points": 0.0, "of": -25.0, "citations": []},
    ]  # fmt: skip


def make_worked_prospect(session: Session, *, at: datetime | None = None) -> Worked:
    """Add a prospect that has been read, scored, moved, talked to and written about."""
    at = at or now()
    user = make_user(session, name="Amara Diallo")
    colleague = make_user(session, name="Theo Brandvold")
    program = make_program(session, user, colleague, name="Afterglow Partners", slug="afterglow")
    profile = make_profile(session, program, created_by_id=user.id)
    neighbor = make_prospect(session, program, "cobbleworks.example", rank="a")
    prospect = make_prospect(
        session,
        program,
        "liftwell.example",
        rank="b",
        stage=Stage.QUALIFIED,
        owner_id=user.id,
        source="partners-2026.csv",
        extra={"Tier": "gold", "Met at": "Shoptalk <Barcelona>"},
        stage_since_at=at - timedelta(days=3),
    )
    neighbor.stage = Stage.QUALIFIED
    make_prospect(session, program, "meridian.example", rank="c", stage=Stage.QUALIFIED)
    company = session.get_one(Company, prospect.company_id)
    company.country, company.language, company.read_at = "DE", "en", at - timedelta(days=4)
    crawl = make_crawl(session, company.id, requested_by_id=user.id, finished_at=at - timedelta(days=4))
    home = make_page(session, company, crawl, "/", HOME_TEXT, kind="home", title="Liftwell, the order value agency")
    services = make_page(session, company, crawl, "/services", SERVICES_TEXT, kind="services", title="Services")
    _add_receipts(session, crawl, company)
    _add_signals(session, crawl, services)
    _add_contacts(session, company, home, user)
    hashes = {home.url: home.content_hash, services.url: services.content_hash}
    make_score(session, prospect, profile, liftwell_parts(home, services), page_hashes=hashes)
    _add_history(session, prospect, user, colleague, at)
    session.flush()
    return Worked(user, program, prospect, company, profile, home, services)


def _add_receipts(session: Session, crawl: Crawl, company: Company) -> None:
    root = f"https://{company.domain}"
    rows = (
        (f"{root}/robots.txt", "fetched", 200, "", "", 214, 95),
        (f"{root}/", "fetched", 200, "", "", 48_211, 412),
        (f"{root}/services", "fetched", 200, "", "", 31_002, 388),
        (f"{root}/team", "fetched", 404, "", "", 900, 120),
        (f"{root}/intern", "refused", None, "robots", "robots.txt forbids this address", 0, 0),
    )
    names = ("url", "outcome", "status", "reason", "detail", "bytes", "elapsed_ms")
    session.add_all(FetchReceipt(crawl_id=crawl.id, **dict(zip(names, row, strict=True))) for row in rows)


def _add_signals(session: Session, crawl: Crawl, page: Page) -> None:
    for name, value, quote in (
        ("services_page", "yes", "Checkout audits, experiments and Shopify Plus builds."),
        ("last_post", "2026-10-30", ""),
    ):
        session.add(
            Signal(company_id=page.company_id, crawl_id=crawl.id, name=name, value=value, quote=quote, url=page.url)
        )


def _add_contacts(session: Session, company: Company, home: Page, user: User) -> None:
    found = (
        (Provenance.PAGE, home.url, None, {ContactField.EMAIL: f"hello@{company.domain}"}),
        (Provenance.PAGE, home.url, None, {ContactField.SOCIAL: "https://www.linkedin.com/company/liftwell"}),
        (Provenance.IMPORT, "partners-2026.csv", None,
         {ContactField.NAME: "Nora Keller", ContactField.ROLE: "Head of partnerships",
          ContactField.EMAIL: f"nora@{company.domain}"}),
        (Provenance.HAND, "Met at Shoptalk", user.id,
         {ContactField.NAME: "Jonas Weber", ContactField.PHONE: "+49 30 1234567"}),
    )  # fmt: skip
    for number, (provenance, source, by, values) in enumerate(found):
        contact = Contact(company_id=company.id, key=f"contact-{number}")
        session.add(contact)
        session.flush()
        session.add_all(
            ContactValue(
                contact_id=contact.id, field=field, value=value, provenance=provenance, source=source, entered_by_id=by
            )
            for field, value in values.items()
        )


def _add_history(session: Session, prospect: Prospect, user: User, colleague: User, at: datetime) -> None:
    session.add_all(
        [
            StageChange(prospect_id=prospect.id, to_stage=Stage.SOURCED, event=MoveEvent.IMPORTED, by_user_id=user.id,
                        reason="partners-2026.csv", at=at - timedelta(days=5)),
            StageChange(prospect_id=prospect.id, from_stage=Stage.SOURCED, to_stage=Stage.QUALIFIED,
                        event=MoveEvent.HAND, by_user_id=colleague.id, reason="Fits the profile, good references",
                        at=at - timedelta(days=3)),
            Activity(prospect_id=prospect.id, kind=ActivityKind.CALL, author_id=colleague.id,
                     body="Talked to Nora. They build about 20 stores a year.\nWants to see the commission table.",
                     at=at - timedelta(days=2)),
            Activity(prospect_id=prospect.id, kind=ActivityKind.NOTE, author_id=user.id,
                     body="Ask again after Black Friday.", at=at - timedelta(hours=3)),
        ]
    )  # fmt: skip
