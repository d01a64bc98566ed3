"""Carry a batch through its step, chunk by chunk, so that a killed worker costs one chunk and doubles nothing.

The batch is held by a lease. Every chunk is one transaction that first renews the lease by compare-and-set, then
writes; where the lease was lost, the batch canceled or taken over, the chunk is rolled back whole. What is done can
be read off the rows themselves, so a second run goes on where the first one stopped.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.log import get_logger
from app.models import BatchState, ImportBatch
from app.services.errors import InvalidInput
from app.services.imports.batches import UNDER_WAY, fail_batch, load_batch
from app.services.imports.checking import CheckRun
from app.services.imports.undoing import UndoRun
from app.services.imports.writing import WriteRun

LEASE = timedelta(seconds=120)
log = get_logger(__name__)

OpenTransaction = Callable[[], AbstractContextManager[Session]]

MAX_ATTEMPTS = 5


class LeaseLost(Exception):
    """The batch was canceled, or another worker took it over; this run ends and keeps nothing of its last chunk."""


class Run(Protocol):
    """A step of a batch: `work` reads and computes with no transaction open, `record` writes one chunk."""

    def work(self) -> None:
        """Prepare the next chunk."""

    def record(self, session: Session, batch: ImportBatch) -> bool:
        """Write the chunk; return whether there is another."""


def run_batch(
    open_transaction: OpenTransaction,
    batch_id: int,
    *,
    budget_s: float = 600.0,
    on_progress: Callable[[ImportBatch], None] | None = None,
) -> BatchState | None:
    """Check or import a batch to the end; `open_transaction` is the caller's way to open one transaction per chunk.

    Returns the state it ended in, CHECKING or IMPORTING where the time was up and it rang for the rest, and None
    where there is nothing to do: another worker holds the batch, or it was canceled. A fault of ours leaves the batch
    failed, with a reason and a way to go on, and is raised again.
    """
    deadline = time.monotonic() + budget_s
    try:
        with open_transaction() as session:
            claimed = _claim(session, batch_id)
        if claimed is None:
            return None
        run, lease = claimed
        while True:
            run.work()
            with open_transaction() as session:
                batch, lease = _renew(session, batch_id, lease)
                has_more = run.record(session, batch)
                if has_more and time.monotonic() > deadline:
                    batch.lease_until = None
                    dispatch_after_commit(session, Job.RUN_IMPORT, batch_id)
            if on_progress is not None:
                on_progress(batch)
            if not has_more or time.monotonic() > deadline:
                return batch.state
    except LeaseLost:
        log.info("import_dropped", batch_id=batch_id)
        return None
    except InvalidInput as error:
        _fail(open_transaction, batch_id, str(error))
        return BatchState.FAILED
    except Exception as error:
        words = (
            f"Stopped by a fault on our side ({type(error).__name__}). What was imported stays; go on with the rest."
        )
        _fail(open_transaction, batch_id, words)
        raise


def _fail(open_transaction: OpenTransaction, batch_id: int, reason: str) -> None:
    with open_transaction() as session:
        fail_batch(session, batch_id, reason)


def _claim(session: Session, batch_id: int) -> tuple[Run, datetime] | None:
    lease = now() + LEASE
    is_free = or_(ImportBatch.lease_until.is_(None), ImportBatch.lease_until < now())
    if not _lease(session, batch_id, lease, is_free):
        return None
    batch = load_batch(session, batch_id)
    batch.attempts += 1
    if batch.attempts > MAX_ATTEMPTS:
        fail_batch(
            session, batch_id, f"This file ended its worker {MAX_ATTEMPTS} times. Split it and upload the parts."
        )
        return None
    return _run_of(session, batch), lease


def _run_of(session: Session, batch: ImportBatch) -> Run:
    if batch.state is BatchState.CHECKING:
        return CheckRun.resume(session, batch)
    return UndoRun() if batch.state is BatchState.UNDOING else WriteRun()


def _renew(session: Session, batch_id: int, lease: datetime) -> tuple[ImportBatch, datetime]:
    renewed = now() + LEASE
    if not _lease(session, batch_id, renewed, ImportBatch.lease_until == lease):
        raise LeaseLost(batch_id)
    batch = load_batch(session, batch_id)
    batch.attempts = 0
    return batch, renewed


def _lease(session: Session, batch_id: int, until: datetime, condition: ColumnElement[bool]) -> bool:
    leased = session.scalar(
        update(ImportBatch)
        .where(ImportBatch.id == batch_id, ImportBatch.state.in_(UNDER_WAY), condition)
        .values(lease_until=until)
        .returning(ImportBatch.id)
        .execution_options(synchronize_session=False)
    )
    return leased is not None
