"""Run the backtests that wait, with the model loaded once per process."""

from app.db import reading, transaction
from app.jobs import runtime
from app.log import get_logger
from app.models import Backtest, BacktestState
from app.services.backtests import claim_backtest, compute_backtest, fail_backtest, load_backtest, record_backtest
from app.services.errors import ServiceError
from scoring.embedder import load_embedder
from scoring.errors import ScoringError

log = get_logger(__name__)


def run_backtests() -> int:
    """Run every backtest that waits; return how many were claimed."""
    count = 0
    while True:
        with transaction() as session:
            claimed = claim_backtest(session)
        if claimed is None:
            return count
        count += 1
        if claimed.state is BacktestState.RUNNING:
            _run(claimed)


def _run(claimed: Backtest) -> None:
    try:
        embedder = load_embedder(runtime.settings().embedding_model or None)
        with reading() as session:
            given = load_backtest(session, claimed.program_id, embedder)
        outcome = compute_backtest(given, weekly_mails=claimed.weekly_mails)
    except (ServiceError, ScoringError) as error:
        log.warning("backtest_failed", backtest_id=claimed.id, cause=str(error))
        with transaction() as session:
            fail_backtest(session.get_one(Backtest, claimed.id), str(error))
        return
    with transaction() as session:
        record_backtest(session, claimed.id, outcome)
