"""What changed on a site, for people: per re-reading, per page, passages side by side with the words that differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.languages import counted, mark
from app.languages import gettext as _
from app.models import ChangeKind, FitScore, Page, Prospect, SiteChange
from app.queries.links import outside_link

MAX_CHANGES = 60
# Two passages are shown as one that was edited where at least this share of their words is the same.
_ALIKE = 0.5
_LABELS = {
    ChangeKind.PAGE_ADDED: mark("new page"),
    ChangeKind.PAGE_CHANGED: mark("changed"),
    ChangeKind.PAGE_GONE: mark("gone"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """A run of words: `how` is same, removed or added."""

    how: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageChange:
    """What changed on one page. `edits` are passages that were reworded; removed and added ones stand alone."""

    id: int
    kind: ChangeKind
    url: str
    href: str | None
    title: str
    reason: str
    page_id: int | None
    edits: tuple[tuple[Words, ...], ...]
    removed: tuple[str, ...]
    added: tuple[str, ...]
    more_removed: int
    more_added: int

    @property
    def label(self) -> str:
        """Return what happened in a word or two, which are said where they are shown."""
        return _LABELS[self.kind]


@dataclass(frozen=True, slots=True)
class SiteRevision:
    """Everything that one re-reading found different."""

    crawl_id: int
    at: datetime
    changes: tuple[PageChange, ...]

    @property
    def summary(self) -> str:
        """Say in a line what changed: `2 pages changed, 1 gone`."""
        counts = {kind: sum(change.kind is kind for change in self.changes) for kind in ChangeKind}
        changed, added, gone = (
            counts[each] for each in (ChangeKind.PAGE_CHANGED, ChangeKind.PAGE_ADDED, ChangeKind.PAGE_GONE)
        )
        if changed:
            first = counted("%(num)s page changed", "%(num)s pages changed", changed)
        elif added:
            first = counted("%(num)s page new", "%(num)s pages new", added)
        else:
            first = counted("%(num)s page gone", "%(num)s pages gone", gone)
        more_added = _("%(num)s new", num=added) if added and changed else ""
        more_gone = _("%(num)s gone", num=gone) if gone and (changed or added) else ""
        return ", ".join(filter(None, [first, more_added, more_gone]))


def site_revisions(session: Session, company_id: int, *, pages: dict[str, int]) -> list[SiteRevision]:
    """Return what re-readings found different, the newest first, at most MAX_CHANGES pages in all."""
    rows = session.scalars(
        select(SiteChange)
        .where(SiteChange.company_id == company_id)
        .order_by(SiteChange.crawl_id.desc(), SiteChange.id)
        .limit(MAX_CHANGES)
    )
    by_crawl: dict[int, list[SiteChange]] = {}
    for row in rows:
        by_crawl.setdefault(row.crawl_id, []).append(row)
    return [
        SiteRevision(crawl_id, changes[0].at, tuple(_shown(change, pages.get(change.url)) for change in changes))
        for crawl_id, changes in by_crawl.items()
    ]


def _shown(change: SiteChange, page_id: int | None) -> PageChange:
    edits, removed, added = pair_passages(change.removed, change.added)
    return PageChange(
        id=change.id,
        kind=change.kind,
        url=change.url,
        href=outside_link(change.url),
        title=change.title,
        reason=change.reason,
        page_id=page_id,
        edits=edits,
        removed=removed,
        added=added,
        more_removed=change.removed_count - len(change.removed),
        more_added=change.added_count - len(change.added),
    )


def pair_passages(
    removed: Sequence[str], added: Sequence[str]
) -> tuple[tuple[tuple[Words, ...], ...], tuple[str, ...], tuple[str, ...]]:
    """Return reworded passages as runs of words, then the removed and the added ones that have no counterpart."""
    left, edits, alone = list(added), [], []
    for old in removed:
        best = max(left, key=lambda new: _likeness(old, new), default=None)
        if best is None or _likeness(old, best) < _ALIKE:
            alone.append(old)
            continue
        left.remove(best)
        edits.append(tuple(_word_runs(old.split(), best.split())))
    return tuple(edits), tuple(alone), tuple(left)


def _likeness(old: str, new: str) -> float:
    """The share of words two passages have in common; cheap, for it is asked of every pair."""
    these, those = set(old.lower().split()), set(new.lower().split())
    return 2 * len(these & those) / (len(these) + len(those) or 1)


def _word_runs(old: list[str], new: list[str]) -> Iterable[Words]:
    for how, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if how == "equal":
            yield Words("same", " ".join(old[start:end]))
            continue
        if end > start:
            yield Words("removed", " ".join(old[start:end]))
        if new_end > new_start:
            yield Words("added", " ".join(new[new_start:new_end]))


def known_addresses(session: Session, company_id: int) -> list[str]:
    """Return the addresses of a company's saved pages, those that a newest score cites first."""
    prospects = select(Prospect.id).where(Prospect.company_id == company_id)
    newest = select(func.max(FitScore.id)).where(FitScore.prospect_id.in_(prospects)).group_by(FitScore.prospect_id)
    parts = session.scalars(select(FitScore.parts).where(FitScore.id.in_(newest)))
    cited = {citation["url"] for rows in parts for part in rows for citation in part.get("citations") or ()}
    saved = session.scalars(select(Page.url).where(Page.company_id == company_id).order_by(Page.id))
    return sorted(saved, key=lambda url: url not in cited)
