"""Two who want the same copy, a worker that was given up but still writes, and what dead ones leave on the disk."""

import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.db import reading, transaction
from app.jobs import whole_copies
from app.jobs.whole_copies import write_whole_copy
from app.models import User
from app.models.whole_copy import CopyKind, CopyState, WholeCopy
from app.services import copies, document_store
from app.services.copy_files import STRAY_AFTER, attempt_of, file_of
from app.services.errors import Conflict
from app.services.whole_copy import Copied, Tell, write_copy
from tests.world import make_user


@pytest.fixture
def admin(database: Engine, tmp_path: Path) -> User:
    document_store.configure(tmp_path)
    with transaction() as session:
        return make_user(session)


@pytest.fixture
def copy(admin: User) -> WholeCopy:
    with transaction() as session:
        return copies.ask_for_export(session, actor=admin)


def on_disk(tmp_path: Path) -> set[str]:
    return {path.name for path in (tmp_path / "copies").iterdir()}


def again(copy: WholeCopy) -> WholeCopy:
    with reading() as session:
        return session.get_one(WholeCopy, copy.id)


def test_two_who_ask_at_once_get_one_copy(admin: User) -> None:
    refused: list[str] = []

    def ask() -> None:
        try:
            with transaction() as session:
                copies.ask_for_export(session, actor=admin)
        except Conflict as error:
            refused.append(str(error))

    second = threading.Thread(target=ask)
    with transaction() as session:
        copies.ask_for_export(session, actor=admin)
        second.start()
        second.join(0.5)
    second.join(30)
    assert refused == ["A copy is being written already."]
    with reading() as session:
        assert session.scalar(select(func.count(WholeCopy.id))) == 1


def test_a_worker_that_was_given_up_spoils_nothing(
    copy: WholeCopy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It wakes when its successor is halfway: it neither ends nor overwrites what the other writes."""
    real = write_copy
    seen: list[bool] = []

    def overtaken(session: Session, target: Path, tell: Tell | None = None) -> Copied:
        copied = real(session, target, tell)
        with transaction() as other:
            other.get_one(WholeCopy, copy.id).lease_until = now() - timedelta(seconds=1)
        monkeypatch.setattr(whole_copies, "write_copy", halfway)
        seen.append(write_whole_copy(copy.id))
        return copied

    def halfway(session: Session, target: Path, tell: Tell | None = None) -> Copied:
        first = again(copy)
        first.attempts = 1
        copied = real(session, target, tell)
        with transaction() as other:
            assert not copies.tell(other, first, rows_done=1, rows_all=1)
            copies.fail(other, first, "its file is not there any more")
            assert not copies.record_written(other, first, copied)
        return copied

    monkeypatch.setattr(whole_copies, "write_copy", overtaken)
    assert not write_whole_copy(copy.id)
    assert seen == [True]
    written = again(copy)
    assert (written.state, written.attempts) == (CopyState.READY, 2)
    assert on_disk(tmp_path) == {f"{copy.key}.zip"}
    assert file_of(written).stat().st_size == written.size_bytes


def test_two_attempts_never_write_into_one_file(copy: WholeCopy) -> None:
    targets: set[Path] = set()
    for _attempt in range(2):
        with transaction() as session:
            claimed = copies.claim(session, copy.id, CopyKind.EXPORT)
            assert claimed is not None
            claimed.lease_until = now() - timedelta(seconds=1)
            targets.add(attempt_of(claimed))
    assert len(targets) == 2


def test_what_a_killed_worker_left_goes_with_its_copy(copy: WholeCopy, admin: User, tmp_path: Path) -> None:
    with transaction() as session:
        claimed = copies.claim(session, copy.id, CopyKind.EXPORT)
        assert claimed is not None
    half = attempt_of(claimed)
    half.with_name(f"{half.name}.part").write_bytes(b"half")
    with transaction() as session:
        assert copies.throw_away(session, copy.id, actor=admin) is CopyState.WORKING
    assert on_disk(tmp_path) == set()


def test_files_that_no_row_speaks_of_go_after_an_hour(copy: WholeCopy, tmp_path: Path) -> None:
    assert write_whole_copy(copy.id)
    old = (now() - STRAY_AFTER - timedelta(minutes=1)).timestamp()
    for name in ("left.zip", "left.1.part", "being-sent.zip"):
        (tmp_path / "copies" / name).write_bytes(b"x")
    for name in ("left.zip", "left.1.part", f"{copy.key}.zip"):
        os.utime(tmp_path / "copies" / name, (old, old))
    with transaction() as session:
        assert copies.end_old_copies(session) == 0
    assert on_disk(tmp_path) == {"being-sent.zip", f"{copy.key}.zip"}
