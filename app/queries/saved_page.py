"""The saved text of one page with the passages that earned points marked in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import FitScore, Page
from app.queries.links import outside_link


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the text that a score cites; `is_target` for the one that was asked for."""

    start: int
    end: int
    labels: tuple[str, ...]
    is_target: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a line: plain, or inside a mark. `opens` on the first piece of the mark that was asked for."""

    text: str
    mark: Mark | None = None
    opens: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """A saved page, line by line. `lost` holds the words asked for that are no longer on the page."""

    id: int
    url: str
    href: str | None
    title: str
    kind: str
    language: str | None
    fetched_at: datetime
    lines: tuple[tuple[Piece, ...], ...]
    lost: str
    changed_since_score: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to highlight: a span of characters, or words to look for; neither shows the cited passages alone."""

    start: int | None = None
    end: int | None = None
    words: str = ""


def parse_span(text: str) -> tuple[int, int] | None:
    """Read `120-480` from an address; None for anything that is no span, for people edit addresses by hand."""
    first, _, last = text.partition("-")
    if not (first.isdecimal() and last.isdecimal() and len(first) < 9 and len(last) < 9):
        return None
    return (int(first), int(last)) if int(first) < int(last) else None


def saved_page(
    session: Session, *, company_id: int, prospect_id: int, page_id: int, wanted: Wanted
) -> PageReading | None:
    """Return a company's saved page with the newest score's passages marked, or None where there is no such page."""
    page = session.scalar(select(Page).where(Page.id == page_id, Page.company_id == company_id))
    if page is None:
        return None
    score = session.scalar(
        select(FitScore).where(FitScore.prospect_id == prospect_id).order_by(FitScore.id.desc()).limit(1)
    )
    marks, lost = _marks(page, score, wanted)
    known_hash = score.page_hashes.get(page.url) if score else None
    return PageReading(
        id=page.id,
        url=page.url,
        href=outside_link(page.url),
        title=page.title,
        kind=page.kind,
        language=page.language,
        fetched_at=page.fetched_at,
        lines=tuple(lines_with_marks(page.text, marks)),
        lost=lost,
        changed_since_score=known_hash is not None and known_hash != page.content_hash,
    )


def lines_with_marks(text: str, marks: Sequence[Mark]) -> Iterator[tuple[Piece, ...]]:
    """Cut a text into lines and each line into plain and marked pieces; marks must not overlap. Empty lines go."""
    offset = 0
    opened: set[Mark] = set()
    for line in text.split("\n"):
        pieces = []
        here, end = offset, offset + len(line)
        for mark in sorted(marks, key=lambda mark: mark.start):
            start, stop = max(mark.start, here), min(mark.end, end)
            if start >= stop:
                continue
            if start > here:
                pieces.append(Piece(text[here:start]))
            pieces.append(Piece(text[start:stop], mark, opens=mark.is_target and mark not in opened))
            opened.add(mark)
            here = stop
        if here < end:
            pieces.append(Piece(text[here:end]))
        if any(piece.text.strip() for piece in pieces):
            yield tuple(pieces)
        offset = end + 1


def _marks(page: Page, score: FitScore | None, wanted: Wanted) -> tuple[list[Mark], str]:
    cited = _cited(page, score)
    target, lost = _target(page, cited, wanted)
    marks = [] if target is None else [target]
    for start, end, quote, label in cited:
        place = _place(page.text, start, end, quote)
        if place is None:
            continue
        twin = next((mark for mark in marks if (mark.start, mark.end) == place), None)
        if twin is not None:
            marks[marks.index(twin)] = Mark(twin.start, twin.end, (*twin.labels, label), twin.is_target)
        elif all(place[1] <= mark.start or place[0] >= mark.end for mark in marks):
            marks.append(Mark(*place, (label,)))
    return marks, lost


def _target(page: Page, cited: list[tuple[int, int, str, str]], wanted: Wanted) -> tuple[Mark | None, str]:
    """Return the mark asked for; where the page was read again meanwhile, look for the words of the citation."""
    quote = wanted.words.strip()
    if wanted.start is not None and wanted.end is not None:
        quote = next((q for start, end, q, _ in cited if (start, end) == (wanted.start, wanted.end)), "")
        if not quote and wanted.end <= len(page.text):
            return Mark(wanted.start, wanted.end, (), is_target=True), ""
    place = _place(page.text, wanted.start or 0, wanted.end or 0, quote)
    if place is None:
        return None, quote
    return Mark(*place, (), is_target=True), ""


def _place(text: str, start: int, end: int, quote: str) -> tuple[int, int] | None:
    if not quote:
        return None
    if text[start:end] == quote:
        return start, end
    found = text.find(quote)
    return None if found < 0 else (found, found + len(quote))


def _cited(page: Page, score: FitScore | None) -> list[tuple[int, int, str, str]]:
    return [
        (int(citation.get("start") or 0), int(citation.get("end") or 0), str(citation["quote"]), str(part["label"]))
        for part in (score.parts if score else ())
        for citation in part.get("citations") or ()
        if citation["url"] == page.url
    ]
