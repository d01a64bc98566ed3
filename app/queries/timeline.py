"""The timeline of a prospect: moves, notes, calls, crawls, changes, scores and decisions, merged, newest first.

One query a kind whatever the history holds: one per kind, each cut to one screen before they are merged.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.languages import counted
from app.languages import gettext as _
from app.models import (
    Activity,
    Application,
    ApplicationState,
    Crawl,
    CrawlState,
    Decision,
    DecisionOutcome,
    FitProfile,
    FitScore,
    Message,
    MoveEvent,
    PartnerPerson,
    ReceivedMail,
    SiteChange,
    StageChange,
    User,
)
from app.models.assignment import RuleAssignment
from app.queries.timeline_changes import changes_of_prospect, changes_of_tasks
from app.queries.timeline_entry import SCREEN, Timeline, TimelineEntry, TimelineGroup, TimelineKind, screen
from app.queries.timeline_words import (
    CRAWL_TONES,
    activity_in_words,
    crawl_in_words,
    mail_in_words,
    move_in_words,
    score_in_words,
    seen_in_words,
)


def timeline(
    session: Session,
    *,
    prospect_id: int,
    company_id: int,
    before: datetime | None = None,
    group: TimelineGroup | None = None,
) -> Timeline:
    """Return the newest entries older than `before` (aware), at least SCREEN of them where there are so many.

    Entries of the same moment are never torn apart, so that asking for the ones before it loses none. With a `group`
    only its kinds are read.
    """
    asked = [group] if group else list(TimelineGroup)
    found = [
        entry
        for each in asked
        for entry in _of_group(session, each, prospect_id=prospect_id, company_id=company_id, before=before)
    ]
    found.sort(key=lambda entry: (entry.at, entry.kind is TimelineKind.DECISION, entry.id), reverse=True)
    cut = SCREEN
    while SCREEN <= cut < len(found) and found[cut].at == found[cut - 1].at:
        cut += 1
    shown = tuple(found[:cut])
    return Timeline(shown, shown[-1].at if len(found) > cut else None)


def _of_group(
    session: Session, group: TimelineGroup, *, prospect_id: int, company_id: int, before: datetime | None
) -> list[TimelineEntry]:
    match group:
        case TimelineGroup.NOTES:
            return list(_activities(session, prospect_id, before))
        case TimelineGroup.MAILS:
            return [*_mails_in(session, prospect_id, before), *_mails_out(session, prospect_id, before)]
        case TimelineGroup.STAGES:
            kinds = (_moves, _decisions, _applications)
            return [entry for kind in kinds for entry in kind(session, prospect_id, before)]
        case TimelineGroup.CHANGES:
            return [
                *_assignments(session, prospect_id, before),
                *changes_of_prospect(session, prospect_id=prospect_id, company_id=company_id, before=before),
                *changes_of_tasks(session, prospect_id=prospect_id, before=before),
            ]
        case TimelineGroup.SITE:
            return [
                *_crawls(session, company_id, before),
                *_scores(session, prospect_id, before),
                *_site_changes(session, company_id, before),
            ]


def _moves(session: Session, prospect_id: int, before: datetime | None) -> Iterable[TimelineEntry]:
    rows = (
        select(StageChange, User.name)
        .outerjoin(User, User.id == StageChange.by_user_id)
        # A decision's move is told by the decision itself, with its reasons.
        .where(StageChange.prospect_id == prospect_id, StageChange.event != MoveEvent.DECISION)
    )
    for change, who in session.execute(screen(rows, StageChange.at, StageChange.id, before)):
        yield TimelineEntry(
            kind=TimelineKind.MOVE,
            id=change.id,
            at=change.at,
            title=move_in_words(change.event, change.from_stage, change.to_stage),
            who=who,
            body=change.reason,
        )


def _activities(session: Session, prospect_id: int, before: datetime | None) -> Iterable[TimelineEntry]:
    rows = (
        select(Activity, User.name, PartnerPerson.name)
        .outerjoin(User, User.id == Activity.author_id)
        .outerjoin(PartnerPerson, PartnerPerson.id == Activity.person_id)
        .where(Activity.prospect_id == prospect_id)
    )
    for activity, who, person in session.execute(screen(rows, Activity.at, Activity.id, before)):
        yield TimelineEntry(
            kind=TimelineKind(activity.kind.value),
            id=activity.id,
            at=activity.at,
            title=activity_in_words(activity.kind, is_ours=activity.author_id is not None),
            who=who or person,
            body=activity.body,
            author_id=activity.author_id,
        )


def _crawls(session: Session, company_id: int, before: datetime | None) -> Iterable[TimelineEntry]:
    rows = (
        select(Crawl, User.name)
        .outerjoin(User, User.id == Crawl.requested_by_id)
        .where(Crawl.company_id == company_id, Crawl.state.in_(CRAWL_TONES))
    )
    for crawl, who in session.execute(screen(rows, Crawl.finished_at, Crawl.id, before)):
        yield TimelineEntry(
            kind=TimelineKind.CRAWL,
            id=crawl.id,
            at=crawl.finished_at or crawl.requested_at,
            title=crawl_in_words(crawl.state, crawl.page_count),
            who=who,
            body=crawl.detail if crawl.state is CrawlState.FAILED else "",
            tone=CRAWL_TONES.get(crawl.state, ""),
        )


def _site_changes(session: Session, company_id: int, before: datetime | None) -> Iterable[TimelineEntry]:
    """Yield one entry per re-reading that found something; the passages stand in the page's own list."""
    at = func.max(SiteChange.at)
    rows = (
        select(SiteChange.crawl_id, at, func.count(), func.min(SiteChange.url))
        .where(SiteChange.company_id == company_id)
        .group_by(SiteChange.crawl_id)
        .order_by(at.desc(), SiteChange.crawl_id.desc())
        .limit(SCREEN + 1)
    )
    for crawl_id, moment, count, url in session.execute(rows if before is None else rows.having(at < before)):
        yield TimelineEntry(
            kind=TimelineKind.SITE_CHANGE,
            id=crawl_id,
            at=moment,
            title=counted("Site changed: %(num)s page", "Site changed: %(num)s pages", count),
            body=url if count == 1 else "",
        )


