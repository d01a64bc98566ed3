"""The review queue: what waits for an answer, the overdue first, then the best fit; and how many wait."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    OPEN_APPLICATION_STATES,
    Application,
    ApplicationState,
    Company,
    FitState,
    Prospect,
    Stage,
)

SCREEN = 40


class QueueTab(StrEnum):
    """The tabs of the queue, in their order."""

    TO_REVIEW = "to_review"
    ASKED = "asked"
    CLOSED = "closed"
    UNCONFIRMED = "unconfirmed"

    @property
    def label(self) -> str:
        """Return the tab's name for people."""
        return {"to_review": "To review", "asked": "Asked back", "closed": "Closed", "unconfirmed": "Not confirmed"}[
            self.value
        ]


class QueueOrder(StrEnum):
    """How the queue is sorted; what is overdue comes first in both."""

    FIT = "fit"
    WAITING = "waiting"


_STATES = {
    QueueTab.TO_REVIEW: (ApplicationState.SUBMITTED,),
    QueueTab.ASKED: (ApplicationState.ASKED,),
    QueueTab.CLOSED: (
        ApplicationState.APPROVED,
        ApplicationState.DECLINED,
        ApplicationState.WITHDRAWN,
        ApplicationState.REPLACED,
    ),
    QueueTab.UNCONFIRMED: (ApplicationState.UNCONFIRMED,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One application in the queue, with its prospect's score."""

    id: int
    version: int
    company: str
    domain: str
    who: str
    state: ApplicationState
    since_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    fit_score: float | None
    fit_state: FitState | None
    stage: Stage | None

    @property
    def is_overdue(self) -> bool:
        """Say whether the promised day is past and nobody answered."""
        return self.state is ApplicationState.SUBMITTED and self.due_at is not None and self.due_at < now()

    @property
    def left_s(self) -> float:
        """Return how long until the promised moment in seconds; negative when it is past."""
        return (self.due_at - now()).total_seconds() if self.due_at else 0.0


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One screen of a tab; `next_from` asks for the next one."""

    rows: tuple[QueueRow, ...]
    next_from: int | None


def queue_page(
    session: Session, program_id: int, tab: QueueTab, *, order: QueueOrder = QueueOrder.FIT, start: int = 0
) -> QueuePage:
    """Return a screen of a tab, from the row numbered `start` on."""
    query = _sorted(_rows(program_id, tab), tab, order).offset(start).limit(SCREEN + 1)
    found = session.execute(query).all()
    rows = tuple(_row(application, prospect, company) for application, prospect, company in found[:SCREEN])
    return QueuePage(rows, start + SCREEN if len(found) > SCREEN else None)


def tab_counts(session: Session, program_id: int) -> dict[QueueTab, int]:
    """Return how many applications lie in each tab, in one query."""
    found = session.execute(
        select(Application.state, func.count().label("total"))
        .where(Application.program_id == program_id)
        .group_by(Application.state)
    )
    by_state = {row.state: row.total for row in found}
    return {tab: sum(by_state.get(state, 0) for state in states) for tab, states in _STATES.items()}


def neighbors_of(
    session: Session, program_id: int, application_id: int, *, order: QueueOrder
) -> tuple[int | None, int | None]:
    """Return the applications before and after one in the first thousand of the queue."""
    query = _sorted(_rows(program_id, QueueTab.TO_REVIEW), QueueTab.TO_REVIEW, order)
    ids = list(session.scalars(query.with_only_columns(Application.id).limit(1_000)))
    if application_id not in ids:
        return None, ids[0] if ids else None
    place = ids.index(application_id)
    return ids[place - 1] if place else None, ids[place + 1] if place + 1 < len(ids) else None


def is_open(state: ApplicationState) -> bool:
    """Say whether a reviewer may decide an application in this state."""
    return state in OPEN_APPLICATION_STATES


def _rows(program_id: int, tab: QueueTab) -> Select[Application, Prospect | None, Company | None]:
    return (
        select(Application, Prospect, Company)
        .outerjoin(Prospect, Prospect.id == Application.prospect_id)
        .outerjoin(Company, Company.id == Prospect.company_id)
        .where(Application.program_id == program_id, Application.state.in_(_STATES[tab]))
    )


def _sorted(
    query: Select[Application, Prospect | None, Company | None], tab: QueueTab, order: QueueOrder
) -> Select[Application, Prospect | None, Company | None]:
    if tab is QueueTab.CLOSED:
        return query.order_by(Application.closed_at.desc(), Application.id.desc())
    overdue_first = case((Application.due_at < now(), 0), else_=1)
    if order is QueueOrder.WAITING or tab is not QueueTab.TO_REVIEW:
        return query.order_by(overdue_first, Application.due_at, Application.id)
    return query.order_by(overdue_first, Prospect.fit_sort.desc(), Application.due_at, Application.id)


def _row(application: Application, prospect: Prospect | None, company: Company | None) -> QueueRow:
    return QueueRow(
        id=application.id,
        version=application.version,
        company=application.company_name or (company.name if company else ""),
        domain=application.domain,
        who=application.name,
        state=application.state,
        since_at=application.confirmed_at or application.submitted_at,
        due_at=application.due_at,
        closed_at=application.closed_at,
        fit_score=prospect.fit_score if prospect else None,
        fit_state=prospect.fit_state if prospect else None,
        stage=prospect.stage if prospect else None,
    )
