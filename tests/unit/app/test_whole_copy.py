"""Everything goes into one file and comes back as it was; what is no copy changes nothing."""

import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.db import Base, reading, transaction
from app.models import CompanyDigest, OnboardingTemplate, Prospect, User
from app.models.onboarding import ActionKind, TemplateAction
from app.models.whole_copy import CopyKind, CopyState, WholeCopy
from app.services import document_store
from app.services.audit import broken_audit_events, record_audit
from app.services.document_store import content_of, judge, keep
from app.services.errors import Conflict, InvalidInput
from app.services.whole_copy import PORTION, read_copy, write_copy
from tests.world import make_program, make_prospect, make_user


def fill(session: Session) -> str:
    """Add rows of every type of column, one that points at a later row of its own table, and a file."""
    user = make_user(session, name="Zażółć \U0001f98a")
    program = make_program(session, user)
    prospect = make_prospect(session, program, wake_up_on=today() + timedelta(days=9), extra={"Größe": "\u2028"})
    session.add(
        CompanyDigest(
            company_id=prospect.company_id,
            model_id="m",
            passage_count=1,
            terms=b"\x00\xff",
            term_counts=b"",
            mean=b"\n",
        )
    )
    template = OnboardingTemplate(program_id=program.id, name="Agencies")
    session.add(template)
    session.flush()
    first, second = (
        TemplateAction(template_id=template.id, position=number, kind=ActionKind.TO_DO, title="Do") for number in (1, 2)
    )
    session.add_all([first, second])
    session.flush()
    first.depends_on_id = second.id
    record_audit(session, "program.created", subject=f"program:{program.id}", actor_id=user.id)
    return keep(session, judge(b"%PDF-1.7 x", filename="a.pdf"))


def rows_of(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    tables = Base.metadata.sorted_tables
    return {t.name: [tuple(row) for row in session.execute(select(t).order_by(*t.primary_key))] for t in tables}


def empty() -> None:
    with transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))


@pytest.fixture
def copy(database: Engine, tmp_path: Path) -> Path:
    """A copy of a filled installation, which is empty again; and in another data folder."""
    document_store.configure(tmp_path / "there")
    with transaction() as session:
        fill(session)
    with reading() as session:
        write_copy(session, tmp_path / "all.zip")
    return tmp_path / "all.zip"


def test_what_was_written_comes_back_row_for_row_and_file_for_file(copy: Path, tmp_path: Path) -> None:
    with reading() as session:
        before = rows_of(session)
    (key,) = document_store.kept_keys()
    empty()
    document_store.configure(tmp_path / "here")
    with transaction() as session:
        copied = read_copy(session, copy)
    with reading() as session:
        assert rows_of(session) == before
        assert copied.rows == sum(len(rows) for rows in before.values())
        assert not list(broken_audit_events(session))
    assert content_of(key) == b"%PDF-1.7 x"
    with transaction() as session:
        assert make_user(session).id > max(row[0] for row in before["users"])


def test_a_file_dropped_while_the_copy_is_written_is_left_out_and_every_file_is_told(
    copy: Path, tmp_path: Path
) -> None:
    """The lease of who writes is renewed by telling: many files must not take longer than it."""
    with transaction() as session:
        keep(session, judge(b"%PDF-1.7 y", filename="b.pdf"))
    dropped, stays = document_store.kept_keys()
    told: list[int] = []

    def tell(rows_done: int, rows_all: int) -> None:
        told.append(rows_done)
        if rows_done == rows_all:
            document_store.path_of(dropped).unlink(missing_ok=True)

    with reading() as session:
        assert write_copy(session, tmp_path / "less.zip", tell).documents == 1
    assert told.count(told[-1]) == 2
    with zipfile.ZipFile(tmp_path / "less.zip") as archive:
        assert [name for name in archive.namelist() if name.startswith("documents/")] == [f"documents/{stays}"]


def test_copies_of_the_other_installation_are_not_taken_over(copy: Path, tmp_path: Path) -> None:
    with transaction() as session:
        session.add(WholeCopy(kind=CopyKind.EXPORT, state=CopyState.READY, key="k"))
    with reading() as session:
        write_copy(session, tmp_path / "with.zip")
    empty()
    with transaction() as session:
        read_copy(session, tmp_path / "with.zip")
        assert session.scalar(select(func.count(WholeCopy.id))) == 0
        session.add(WholeCopy(kind=CopyKind.EXPORT, key="k2"))


def test_more_rows_than_a_portion_are_copied(copy: Path, tmp_path: Path) -> None:
    with transaction() as session:
        program = make_program(session)
        company_id = session.scalar(select(Prospect.company_id))
        for number in range(PORTION + 1):
            record_audit(session, "x", subject=f"{number}", program_id=program.id, details={"c": company_id})
    with reading() as session:
        write_copy(session, tmp_path / "more.zip")
    empty()
    with transaction() as session:
        read_copy(session, tmp_path / "more.zip")
        table = Base.metadata.tables["audit_events"]
        assert session.scalar(select(func.count()).select_from(table)) == PORTION + 2


def test_an_installation_with_people_takes_no_copy_and_no_file_is_overwritten(copy: Path) -> None:
    with transaction() as session, pytest.raises(Conflict, match="people here already"):
        read_copy(session, copy)
    with reading() as session, pytest.raises(Conflict, match="exists already"):
        write_copy(session, copy)


@pytest.mark.parametrize("harm", ["cut", "no zip", "older", "a row short", "a word for a day"])
def test_a_file_that_is_no_whole_copy_changes_nothing(copy: Path, tmp_path: Path, harm: str) -> None:
    empty()
    broken = tmp_path / "broken.zip"
    if harm == "cut":
        broken.write_bytes(copy.read_bytes()[:-200])
    elif harm == "no zip":
        broken.write_bytes(b"PK nothing")
    else:
        _rewrite(copy, broken, harm)
    with pytest.raises(InvalidInput), transaction() as session:
        read_copy(session, broken)
    with reading() as session:
        assert session.scalar(select(func.count(User.id))) == 0


def _rewrite(copy: Path, broken: Path, harm: str) -> None:
    with zipfile.ZipFile(copy) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json" and harm == "older":
                content = json.dumps(json.loads(content) | {"revision": "0001"}).encode()
            if name == "tables/users.jsonl" and harm == "a row short":
                content = content.splitlines(keepends=True)[0]
            if name == "tables/users.jsonl" and harm == "a word for a day":
                content = content.replace(f'"{now().year}-'.encode(), b'"yesterday-')
            new.writestr(name, content)
