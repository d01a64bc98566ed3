"""Every report there is, and what an address asks of one: the same for the page, the file and the mail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.languages import mark
from app.models import Program, Role, User
from app.queries.navigation import programs_of
from app.queries.prospect_filter import read_filter
from app.queries.reports.automation import automation
from app.queries.reports.fit import fit_calibration
from app.queries.reports.funnel import funnel
from app.queries.reports.losses import losses
from app.queries.reports.onboarding import onboarding_times
from app.queries.reports.scope import Group, Period, Scope
from app.queries.reports.sequences import sequence_results
from app.queries.reports.table import Report
from app.queries.reports.workload import workload

OWN_NAMES = frozenset({"period", "group"})


@dataclass(frozen=True, slots=True)
class Kind:
    """A report one can ask for: what it is called, the question it answers, and who answers it."""

    name: str
    title: str
    question: str
    ask: Callable[[Session, Scope], Report]
    has_groups: bool = False


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "funnel",
            mark("Funnel"),
            mark("How far do prospects come, and where do they stand still?"),
            funnel,
            has_groups=True,
        ),
        Kind("losses", mark("Losses"), mark("Why are prospects lost, and where?"), losses),
        Kind("sequences", mark("Sequences"), mark("Which sequences are answered?"), sequence_results),
        Kind("fit", mark("Fit score"), mark("Are those with a high score the ones we approve?"), fit_calibration),
        Kind(
            "onboarding",
            mark("Onboarding"),
            mark("How long does it take, and where do partners stand?"),
            onboarding_times,
        ),
        Kind("workload", mark("Workload"), mark("Who has how much on the desk?"), workload),
        Kind("automation", mark("Automation"), mark("What did the product do, and what did people do?"), automation),
    )
}


def scope_of(session: Session, program: Program, args: Mapping[str, str], *, viewer: User) -> tuple[Scope, list[str]]:
    """Read what an address asks for, as one person sees it; what cannot be used is left out and said."""
    chosen, problems = read_filter(args, user_id=viewer.id, also=OWN_NAMES)
    period, group = Period.QUARTER, Group.SOURCE
    if args.get("period") in set(Period):
        period = Period(args["period"])
    if args.get("group") in set(Group):
        group = Group(args["group"])
    scope = Scope(programs={program.id: program.name}, period=period, chosen=chosen, group=group)
    if group is not Group.PROGRAM:
        return scope, problems
    seen = programs_of(session, viewer.id, sees_all=viewer.role is Role.ADMIN)
    return replace(scope, programs={each.id: each.name for each in seen}), problems
