"""The agenda of a business review, read off the data as plain values, so that a finished review can keep it as JSON."""

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.languages import mark
from app.models import (
    OPEN_ACTION_STATES,
    Activity,
    ActivityKind,
    Message,
    OnboardingAction,
    OnboardingPlan,
    Partnership,
    Prospect,
    ReceivedMail,
    SiteChange,
    Task,
    TaskState,
)
from app.queries.care_results import partner_results
from app.queries.keeping_goals import goals_of, plain
from app.queries.keeping_touch import REPLY, last_touch

LINES = 10


def agenda_of(session: Session, partnership: Partnership, since_on: date) -> dict[str, Any]:
    """Return what there is to talk about since a day; the same keys each time, in a fixed number of statements."""
    since = datetime.combine(since_on, time.min, UTC)
    touched_at = last_touch(session, partnership)
    return {
        "as_of": now().isoformat(),
        "since_on": since_on.isoformat(),
        "days_since_touch": (now() - touched_at).days,
        "goals": _goals(session, partnership.id),
        "results": _results(session, partnership.id, since_on),
        "tasks": _tasks(session, partnership.prospect_id),
        "steps": _steps(session, partnership.id),
        "contact": _contact(session, partnership.prospect_id, since),
        "site": _site(session, partnership.prospect_id, since),
    }


def _goals(session: Session, partnership_id: int) -> list[dict[str, Any]]:
    return [
        {
            "kpi": goal.kpi,
            "unit": goal.unit,
            "value": plain(goal.line.value),
            "value_on": goal.line.value_on.isoformat() if goal.line.value_on else "",
            "target": plain(goal.line.target),
            "due_on": goal.line.due_on.isoformat(),
            "expected": plain(goal.line.expected_at(goal.line.value_on or today())),
            "share": goal.line.share,
            "state": goal.state.value,
            "label": goal.state.label,
            "tone": goal.state.tone,
        }
        for goal in goals_of(session, partnership_id)
        if not goal.is_closed
    ]


def _results(session: Session, partnership_id: int, since_on: date) -> list[dict[str, Any]]:
    """Return the months since, the one of that day among them, with what was reported of each."""
    first = since_on.replace(day=1)
    return [
        {"month": line.month_text, "revenue": line.revenue_text, "leads": line.leads}
        for line in partner_results(session, partnership_id).lines
        if line.month >= first
    ]


def _tasks(session: Session, prospect_id: int) -> dict[str, Any]:
    is_open = and_(Task.prospect_id == prospect_id, Task.state == TaskState.OPEN)
    return _open_and_late(session, select(Task.title, Task.due_at).where(is_open), Task.due_at)


def _steps(session: Session, partnership_id: int) -> dict[str, Any]:
    query = (
        select(OnboardingAction.title, OnboardingAction.due_at)
        .join(OnboardingPlan, OnboardingPlan.id == OnboardingAction.plan_id)
        .where(OnboardingPlan.partnership_id == partnership_id, OnboardingAction.state.in_(OPEN_ACTION_STATES))
    )
    return _open_and_late(session, query, OnboardingAction.due_at)


def _open_and_late(session: Session, query: Any, due_at: Any) -> dict[str, Any]:
    """Return how many there are, how many are late, and the LINES that are due first."""
    late: ColumnElement[bool] = due_at < now()
    counted = query.with_only_columns(func.count(), func.count(case((late, 1)))).order_by(None)
    total, late_count = session.execute(counted).one()
    rows = session.execute(query.order_by(due_at.is_(None), due_at).limit(LINES)).all()
    lines = [{"title": title, "due_on": due.date().isoformat() if due else ""} for title, due in rows]
    return {"open": total, "late": late_count, "lines": lines}


def _contact(session: Session, prospect_id: int, since: datetime) -> dict[str, int]:
    ours = Activity.author_id.is_not(None)
    kinds = (
        Activity.kind == ActivityKind.CALL,
        and_(Activity.kind == ActivityKind.MESSAGE, ours),
        and_(Activity.kind == ActivityKind.MESSAGE, ~ours),
        Activity.kind == ActivityKind.NOTE,
    )
    counts: tuple[int, ...] = session.execute(
        select(*(func.count(case((each, 1))) for each in kinds)).where(
            Activity.prospect_id == prospect_id, Activity.at >= since
        )
    ).one()
    calls, to_them, from_them, notes = counts
    sent = select(func.count()).where(Message.prospect_id == prospect_id, Message.accepted_at >= since)
    received = select(func.count()).where(
        ReceivedMail.prospect_id == prospect_id, ReceivedMail.kind == REPLY, ReceivedMail.received_at >= since
    )
    mails_out, mails_in = session.execute(select(sent.scalar_subquery(), received.scalar_subquery())).one()
    return {
        "calls": calls,
        "messages_out": to_them,
        "messages_in": from_them,
        "notes": notes,
        "mails_out": mails_out,
        "mails_in": mails_in,
    }


def _site(session: Session, prospect_id: int, since: datetime) -> dict[str, Any]:
    of_site = and_(
        SiteChange.company_id == select(Prospect.company_id).where(Prospect.id == prospect_id).scalar_subquery(),
        SiteChange.at >= since,
    )
    total = session.scalar(select(func.count()).select_from(SiteChange).where(of_site)) or 0
    rows = session.execute(
        select(SiteChange.kind, SiteChange.title, SiteChange.url)
        .where(of_site)
        .order_by(SiteChange.id.desc())
        .limit(LINES)
    )
    words = {"page_added": mark("New page"), "page_changed": mark("Changed page"), "page_gone": mark("Page gone")}
    lines = [{"what": words[kind.value], "title": title or url, "url": url} for kind, title, url in rows]
    return {"changes": total, "lines": lines}
