"""Passages of a prospect's own pages that a mail may quote, and whether the page still says them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import FitScore, Page, Prospect

MIN_CHARACTERS = 30
MAX_CHARACTERS = 220
_MOST = 12
_NO_LETTER = re.compile(r"[\W_]+")
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a page as they stand there, with the page's address and title."""

    url: str
    title: str
    text: str


def quotable(session: Session, prospect_id: int) -> list[Quote]:
    """Return sentences that earned the prospect points and still stand on its pages, the most telling first."""
    parts = session.scalar(
        select(FitScore.parts).where(FitScore.prospect_id == prospect_id).order_by(FitScore.id.desc()).limit(1)
    )
    cited = [each for part in parts or () for each in part.get("citations", ()) if each.get("points", 0) > 0]
    cited.sort(key=lambda each: -float(each["points"]))
    pages = _pages(session, prospect_id)
    found: dict[str, Quote] = {}
    for each in cited:
        page = pages.get(str(each.get("url", "")))
        for sentence in _sentences(str(each.get("quote", ""))) if page else ():
            if page and says(page.text, sentence):
                found.setdefault(sentence, Quote(page.url, page.title, sentence))
    return list(found.values())[:_MOST]


def still_said(session: Session, prospect_id: int, *, url: str, text: str) -> bool:
    """Whether the newest saved copy of a page still holds these words; a page that is gone says nothing."""
    page = _pages(session, prospect_id).get(url)
    return page is not None and says(page.text, text)


def title_of(session: Session, prospect_id: int, url: str) -> str:
    """Return the title of a saved page; "" where it is not saved."""
    page = _pages(session, prospect_id).get(url)
    return page.title if page else ""


def says(page_text: str, words: str) -> bool:
    """Whether a text holds these words, white space and case aside: neither changes what is said."""
    wanted = _plain(words)
    return bool(wanted) and wanted in _plain(page_text)


def carries(mail_text: str, words: str) -> bool:
    """Whether a mail holds these words, by their letters and digits alone.

    A person may have wrapped, marked or re-punctuated them, and composing breaks links in foreign words.
    """
    wanted = _letters(words)
    return bool(wanted) and wanted in _letters(mail_text)


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", text.casefold())


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _sentences(passage: str) -> Iterator[str]:
    for match in _SENTENCE.finditer(passage):
        sentence = " ".join(match[0].split())
        if MIN_CHARACTERS <= len(sentence) <= MAX_CHARACTERS:
            yield sentence


def _pages(session: Session, prospect_id: int) -> dict[str, Page]:
    rows = session.scalars(
        select(Page).join(Prospect, Prospect.company_id == Page.company_id).where(Prospect.id == prospect_id)
    )
    return {page.url: page for page in rows}
