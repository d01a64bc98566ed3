"""However a run ends (killed, canceled, overtaken, at fault), nothing is doubled and the rest can follow."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.models import (
    Activity,
    AuditEvent,
    BatchState,
    Contact,
    Crawl,
    ImportBatch,
    RowVerdict,
    StageChange,
)
from app.services.errors import Conflict, NotFound
from app.services.imports import checking, running, writing
from app.services.imports.batches import batch_for, cancel_batch, start_batch
from app.services.imports.running import MAX_ATTEMPTS, run_batch
from tests.unit.app.imports.steps import (
    Place,
    batch_of,
    bring_in,
    check,
    count,
    pass_the_lease,
    rows_of,
    sites,
    start,
    upload,
)

pytestmark = pytest.mark.usefixtures("database")


class Killed(BaseException):
    """Stands for SIGKILL: nothing in the product catches it."""


@contextmanager
def killed_after(chunks: int) -> Iterator[Any]:
    """A way to open transactions that dies in the middle of the chunk behind the given number of them."""
    opened = 0

    @contextmanager
    def opening() -> Iterator[Session]:
        nonlocal opened
        opened += 1
        with transaction() as session:
            yield session
            if opened > chunks + 1:
                raise Killed

    yield opening


def test_killed_check_goes_on_and_doubles_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "CHUNK_ROWS", 10)
    batch_id = upload(place, sites(35) + "s3.com,x@s3.com,\n")
    with killed_after(2) as opening, pytest.raises(Killed):
        run_batch(opening, batch_id)
    assert len(rows_of(batch_id)) == 20
    assert run_batch(transaction, batch_id) is None, "the lease of the dead worker still holds"
    pass_the_lease()
    assert run_batch(transaction, batch_id) is BatchState.CHECKED
    rows = rows_of(batch_id)
    assert [row.line for row in rows] == list(range(2, 38))
    assert rows[-1].verdict is RowVerdict.REPEATED
    assert batch_of(batch_id).row_count == 36


def test_killed_import_goes_on_and_doubles_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "CHUNK_ROWS", 10)
    batch_id = check(place, sites(35))
    start(place, batch_id)
    with killed_after(2) as opening, pytest.raises(Killed):
        run_batch(opening, batch_id)
    assert count(StageChange) == 20
    pass_the_lease()
    assert run_batch(transaction, batch_id) is BatchState.DONE
    assert count(StageChange) == count(Activity) == count(Contact) == count(Crawl) == 35
    assert batch_of(batch_id).done_count == 35


def test_file_that_ends_its_worker_again_and_again_is_set_aside(place: Place) -> None:
    batch_id = check(place, sites(5))
    start(place, batch_id)
    for _ in range(MAX_ATTEMPTS):
        with killed_after(0) as opening, pytest.raises(Killed):
            run_batch(opening, batch_id)
        pass_the_lease()
    assert run_batch(transaction, batch_id) is None
    batch = batch_of(batch_id)
    assert batch.state is BatchState.FAILED
    assert "ended its worker" in batch.detail
    start(place, batch_id)
    assert run_batch(transaction, batch_id) is BatchState.DONE


def test_worker_that_lost_its_lease_keeps_nothing_of_its_chunk(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "CHUNK_ROWS", 10)
    batch_id = check(place, sites(25))
    start(place, batch_id)
    others: list[BatchState | None] = []

    def taken_over(_batch: ImportBatch) -> None:
        if not others:
            pass_the_lease()
            others.append(run_batch(transaction, batch_id))

    assert run_batch(transaction, batch_id, on_progress=taken_over) is None
    assert others == [BatchState.DONE]
    assert count(StageChange) == 25


def test_cancel_stops_between_chunks_and_the_rest_can_follow(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "CHUNK_ROWS", 10)
    batch_id = check(place, sites(25))
    start(place, batch_id)

    def cancel(_batch: ImportBatch) -> None:
        with transaction() as session:
            cancel_batch(session, batch_for(session, place[0].id, batch_id, for_change=True), by_user_id=None)

    assert run_batch(transaction, batch_id, on_progress=cancel) is None
    batch = batch_of(batch_id)
    assert batch.content is None
    assert (batch.state, batch.detail[:22]) == (BatchState.CANCELED, "Canceled after 10 rows")
    assert count(StageChange) == 10
    start(place, batch_id)
    assert run_batch(transaction, batch_id) is BatchState.DONE
    assert count(StageChange) == 25


def test_time_budget_ends_the_run_and_leaves_the_rest_claimable(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "CHUNK_ROWS", 10)
    batch_id = upload(place, sites(25))
    assert run_batch(transaction, batch_id, budget_s=-1) is BatchState.CHECKING
    assert len(rows_of(batch_id)) == 10
    assert run_batch(transaction, batch_id) is BatchState.CHECKED


def test_fault_of_ours_is_told_and_the_rest_can_follow(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    batch_id = check(place, sites(5))
    start(place, batch_id)

    def broken(*_: object) -> None:
        raise RuntimeError("boom")

    with monkeypatch.context() as patch:
        patch.setattr(writing, "write_entries", broken)
        with pytest.raises(RuntimeError, match="boom"):
            run_batch(transaction, batch_id)
    batch = batch_of(batch_id)
    assert batch.state is BatchState.FAILED
    assert "fault on our side (RuntimeError)" in batch.detail
    start(place, batch_id)
    assert run_batch(transaction, batch_id) is BatchState.DONE
    assert count(StageChange) == 5


def test_more_rows_than_the_limit_fail_in_words(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "MAX_ROWS", 20)
    batch_id = upload(place, sites(25))
    assert run_batch(transaction, batch_id) is BatchState.FAILED
    assert "more than 20 rows. Split it" in batch_of(batch_id).detail


def test_acts_that_do_not_fit_the_state_are_refused(place: Place) -> None:
    batch_id = bring_in(place, "domain\na.com\n")
    bad = check(place, "domain\nlocalhost\n")
    with transaction() as session:
        done = batch_for(session, place[0].id, batch_id)
        with pytest.raises(Conflict, match="imported already"):
            start_batch(session, done, by_user_id=None)
        with pytest.raises(Conflict, match="nothing left to cancel"):
            cancel_batch(session, done, by_user_id=None)
        with pytest.raises(Conflict, match="No row of this file can be imported"):
            start_batch(session, batch_for(session, place[0].id, bad), by_user_id=None)
        with pytest.raises(NotFound):
            batch_for(session, place[0].id + 100, batch_id)


def test_every_step_is_audited(place: Place) -> None:
    batch_id = bring_in(place, "domain\na.com\n")
    with reading() as session:
        query = select(AuditEvent.action).where(AuditEvent.subject == f"import:{batch_id}").order_by(AuditEvent.id)
        assert list(session.scalars(query)) == [
            "import.uploaded",
            "import.started",
            "import.rows_written",
            "import.finished",
        ]


def test_lease_is_longer_than_a_chunk_could_take() -> None:
    assert timedelta(seconds=60) <= running.LEASE <= timedelta(seconds=300)
