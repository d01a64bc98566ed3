"""The automation ledger: what the product did and what people did, per kind of work, and what waits for people."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import counted
from app.languages import gettext as _
from app.models import Program
from app.queries.reports.queues import queues
from app.queries.reports.scope import Scope
from app.queries.reports.table import Bar, Cell, Column, Picture, Report, Table, Unit
from app.queries.reports.work import WORK


@dataclass(frozen=True, slots=True)
class _Work:
    """One kind of work: what a person needs for one piece, in minutes, and how often each side did it."""

    name: str
    minutes: float
    by_product: int
    by_people: int

    @property
    def saved(self) -> float:
        return self.minutes * self.by_product


def automation(session: Session, scope: Scope) -> Report:
    """Return counts of the product's and people's work in the period, minutes saved, and the oldest waiting work.

    Minutes are assumptions, shown beside each kind, not measurements: what the work takes a person who knows it.
    """
    scope = scope.looked_up(session)
    minutes = minutes_in_force(session, scope)
    works = [_Work(_(kind.name), minutes[kind.code], *kind.count(session, scope)) for kind in WORK]
    hours = sum(work.saved for work in works) / 60
    rows: list[tuple[Cell, ...]] = [
        (work.name, work.by_product, work.by_people, work.minutes, work.saved / 60) for work in works
    ]
    rows.append((_("All"), sum(work.by_product for work in works), sum(work.by_people for work in works), None, hours))
    return Report(
        picture=Picture(
            title=_("Hours of work the product took over"),
            unit=Unit.HOURS,
            bars=tuple(
                Bar(work.name, work.saved / 60, counted("once", "%(num)s times", work.by_product))
                for work in works
                if work.saved
            ),
        ),
        tables=(
            Table(
                title=_("By kind of work"),
                columns=(
                    Column(_("Work"), Unit.TEXT),
                    Column(_("By the product")),
                    Column(_("By people")),
                    Column(_("A person needs"), Unit.MINUTES),
                    Column(_("Saved"), Unit.HOURS),
                ),
                rows=tuple(rows),
                note=_("What a person needs is an assumption, not a measurement."),
            ),
            Table(
                title=_("Waiting for people now"),
                columns=(Column(_("Queue"), Unit.TEXT), Column(_("Waiting")), Column(_("Oldest waits"), Unit.DAYS)),
                rows=tuple(queues(session, scope)),
            ),
        ),
    )


def minutes_in_force(session: Session, scope: Scope) -> dict[str, float]:
    """Return what a person needs for one piece of each kind of work; of several programs, the page's own says it."""
    own = session.scalar(select(Program.work_minutes).where(Program.id == scope.leading)) or {}
    return {kind.code: own.get(kind.code, kind.minutes) for kind in WORK}
