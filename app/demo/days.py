"""What the demo's people have to do today: tasks late, due and still to come, a site that changed, who comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.demo.program import AFTERGLOW_PARTNERS
from app.models import Company, Program, Prospect, TaskKind, User
from app.services.task_times import due_moment
from app.services.tasks import NewTask, add_task_by_hand, complete_task, open_task

_THEO, _AMARA, _SAM = "theo@example.com", "amara@example.com", "sam@example.com"
_COMES_BACK = ("quietharbor-agency.demo.test", 4)
_CHANGED = "checkout-clinic.demo.test"


@dataclass(frozen=True, slots=True)
class DemoTask:
    """A task; `days` is its day counted from today, None for none, `at` a time of it. Nobody has it without `to`."""

    title: str
    days: int | None
    domain: str = ""
    to: str = _THEO
    by: str = _THEO
    at: time | None = None
    is_done: bool = False


_TASKS = (
    DemoTask("Answer Dana: what the holdout report costs", -2, "liftwell.demo.test"),
    DemoTask("Send the SOC 2 report", -1, "twelve-oaks-digital.demo.test"),
    DemoTask("Call Sam about the test store", 0, "cobbleworks.demo.test"),
    DemoTask("Ask Saskia whether the method paper arrived", 0, "marginal-gains-lab.demo.test"),
    DemoTask("Write down what the retailers were promised", 1, "northgate-pos.demo.test", at=time(14, 30)),
    DemoTask("Find who decides at the hosting firms of the second list", 3, to=_SAM),
    DemoTask("Two examples from Poland for the leaflet", None, to="", by=_AMARA),
    DemoTask("Book the table at the merchants' evening", 0, is_done=True),
)


def fill_the_day(session: Session, people: dict[str, User]) -> None:
    """Give Theo and his colleagues something in each group of a day that nobody else's work fills."""
    program = session.scalars(select(Program).where(Program.slug == AFTERGLOW_PARTNERS.slug)).one()
    people[_THEO].time_zone = "Europe/London"
    for each in _TASKS:
        _add(session, program, each, people)
    changed = _prospect(session, program, _CHANGED)
    open_task(
        session,
        NewTask(
            program_id=program.id,
            prospect_id=changed.id,
            kind=TaskKind.SITE_CHANGE,
            title="Checkout Clinic: a page that the score cites is gone",
            detail="Look whether they still do what we wrote to them about.",
            assignee_id=people[_THEO].id,
            due_at=now() + timedelta(days=2),
        ),
    )
    domain, days = _COMES_BACK
    _prospect(session, program, domain).wake_up_on = today() + timedelta(days=days)


def _add(session: Session, program: Program, each: DemoTask, people: dict[str, User]) -> None:
    day = None if each.days is None else today() + timedelta(days=each.days)
    new = NewTask(
        program_id=program.id,
        prospect_id=_prospect(session, program, each.domain).id if each.domain else None,
        title=each.title,
        assignee_id=people[each.to].id if each.to else None,
        due_at=due_moment(day, each.at, people[_THEO].zone),
        is_timed=each.at is not None,
    )
    task = add_task_by_hand(session, new, actor=people[each.by])
    if each.is_done:
        complete_task(session, task, actor=people[each.by])


def _prospect(session: Session, program: Program, domain: str) -> Prospect:
    return session.scalars(
        select(Prospect).join(Company).where(Prospect.program_id == program.id, Company.domain == domain)
    ).one()
