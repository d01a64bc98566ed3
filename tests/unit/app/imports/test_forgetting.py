"""Erasing a person reaches files that led to no prospect: their rows, and what is kept of the file itself."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import BatchState, ImportBatch, ImportRow, RowVerdict, User
from app.services.erasing import erase_address
from app.services.erasure import erasure_of_address
from app.services.errors import NotFound
from tests.world import make_program, make_user

ADDRESS = "ola@agency.example"
COLUMNS = {"Site": "site", "Who": "contact", "Mail": "email", "Remark": "note"}
FILE = f"Site,Who,Mail,Remark\nagency.example,Ola Nowakowska,{ADDRESS.upper()},asked\n"


@pytest.fixture
def actor(session: Session) -> User:
    return make_user(session)


def add_file(session: Session, *, text: str = FILE, encoding: str = "utf-8", state: BatchState) -> ImportBatch:
    batch = ImportBatch(program_id=make_program(session).id, filename="list.csv", content=text.encode(encoding),
                        encoding=encoding, columns=COLUMNS, state=state)  # fmt: skip
    session.add(batch)
    session.flush()
    return batch


def add_row(session: Session, batch: ImportBatch, line: int, **cells: str) -> ImportRow:
    row = ImportRow(batch_id=batch.id, line=line, fields=cells, domain="", verdict=RowVerdict.BAD,
                    message=f"{cells['Mail']} cannot be read.")  # fmt: skip
    session.add(row)
    session.flush()
    return row


@pytest.mark.parametrize("state", [BatchState.CHECKED, BatchState.FAILED, BatchState.CANCELED, BatchState.DONE])
def test_rows_that_led_nowhere_lose_the_person_and_the_file_is_not_kept(
    session: Session, actor: User, state: BatchState
) -> None:
    batch = add_file(session, state=state)
    mine = add_row(session, batch, 2, Site="?", Who="Ola Nowakowska", Mail=ADDRESS.title(), Remark="asked")
    other = add_row(session, batch, 3, Site="?", Who="Viola", Mail=f"vi{ADDRESS}", Remark="")
    found = erasure_of_address(session, ADDRESS)
    assert (found.is_anything, found.others) == (True, 2)
    erase_address(session, ADDRESS, typed=ADDRESS, actor=actor)
    session.expire_all()
    assert mine.fields == {"Site": "?", "Who": "[erased]", "Mail": "[erased]", "Remark": "asked"}
    assert mine.message == "[erased] cannot be read."
    assert other.fields["Mail"] == f"vi{ADDRESS}"
    assert (batch.content, batch.state) == (None, state)
    with pytest.raises(NotFound):
        erase_address(session, ADDRESS, typed=ADDRESS, actor=actor)


def test_a_check_under_way_is_ended_and_other_files_stay(session: Session, actor: User) -> None:
    checking = add_file(session, encoding="utf-16-le", state=BatchState.CHECKING)
    others = add_file(session, text=FILE.replace(ADDRESS.upper(), f"vi{ADDRESS}"), state=BatchState.CHECKED)
    assert erasure_of_address(session, ADDRESS).others == 1
    erase_address(session, ADDRESS, typed=ADDRESS, actor=actor)
    session.expire_all()
    assert (checking.content, checking.state) == (None, BatchState.FAILED)
    assert "no longer kept" in checking.detail
    assert others.content is not None


def test_a_name_beside_somebody_elses_address_stays(session: Session, actor: User) -> None:
    batch = add_file(session, state=BatchState.DONE)
    row = add_row(session, batch, 2, Site="?", Who="Jan Kowalski", Mail="jan@agency.example", Remark=f"as {ADDRESS}")
    erase_address(session, ADDRESS, typed=ADDRESS, actor=actor)
    assert session.scalars(select(ImportRow.fields)).one() == row.fields
    assert row.fields["Who"] == "Jan Kowalski"
    assert row.fields["Remark"] == "as [erased]"
