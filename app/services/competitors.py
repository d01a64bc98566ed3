"""Competitors of a program, and the links between sites that show who works with them."""

from collections.abc import Iterable

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Competitor, Page, PageLink, Program
from app.services.audit import record_audit
from app.services.discover.rows import storable
from app.services.errors import Conflict, InvalidInput, NotFound
from scrapers.domains import DomainError, normalize_domain
from scrapers.frontier.choose import same_page
from scrapers.report import SitePage
from scrapers.sources import name_of_domain, outbound_links

MAX_COMPETITORS = 50


def add_competitor(
    session: Session, program: Program, address: str, *, name: str = "", by_user_id: int | None
) -> Competitor:
    """Name a competitor of a program by domain or address.

    Raises InvalidInput for the field `competitor` where it is no domain, Conflict where it is named already.
    """
    if not address.strip():
        raise InvalidInput({"competitor": _("Give the competitor's domain, such as example.com.")})
    try:
        domain = normalize_domain(address)
    except DomainError as error:
        raise InvalidInput({"competitor": _("This is no domain of a company: %(why)s.", why=error)}) from error
    known = session.scalars(select(Competitor.domain).where(Competitor.program_id == program.id)).all()
    if domain in known:
        raise Conflict(_("%(domain)s is on the list already.", domain=domain))
    if len(known) >= MAX_COMPETITORS:
        raise InvalidInput(
            {"competitor": _("At most %(most)s competitors can be named. Remove one first.", most=MAX_COMPETITORS)}
        )
    title = " ".join(storable(name).split())[:200] or name_of_domain(domain)
    competitor = Competitor(program_id=program.id, domain=domain, name=title, added_by_id=by_user_id)
    try:
        with session.begin_nested():
            session.add(competitor)
    except IntegrityError as error:
        raise Conflict(_("%(domain)s is on the list already.", domain=domain)) from error
    _audit(session, competitor, "competitor.added", by_user_id=by_user_id)
    return competitor


def remove_competitor(session: Session, program: Program, competitor_id: int, *, by_user_id: int | None) -> Competitor:
    """Take a competitor off a program's list; raises NotFound for one of another program."""
    competitor = session.get(Competitor, competitor_id)
    if competitor is None or competitor.program_id != program.id:
        raise NotFound(_("There is no such competitor in this program; it may have been removed already."))
    _audit(session, competitor, "competitor.removed", by_user_id=by_user_id)
    session.delete(competitor)
    return competitor


def record_links(session: Session, company_id: int, pages: Iterable[SitePage]) -> None:
    """Replace what is known of where these pages of a company link to; call it after the pages are saved.

    Links of pages that this reading did not look at stay as they were.
    """
    pages = list(pages)
    rows = session.execute(select(Page.url, Page.id).where(Page.company_id == company_id))
    saved = {same_page(url): page_id for url, page_id in rows}
    read = [saved[same_page(page.url)] for page in pages if same_page(page.url) in saved]
    session.execute(delete(PageLink).where(PageLink.page_id.in_(read)))
    known = set(session.scalars(select(PageLink.target_domain).where(PageLink.company_id == company_id)))
    fresh = {
        link.target: {
            "page_id": saved[same_page(link.page_url)],
            "company_id": company_id,
            "target_domain": link.target,
            "url": storable(link.link_url)[:2000],
            "text": storable(link.link_text)[:300],
            "quote": storable(link.quote),
        }
        for link in reversed(outbound_links(pages))
        if same_page(link.page_url) in saved and link.target not in known
    }
    if fresh:
        session.execute(insert(PageLink), list(fresh.values()))


def _audit(session: Session, competitor: Competitor, action: str, *, by_user_id: int | None) -> None:
    record_audit(
        session,
        action,
        subject=f"competitor:{competitor.id}",
        actor_id=by_user_id,
        program_id=competitor.program_id,
        details={"domain": competitor.domain},
    )
