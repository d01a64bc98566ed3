"""Plan outreach mail and send it, see `sending`."""

import time
from collections import Counter
from datetime import timedelta

from app import dispatch
from app.db import transaction
from app.dispatch import Job
from app.jobs import runtime
from app.jobs.sending import TIME_BUDGET_S, Sending
from app.jobs.witness import Witness
from app.log import get_logger
from app.services.ledger.marks import handed_over, hold_if_restored
from app.services.ledger.planning import BATCH, plan_due
from app.services.ledger.sweeping import sweep_ledger
from app.services.senders import transport_for

log = get_logger(__name__)


def plan_outreach() -> Counter[str]:
    """Sweep, then plan all that is due; return how many got which verdict."""
    dispatch.heard(Job.PLAN_OUTREACH)
    witness = _witness()
    counted: Counter[str] = Counter()
    with transaction() as session:
        hold_if_restored(session, witness.remembered)
        counted.update({state.value: number for state, number in sweep_ledger(session).items()})
    deadline = time.monotonic() + TIME_BUDGET_S
    while time.monotonic() < deadline:
        with transaction() as session:
            verdicts = plan_due(session)
        counted.update({verdict.value: number for verdict, number in verdicts.items()})
        if verdicts.total() < BATCH:
            return counted
    dispatch.ring(Job.PLAN_OUTREACH)
    return counted


def drain_mail(lane: int = 0) -> int:
    """Send what is due until nothing is or the time is up; return how many handings over were begun.

    A lane that finds its hands full rings for the next one, so that as many workers help as there is work for.
    """
    settings = runtime.settings()
    witness = _witness()
    with transaction() as session:
        if hold_if_restored(session, witness.remembered):
            log.error("outreach_held", cause="the database is older than its workers")
            return 0
        witness.remember(handed_over(session))
    sending = Sending(
        witness,
        lease=timedelta(seconds=settings.mail_lease_s),
        transport_of=lambda sender: transport_for(sender, settings),
    )
    return sending.drain(lane)


def _witness() -> Witness:
    return Witness(runtime.settings().data_dir, dispatch.connection())
