"""Every report there is: what it is called, the question it answers, who answers it, and by what it can be narrowed."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.languages import mark
from app.queries.reports.automation import automation
from app.queries.reports.fit import fit_calibration
from app.queries.reports.funnel import funnel
from app.queries.reports.losses import losses
from app.queries.reports.migration import migration
from app.queries.reports.onboarding import onboarding_times
from app.queries.reports.scope import Scope
from app.queries.reports.sequences import sequence_results
from app.queries.reports.table import Report
from app.queries.reports.workload import workload

_PROSPECTS = ("owner", "source", "kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A report one can ask for: what it is called, the question it answers, and who answers it.

    `fields` are the filters of the board that its form offers; others in its address hold too.
    """

    name: str
    title: str
    question: str
    ask: Callable[[Session, Scope], Report]
    fields: tuple[str, ...] = _PROSPECTS
    has_sequences: bool = False
    has_groups: bool = False


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            name="funnel",
            title=mark("Funnel"),
            question=mark("How far do prospects come, and where do they stand still?"),
            ask=funnel,
            has_sequences=True,
            has_groups=True,
        ),
        Kind(
            name="losses",
            title=mark("Losses"),
            question=mark("Why are prospects lost, and where?"),
            ask=losses,
            fields=(*_PROSPECTS, "tier"),
            has_sequences=True,
        ),
        Kind(
            name="sequences",
            title=mark("Sequences"),
            question=mark("Which sequences are answered?"),
            ask=sequence_results,
            has_sequences=True,
        ),
        Kind(
            name="fit",
            title=mark("Fit score"),
            question=mark("Are those with a high score the ones we approve?"),
            ask=fit_calibration,
            fields=(*_PROSPECTS, "tier"),
            has_sequences=True,
        ),
        Kind(
            name="onboarding",
            title=mark("Onboarding"),
            question=mark("How long does it take, and where do partners stand?"),
            ask=onboarding_times,
            fields=(*_PROSPECTS, "tier"),
        ),
        Kind(
            name="workload",
            title=mark("Workload"),
            question=mark("Who has how much on the desk?"),
            ask=workload,
            fields=(*_PROSPECTS, "tier"),
            has_sequences=True,
        ),
        Kind(
            name="migration",
            title=mark("Migration"),
            question=mark("How many partners came along, and what do they bring since?"),
            ask=migration,
            fields=(*_PROSPECTS, "tier"),
        ),
        Kind(
            name="automation",
            title=mark("Automation"),
            question=mark("What did the product do, and what did people do?"),
            ask=automation,
            fields=(*_PROSPECTS, "tier"),
            has_sequences=True,
        ),
    )
}
