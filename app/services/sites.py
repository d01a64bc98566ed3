"""Record what a crawl read: pages, signals and contacts of a company, and how the reading ended."""

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.models import Company, Crawl, CrawlState, Page, Provenance, Signal
from app.services.competitors import record_links
from app.services.contacts import FoundContact, record_contact
from app.services.crawls import advance_crawl, finish_crawl
from app.services.fit import request_company_scores
from app.services.watch import record_added, record_changed, record_gone
from scrapers.domains import EmailError, normalize_email
from scrapers.frontier.choose import same_page
from scrapers.report import SiteOutcome, SitePage, SiteReport

# The site could not be looked at this time; what was read before stays, and trying again may help.
PASSING_FAULTS = frozenset(
    {SiteOutcome.UNREACHABLE, SiteOutcome.SERVER_ERROR, SiteOutcome.TOO_SLOW, SiteOutcome.BLOCKED}
)
LASTING_FAULTS = frozenset(
    {
        SiteOutcome.FORBIDDEN_BY_ROBOTS,
        SiteOutcome.REFUSED_ADDRESS,
        SiteOutcome.NOT_HTML,
        SiteOutcome.NOT_FOUND,
        SiteOutcome.BAD_ADDRESS,
        SiteOutcome.HOSTILE,
    }
)
# A reading brings eight at most; pages of earlier ones that it did not come across stay up to this number.
MAX_KEPT_PAGES = 12
MAX_CONTACTS_PER_SITE = 30


def record_site(session: Session, crawl_id: int, report: SiteReport) -> bool:
    """Store a report and move its crawl on: to embedding where there is text, to failed where nothing was read.

    Returns False, storing nothing, where the crawl was canceled or taken over meanwhile.
    """
    crawl = session.scalar(select(Crawl).where(Crawl.id == crawl_id).with_for_update())
    if crawl is None or crawl.state is not CrawlState.READING:
        return False
    company = session.get_one(Company, crawl.company_id)
    crawl.read_at = now()
    crawl.outcome = report.outcome.value
    crawl.detail = report.detail
    crawl.page_count = len(report.pages)
    if report.outcome in PASSING_FAULTS or report.outcome in LASTING_FAULTS:
        if report.outcome in LASTING_FAULTS:
            _replace_pages(session, crawl, report, is_lost=True)
        detail = f"{report.detail}. {report.outcome.next_step}".replace("..", ".")
        finish_crawl(session, crawl, CrawlState.FAILED, outcome=report.outcome.value, detail=detail)
        request_company_scores(session, company.id)
        return True
    company.language = report.language
    company.country = company.country or next((page.country for page in report.pages if page.country), None)
    _replace_pages(session, crawl, report)
    _replace_signals(session, crawl, report)
    _record_contacts(session, company.id, report.pages)
    record_links(session, company.id, report.pages)
    advance_crawl(session, crawl, CrawlState.READ)
    dispatch_after_commit(session, Job.DRAIN_FIT)
    return True


def _replace_pages(session: Session, crawl: Crawl, report: SiteReport, *, is_lost: bool = False) -> None:
    """Update pages by address, so that passages of unchanged ones keep their vectors, and keep what changed.

    A page that the site says is gone goes; so do all where the whole site `is_lost`. One that this reading merely did
    not look at, or could not, stays as it was, up to MAX_KEPT_PAGES, the newest first.
    """
    rows = session.scalars(select(Page).where(Page.company_id == crawl.company_id).order_by(Page.id)).all()
    known = {same_page(page.url): page for page in rows}
    twins = [page.id for page in rows if known[same_page(page.url)] is not page]
    if twins:
        session.execute(delete(Page).where(Page.id.in_(twins)))
    for read in () if is_lost else report.pages:
        _write_page(session, crawl, known.pop(same_page(read.url), None), read, is_first_reading=not rows)
    why = {same_page(gone.url): gone.why for gone in report.gone}
    gone = {page.id: page for key, page in known.items() if is_lost or key in why}
    record_gone(session, crawl, gone, {page.id: why.get(same_page(page.url), report.detail) for page in gone.values()})
    left = sorted((page for page in known.values() if page.id not in gone), key=lambda page: page.fetched_at)
    room = max(0, MAX_KEPT_PAGES - len(report.pages))
    surplus = [page.id for page in left[: max(0, len(left) - room)]]
    session.execute(delete(Page).where(Page.id.in_([*gone, *surplus])))
    session.flush()


def _write_page(session: Session, crawl: Crawl, page: Page | None, read: SitePage, *, is_first_reading: bool) -> None:
    if page is None:
        page = Page(company_id=crawl.company_id, url=read.url[:2000])
        session.add(page)
        if not is_first_reading:
            record_added(session, crawl, read)
    elif page.content_hash != read.content_hash:
        record_changed(session, crawl, page, read)
    page.url = read.url[:2000]
    page.crawl_id = crawl.id
    page.kind = read.kind.value
    page.title = read.title[:500]
    page.language = read.language
    page.text = read.full_text.replace("\x00", "")
    page.content_hash = read.content_hash
    page.fetched_at = read.fetched_at


def _replace_signals(session: Session, crawl: Crawl, report: SiteReport) -> None:
    session.execute(delete(Signal).where(Signal.company_id == crawl.company_id))
    session.add_all(
        Signal(
            company_id=crawl.company_id,
            crawl_id=crawl.id,
            name=signal.name[:60],
            value=signal.value[:300],
            quote=signal.quote,
            url=signal.url[:2000],
        )
        for signal in report.signals
    )


def _record_contacts(session: Session, company_id: int, pages: Iterable[SitePage]) -> None:
    finds: dict[str, FoundContact] = {}
    for page in pages:
        for found in _contacts_of(page):
            finds.setdefault(found.key, found)
    for found in list(finds.values())[:MAX_CONTACTS_PER_SITE]:
        record_contact(session, company_id, found)


def _contacts_of(page: SitePage) -> Iterable[FoundContact]:
    source = page.url[:2000]
    for email in page.emails:
        try:
            address = normalize_email(email.address)
        except EmailError:
            # A page may print anything; what is no address is no contact.
            continue
        yield FoundContact(provenance=Provenance.PAGE, source=source, email=address)
    for phone in page.phones:
        yield FoundContact(provenance=Provenance.PAGE, source=source, phone=phone.number)
    for social in page.socials:
        yield FoundContact(provenance=Provenance.PAGE, source=source, social=social.url)
