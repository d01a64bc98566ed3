"""Reading sites again on a schedule: spread over time, in small portions, and never against their owner's will."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import BOARD_STAGES, Company, Crawl, CrawlState, Prospect, SiteWatch
from app.services.crawls import request_crawl

PORTION = 20
ADOPTED_AT_ONCE = 500
# People who wait for an import come first: while this many sites wait, the watch asks for none.
MAX_WAITING = 40
# How far two sites read on the same day may drift apart, as a share of the period, each way.
JITTER = 0.2
OFF_BOARD_PERIODS = 4


def watch_new_sites(session: Session, *, period: timedelta, limit: int = ADOPTED_AT_ONCE) -> int:
    """Give sites that were read (or tried) for the first time a day to be read again; return how many."""
    watched = select(SiteWatch.company_id)
    companies = session.scalars(
        select(Company)
        .where(
            Company.id.not_in(watched),
            Company.opted_out_at.is_(None),
            Company.crawl_state.in_((CrawlState.DONE, CrawlState.FAILED)),
        )
        .order_by(Company.id)
        .limit(limit)
    ).all()
    session.add_all(
        SiteWatch(company_id=company.id, due_at=first_due(company.id, company.read_at, period=period))
        for company in companies
    )
    session.flush()
    return len(companies)


def request_due_crawls(session: Session, *, period: timedelta, limit: int = PORTION) -> int:
    """Ask for the sites to be read whose day has come, at most `limit`; return how many were asked for.

    A site whose owner opted out is dropped from the watch; one that nobody recruits is passed over; one whose prospects
    are all off the board comes round OFF_BOARD_PERIODS times less often; one read lately by hand has its turn later.
    """
    waiting = session.scalar(select(func.count()).select_from(Crawl).where(Crawl.state == CrawlState.WAITING)) or 0
    if waiting >= MAX_WAITING:
        return 0
    rows = session.execute(
        select(SiteWatch, Company)
        .join(Company, Company.id == SiteWatch.company_id)
        .where(SiteWatch.due_at <= now())
        .order_by(SiteWatch.due_at, SiteWatch.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=SiteWatch)
    ).all()
    on_board = _recruited(session, [company.id for _, company in rows])
    return sum(_look_at(session, watch, company, on_board.get(company.id), period=period) for watch, company in rows)


def _look_at(
    session: Session, watch: SiteWatch, company: Company, is_on_board: bool | None, *, period: timedelta
) -> bool:
    """Ask for one site or put it off; say whether it was asked for. `is_on_board` is None where nobody recruits it."""
    if company.opted_out_at is not None:
        session.delete(watch)
        return False
    moment = now()
    watch.due_at = next_due(company.id, moment, period=period)
    if is_on_board is None or (company.read_at is None and not is_on_board):
        return False
    wanted_every = period if is_on_board else period * OFF_BOARD_PERIODS
    if company.read_at is not None and company.read_at + wanted_every * (1 - 2 * JITTER) > moment:
        watch.due_at = next_due(company.id, company.read_at, period=wanted_every)
        return False
    request_crawl(session, company.id)
    return True


def _recruited(session: Session, company_ids: list[int]) -> dict[int, bool]:
    rows = session.execute(select(Prospect.company_id, Prospect.stage).where(Prospect.company_id.in_(company_ids)))
    found: dict[int, bool] = {}
    for company_id, stage in rows:
        found[company_id] = found.get(company_id, False) or stage in BOARD_STAGES
    return found


def first_due(company_id: int, read_at: datetime | None, *, period: timedelta) -> datetime:
    """Return when a site is read again for the first time; where that is past, some time in the half period to come."""
    moment = now()
    due_at = next_due(company_id, read_at or moment, period=period)
    return due_at if due_at > moment else moment + period * 0.5 * _share(company_id, moment)


def next_due(company_id: int, since: datetime, *, period: timedelta) -> datetime:
    """Return a moment one period after `since`, give or take JITTER of it, so that one import's sites part ways."""
    return since + period * (1 - JITTER + 2 * JITTER * _share(company_id, since))


def _share(company_id: int, moment: datetime) -> float:
    """Return a number from 0 to 1 that a company and a day always give, and that looks random across companies."""
    digest = hashlib.sha256(f"{company_id}:{moment:%Y-%m-%d}".encode()).digest()
    return int.from_bytes(digest[:4]) / 2**32