def _scores(session: Session, prospect_id: int, before: datetime | None) -> Iterable[TimelineEntry]:
    """Yield the scores that said something new: re-scoring often ends where it was, and that is no event."""
    scores = (
        select(
            FitScore.id,
            FitScore.computed_at,
            FitScore.score,
            FitScore.why_null,
            FitProfile.version,
            func.lag(FitScore.id).over(order_by=FitScore.id).label("previous_id"),
            func.lag(FitScore.score).over(order_by=FitScore.id).label("previous"),
            func.lag(FitScore.why_null).over(order_by=FitScore.id).label("previous_why"),
        )
        .join(FitProfile, FitProfile.id == FitScore.profile_id)
        .where(FitScore.prospect_id == prospect_id)
        .subquery()
    )
    told = scores.c
    rows = select(scores).where(
        or_(
            told.previous_id.is_(None),
            told.score.is_distinct_from(told.previous),
            told.why_null != told.previous_why,
        )
    )
    for row in session.execute(screen(rows, told.computed_at, told.id, before)):
        yield TimelineEntry(
            kind=TimelineKind.SCORE,
            id=row.id,
            at=row.computed_at,
            title=score_in_words(row.score, row.previous),
            body=row.why_null if row.score is None else _("Fit profile version %(number)s", number=row.version),
        )


def _decisions(session: Session, prospect_id: int, before: datetime | None) -> Iterable[TimelineEntry]:
    rows = (
        select(Decision, StageChange.from_stage, StageChange.reason, User.name)
        .join(StageChange, StageChange.id == Decision.stage_change_id)
        .outerjoin(User, User.id == Decision.reviewer_id)
        .where(Decision.prospect_id == prospect_id)
    )
    for decision, from_stage, reasons, who in session.execute(screen(rows, Decision.at, Decision.id, before)):
        is_approval = decision.outcome is DecisionOutcome.APPROVE
        yield TimelineEntry(
            kind=TimelineKind.DECISION,
            id=decision.id,
            at=decision.at,
            title=_("Approved") if is_approval else _("Declined"),
            who=who,
            body="\n".join(filter(None, (reasons, decision.note, seen_in_words(from_stage, decision.score)))),
            tone="success" if is_approval else "danger",
        )


def _mails_in(session: Session, prospect_id: int, before: datetime | None) -> Iterable[TimelineEntry]:
    rows = select(ReceivedMail).where(ReceivedMail.prospect_id == prospect_id)
    for mail in session.scalars(screen(rows, ReceivedMail.received_at, ReceivedMail.id, before)):
        words, tone = mail_in_words(mail.kind)
        yield TimelineEntry(
            kind=TimelineKind.MAIL_IN,
            id=mail.id,
            at=mail.received_at,
            title=f"{words}: {mail.subject}" if mail.subject else words,
            who=mail.from_name or mail.from_address or None,
            body=mail.new_text if mail.kind == "reply" else mail.kind_reason,
            tone=tone,
        )


def _mails_out(session: Session, prospect_id: int, before: datetime | None) -> Iterable[TimelineEntry]:
    rows = select(Message).where(Message.prospect_id == prospect_id, Message.accepted_at.is_not(None))
    for message in session.scalars(screen(rows, Message.accepted_at, Message.id, before)):
        yield TimelineEntry(
            kind=TimelineKind.MAIL_OUT,
            id=message.id,
            at=message.accepted_at or message.created_at,
            title=_("Mail sent: %(subject)s", subject=message.subject),
            body=message.text[:600],
        )


def _assignments(session: Session, prospect_id: int, before: datetime | None) -> Iterable[TimelineEntry]:
    rows = (
        select(RuleAssignment, User.name)
        .outerjoin(User, User.id == RuleAssignment.owner_id)
        .where(RuleAssignment.prospect_id == prospect_id)
    )
    for given, owner in session.execute(screen(rows, RuleAssignment.at, RuleAssignment.id, before)):
        yield TimelineEntry(
            kind=TimelineKind.ASSIGNED,
            id=given.id,
            at=given.at,
            title=_(
                "Assigned to %(name)s by rule “%(rule)s”", name=owner or _("somebody who left"), rule=given.rule_name
            ),
        )


def _applications(session: Session, prospect_id: int, before: datetime | None) -> Iterable[TimelineEntry]:
    """Yield when each application came; its decision is an entry of its own."""
    at = func.coalesce(Application.confirmed_at, Application.submitted_at)
    is_confirmed = Application.state != ApplicationState.UNCONFIRMED
    rows = select(Application).where(Application.prospect_id == prospect_id, is_confirmed)
    for application in session.scalars(screen(rows, at, Application.id, before)):
        yield TimelineEntry(
            kind=TimelineKind.APPLICATION,
            id=application.id,
            at=application.confirmed_at or application.submitted_at,
            title=_("Application came in"),
            who=application.name,
        )
