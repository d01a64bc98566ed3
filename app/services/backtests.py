"""Backtests: asking for one, doing it on decisions already made, keeping what it said."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.languages import gettext as _
from app.languages import number
from app.models import Backtest, BacktestState, DecisionEvidence, Program, User
from app.queries.backtest import LabeledProspect, bystanders, labeled_prospects
from app.queries.fit_corpus import AMONG, texts_in
from app.queries.site_evidence import load_evidence
from app.services.audit import record_audit
from app.services.errors import InvalidInput
from app.services.fit_rules import ProfileInForce, find_rules, profile_in_force, rules_of
from app.services.receipts import frozen_site
from scoring.backtest import run_backtest
from scoring.decisions import Decision as Label
from scoring.embedder import Embedder
from scoring.errors import NotEnoughDecisions
from scoring.evidence import SiteEvidence
from scoring.receipt import freeze_head
from scoring.score import Scorer

LEASE = timedelta(seconds=900)
MAX_ATTEMPTS = 3
MAX_MAILS = 5_000
UNDER_WAY = (BacktestState.WAITING, BacktestState.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestInput:
    """All that a backtest needs, read from the tables: no row is touched while it computes."""

    scorer: Scorer
    profile_id: int
    among: int
    labels: list[Label]
    corpus: list[SiteEvidence]
    prospects: Mapping[str, LabeledProspect]
    without_text: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestOutcome:
    """What a backtest said, JSON-ready, and the weights learned from all decisions (empty where none could be)."""

    result: dict[str, Any]
    head: dict[str, Any]
    profile_id: int
    embedding_model: str


def request_backtest(session: Session, program: Program, *, weekly_mails: int, actor: User) -> Backtest:
    """Ask for a backtest; one of the same question that is under way is returned as it is.

    Raises InvalidInput for a number of mails that no team sends.
    """
    if not 1 <= weekly_mails <= MAX_MAILS:
        asked = _("Give a number from 1 to %(most)s: how many mails you can send a week.", most=number(MAX_MAILS))
        raise InvalidInput({"weekly_mails": asked})
    waiting = session.scalar(
        select(Backtest).where(
            Backtest.program_id == program.id,
            Backtest.state.in_(UNDER_WAY),
            Backtest.weekly_mails == weekly_mails,
        )
    )
    if waiting is not None:
        return waiting
    row = Backtest(program_id=program.id, weekly_mails=weekly_mails, requested_by_id=actor.id)
    session.add(row)
    session.flush()
    record_audit(
        session,
        "backtest.requested",
        subject=f"backtest:{row.id}",
        actor_id=actor.id,
        program_id=program.id,
        details={"weekly_mails": weekly_mails},
    )
    dispatch_after_commit(session, Job.RUN_BACKTESTS)
    return row


def claim_backtest(session: Session) -> Backtest | None:
    """Take the oldest backtest that waits, or that a worker left behind, and hold it for LEASE."""
    row = session.scalar(
        select(Backtest)
        .where(
            or_(
                Backtest.state == BacktestState.WAITING,
                (Backtest.state == BacktestState.RUNNING) & (Backtest.lease_until < now()),
            )
        )
        .order_by(Backtest.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    row.attempts += 1
    row.state = BacktestState.RUNNING
    row.lease_until = now() + LEASE
    if row.attempts > MAX_ATTEMPTS:
        fail_backtest(row, f"It ended the worker {MAX_ATTEMPTS} times; an admin finds why in its log.")
    session.flush()
    return row


def load_backtest(session: Session, program_id: int, embedder: Embedder) -> BacktestInput:
    """Read the decisions with what was seen when each was made; where that was not kept, what is known today."""
    found = profile_in_force(session, program_id, embedding_model=embedder.model_id)
    labeled = labeled_prospects(session, program_id)
    frozen = _frozen(session, [label.decision_id for label in labeled], embedder.model_id)
    today = load_evidence(
        session, [label.company_id for label in labeled if label.decision_id not in frozen], model_id=embedder.model_id
    )
    others = load_evidence(
        session,
        bystanders(session, program_id, decided={label.company_id for label in labeled}),
        model_id=embedder.model_id,
    )
    scorer = _scorer_in_force(session, found, embedder)
    sites = {label.decision_id: frozen.get(label.decision_id) or today[label.company_id].site for label in labeled}
    readable = [label for label in labeled if scorer.silence(sites[label.decision_id]) is None]
    return BacktestInput(
        scorer=scorer,
        profile_id=found.profile.id,
        among=found.basis.among,
        labels=[Label(sites[label.decision_id], label.approved, label.decided_at) for label in readable],
        corpus=[other.site for other in others.values()],
        prospects={label.domain: label for label in readable},
        without_text=len(labeled) - len(readable),
    )


def _scorer_in_force(session: Session, found: ProfileInForce, embedder: Embedder) -> Scorer:
    """Return the scorer of the profile with the very numbers that scores are made with, less what was learned."""
    stored = find_rules(session, found.basis)
    if stored is None:
        return found.compile(embedder, found.corpus(session), texts=texts_in(session, model_id=embedder.model_id))
    rules = rules_of(stored)
    alone = replace(rules, head=None, model=rules.model.partition("+")[0])
    return Scorer(found.parsed, embedder=embedder, exemplars=found.exemplars).with_rules(alone)


def compute_backtest(given: BacktestInput, *, weekly_mails: int) -> BacktestOutcome:
    """Return what the backtest says; pure computation of some seconds."""
    result = run_backtest(given.scorer, given.labels, k=weekly_mails, corpus=given.corpus)
    head: dict[str, Any] = {}
    if result.enough:
        try:
            learned = given.scorer.learned(given.labels, corpus=given.corpus).rules.head
            head = {**freeze_head(learned), AMONG: given.among} if learned else {}
        except NotEnoughDecisions:
            head = {}
    row = dataclasses.asdict(result)
    row["split_at"] = result.split_at.isoformat() if result.split_at else None
    row["missed"] = [
        {"prospect_id": known.prospect_id, "name": known.name, "domain": known.domain}
        for known in (given.prospects[domain] for domain in result.missed)
    ]
    row["decisions"] = len(given.labels)
    row["without_text"] = given.without_text
    return BacktestOutcome(
        result=row, head=head, profile_id=given.profile_id, embedding_model=given.scorer.embedder.model_id
    )


def record_backtest(session: Session, backtest_id: int, outcome: BacktestOutcome) -> None:
    """Keep what a backtest said, unless somebody else finished it meanwhile."""
    row = session.scalar(select(Backtest).where(Backtest.id == backtest_id).with_for_update())
    if row is None or row.state is not BacktestState.RUNNING:
        return
    row.state, row.finished_at, row.lease_until = BacktestState.DONE, now(), None
    row.result, row.head = outcome.result, outcome.head
    row.profile_id, row.embedding_model = outcome.profile_id, outcome.embedding_model


def fail_backtest(row: Backtest, error: str) -> None:
    """Give up on a backtest with a reason a person can act on."""
    row.state, row.finished_at, row.lease_until, row.error = BacktestState.FAILED, now(), None, error


def _frozen(session: Session, decision_ids: list[int], model_id: str) -> dict[int, SiteEvidence]:
    rows = session.scalars(select(DecisionEvidence).where(DecisionEvidence.decision_id.in_(decision_ids)))
    return {row.decision_id: site for row in rows if (site := frozen_site(row)).vector_model in (None, model_id)}
