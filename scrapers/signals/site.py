"""From the signals of single pages to facts about the site: kind, posting, contact, each with its page and quote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from statistics import median

from scrapers.report import PageKind, SitePage, SiteSignal
from scrapers.signals.kind import kinds_of_site


def site_signals(pages: Sequence[SitePage]) -> tuple[SiteSignal, ...]:
    """Return the signals of a whole site: those of its pages, merged, then what they add up to."""
    merged: dict[tuple[str, str], SiteSignal] = {}
    for page in pages:
        for signal in page.signals:
            if signal.name != "post_date":
                merged.setdefault(
                    (signal.name, signal.value), SiteSignal(signal.name, signal.value, signal.quote, page.url)
                )
    derived = [*kinds_of_site(pages, merged), *_posting(pages), *_contact(pages), *_languages(pages)]
    return (*merged.values(), *derived)


def _posting(pages: Sequence[SitePage]) -> Iterator[SiteSignal]:
    """The newest post, and the median days between posts when five or more are dated."""
    today = max((page.fetched_at.date() for page in pages), default=None)
    dated: dict[date, tuple[str, str]] = {}
    for page in pages:
        for signal in page.signals:
            if signal.name == "post_date" and page.kind in (
                PageKind.BLOG,
                PageKind.POST,
                PageKind.HOME,
                PageKind.OTHER,
            ):
                dated.setdefault(date.fromisoformat(signal.value), (signal.quote, page.url))
    days = sorted((day for day in dated if today is None or day <= today), reverse=True)
    if not days:
        return
    yield SiteSignal("newest_post", days[0].isoformat(), *dated[days[0]])
    if len(days) >= 5:
        gaps = [(later - earlier).days for later, earlier in pairwise(days)]
        yield SiteSignal("posting_rhythm", f"every {median(gaps):g} days", *dated[days[-1]])


def _contact(pages: Sequence[SitePage]) -> Iterator[SiteSignal]:
    for page in pages:
        if page.emails:
            yield SiteSignal("contactable", "email", page.emails[0].address, page.url)
            break
    for page in pages:
        if page.phones:
            yield SiteSignal("contactable", "phone", page.phones[0].number, page.url)
            break
    for page in pages:
        if page.kind is PageKind.CONTACT:
            yield SiteSignal("contactable", "contact page", page.title[:240], page.url)
            break


def _languages(pages: Sequence[SitePage]) -> Iterator[SiteSignal]:
    seen: set[str] = set()
    for page in pages:
        if page.language and page.language not in seen and len(page.main_text) > 200:
            seen.add(page.language)
            yield SiteSignal("language", page.language, page.main_text[:120].replace("\n", " "), page.url)


def main_language(pages: Sequence[SitePage]) -> str | None:
    """Return the language most of the site's text is in, or None."""
    weight: Counter[str] = Counter()
    for page in pages:
        if page.language:
            weight[page.language] += len(page.main_text)
    return weight.most_common(1)[0][0] if weight else None
