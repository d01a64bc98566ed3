"""Change watch: keep what a re-reading found different, and tell the prospect's owner once when it matters.

It matters when a page that a score cites is gone, or when the score moves by more than the program's amount. Both can
come of one reading, first the one, then the other: they share one task. Decisions keep the score they saw.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import (
    BOARD_STAGES,
    ChangeKind,
    Company,
    Crawl,
    FitScore,
    Page,
    Program,
    Prospect,
    SiteChange,
    Task,
    TaskKind,
    TaskState,
    User,
    WatchRule,
)
from app.services.audit import record_audit
from app.services.errors import InvalidInput
from app.services.tasks import NewTask, open_task, task_of_origin
from scrapers.changes import compare_texts
from scrapers.report import SitePage

DEFAULT_POINTS = 10.0
DUE_IN = timedelta(days=3)
_SCORE_WORDS = "The fit score"


def record_added(session: Session, crawl: Crawl, page: SitePage) -> None:
    """Keep that a page was not there when the site was last read."""
    found = compare_texts("", page.full_text)
    _keep(session, crawl, ChangeKind.PAGE_ADDED, page.url, title=page.title, added=found.added,
          added_count=found.added_count, new_hash=page.content_hash)  # fmt: skip


def record_changed(session: Session, crawl: Crawl, old: Page, new: SitePage) -> None:
    """Keep which passages a page lost and gained; nothing where they only moved."""
    found = compare_texts(old.text, new.full_text)
    if found.removed_count or found.added_count:
        _keep(session, crawl, ChangeKind.PAGE_CHANGED, old.url, title=new.title, removed=found.removed,
              added=found.added, removed_count=found.removed_count, added_count=found.added_count,
              old_hash=old.content_hash, new_hash=new.content_hash)  # fmt: skip


def record_gone(session: Session, crawl: Crawl, pages: Mapping[int, Page], why: Mapping[int, str]) -> None:
    """Keep that pages are gone (both by page id), and open a task for each prospect whose score cites one of them.

    Called before the pages are deleted; what stood on them is kept as removed passages.
    """
    for page_id, page in pages.items():
        found = compare_texts(page.text, "")
        _keep(session, crawl, ChangeKind.PAGE_GONE, page.url, title=page.title, reason=why[page_id][:500],
              removed=found.removed, removed_count=found.removed_count, old_hash=page.content_hash)  # fmt: skip
    session.flush()
    reasons = {page.url: why[page_id] for page_id, page in pages.items()}
    for prospect, score in _scored_prospects(session, crawl.company_id) if reasons else ():
        cited = [url for url in cited_urls(score) if url in reasons]
        if cited:
            _tell(session, prospect, crawl.id, title=_gone_title(session, prospect, cited),
                  sentence=_gone_sentence(cited, reasons))  # fmt: skip


def _keep(session: Session, crawl: Crawl, kind: ChangeKind, url: str, **values: object) -> None:
    for side in ("removed", "added"):
        values[side] = list(values.get(side) or ())  # type: ignore[call-overload]
    values["title"] = str(values.get("title", ""))[:500]
    session.add(SiteChange(company_id=crawl.company_id, crawl_id=crawl.id, kind=kind, url=url[:2000], **values))


def note_score(session: Session, prospect: Prospect, score: FitScore) -> Task | None:
    """Open a task where a new score has moved too far since the site was read before; return it.

    Compared is with the score under the same profile and model that the owner was last told of, or the first one: many
    small moves in one direction count together. A move without a change of the site is none of the watch's business.
    """
    baseline = _baseline(session, prospect, score)
    if baseline is None or baseline.score is None or prospect.stage not in BOARD_STAGES:
        return None
    changes = _changes_since(session, prospect.company_id, baseline.computed_at)
    points = watch_points(session, prospect.program_id)
    if not changes or (score.score is not None and abs(score.score - baseline.score) <= points):
        return None
    name = session.get_one(Company, prospect.company_id).name
    moved = _movement(baseline.score, score)
    sentence = f"{_SCORE_WORDS} {moved} after the site was read again: {_changes_in_words(changes)}."
    crawl_id = max(change.crawl_id for change in changes)
    return _tell(session, prospect, crawl_id, title=f"{name}: fit score {moved}", sentence=sentence)


def _tell(session: Session, prospect: Prospect, crawl_id: int, *, title: str, sentence: str) -> Task | None:
    """Open the one task of a prospect and a reading, or add the sentence to it while it is open."""
    if prospect.stage not in BOARD_STAGES:
        return None
    origin = f"{_origin_prefix(prospect.id)}{crawl_id}"
    task = task_of_origin(session, origin)
    if task is None:
        return open_task(
            session,
            NewTask(
                program_id=prospect.program_id,
                prospect_id=prospect.id,
                kind=TaskKind.SITE_CHANGE,
                title=title,
                detail=sentence,
                assignee_id=prospect.owner_id,
                due_at=now() + DUE_IN,
                origin=origin,
            ),
        )
    if task.state is TaskState.OPEN and _SCORE_WORDS not in task.detail:
        task.detail = f"{task.detail}\n{sentence}"
    return task


def _origin_prefix(prospect_id: int) -> str:
    return f"watch:{prospect_id}:"


def _baseline(session: Session, prospect: Prospect, score: FitScore) -> FitScore | None:
    same_yardstick = (
        FitScore.prospect_id == prospect.id,
        FitScore.profile_id == score.profile_id,
        FitScore.model_id == score.model_id,
        FitScore.score.is_not(None),
        FitScore.id < score.id,
    )
    told_at = _first_change_after_told(session, prospect)
    if told_at is not None:
        told = select(FitScore).where(*same_yardstick, FitScore.computed_at < told_at)
        found = session.scalar(told.order_by(FitScore.id.desc()).limit(1))
        if found is not None:
            return found
    return session.scalar(select(FitScore).where(*same_yardstick).order_by(FitScore.id).limit(1))


def _first_change_after_told(session: Session, prospect: Prospect) -> datetime | None:
    """Return the moment of the first change that the owner has had no task about; None where there was no task yet."""
    prefix = _origin_prefix(prospect.id)
    told = session.scalars(select(Task.origin).where(Task.origin.startswith(prefix, autoescape=True))).all()
    if not told:
        return None
    last = max(int(origin.removeprefix(prefix)) for origin in told if origin)
    newer = (SiteChange.company_id == prospect.company_id, SiteChange.crawl_id > last)
    return session.scalar(select(SiteChange.at).where(*newer).order_by(SiteChange.id).limit(1)) or now()


def _changes_since(session: Session, company_id: int, since: datetime) -> Sequence[SiteChange]:
    return session.scalars(
        select(SiteChange).where(SiteChange.company_id == company_id, SiteChange.at > since).order_by(SiteChange.id)
    ).all()


def _scored_prospects(session: Session, company_id: int) -> Iterable[tuple[Prospect, FitScore]]:
    for prospect in session.scalars(select(Prospect).where(Prospect.company_id == company_id)):
        newest = select(FitScore).where(FitScore.prospect_id == prospect.id).order_by(FitScore.id.desc()).limit(1)
        score = session.scalar(newest)
        if score is not None:
            yield prospect, score


def cited_urls(score: FitScore) -> list[str]:
    """Return the addresses of the pages that a score quotes, those that earn most first."""
    points: dict[str, float] = {}
    for part in score.parts:
        for citation in part.get("citations") or ():
            points[citation["url"]] = points.get(citation["url"], 0.0) + abs(citation["points"])
    return sorted(points, key=lambda url: -points[url])


def watch_points(session: Session, program_id: int) -> float:
    """Return by how many points a score must move in a program to make a task."""
    points = session.scalar(select(WatchRule.points).where(WatchRule.program_id == program_id))
    return DEFAULT_POINTS if points is None else points


def set_watch_points(session: Session, program: Program, points: float, *, actor: User) -> None:
    """Set by how many points a score must move to make a task. Raises InvalidInput outside 1 to 100."""
    if not 1 <= points <= 100:
        raise InvalidInput({"points": _("Give a number of points from 1 to 100.")})
    rule = session.scalar(select(WatchRule).where(WatchRule.program_id == program.id).with_for_update())
    if rule is None:
        rule = WatchRule(program_id=program.id)
        session.add(rule)
    rule.points, rule.set_by_id, rule.at = points, actor.id, now()
    record_audit(session, "watch.points_set", subject=f"program:{program.id}", actor_id=actor.id,
                 program_id=program.id, details={"points": points})  # fmt: skip


def _movement(before: float, score: FitScore) -> str:
    if score.score is None:
        return f"{before:.1f} is gone ({score.why_null.rstrip('. ') or 'not enough evidence'})"
    return f"{'rose' if score.score > before else 'fell'} from {before:.1f} to {score.score:.1f}"


def _gone_title(session: Session, prospect: Prospect, cited: Sequence[str]) -> str:
    name = session.get_one(Company, prospect.company_id).name
    what = "a page that the fit score cites is gone" if len(cited) == 1 else f"{len(cited)} cited pages are gone"
    return f"{name}: {what}"


def _gone_sentence(cited: Sequence[str], reasons: Mapping[str, str]) -> str:
    return " ".join(f"The score rests on {url}, which is gone: {reasons[url].rstrip('.')}." for url in cited[:5])


def _changes_in_words(changes: Sequence[SiteChange]) -> str:
    verbs = {ChangeKind.PAGE_ADDED: "is new", ChangeKind.PAGE_CHANGED: "changed", ChangeKind.PAGE_GONE: "is gone"}
    said = dict.fromkeys(f"{change.url} {verbs[change.kind]}" for change in reversed(changes))
    shown = list(said)[:4]
    more = len(said) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")
