"""The steps of an import in one line each: upload, check, start, bring in; and looks at what came of them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from app import clock
from app.db import reading, transaction
from app.models import BatchState, ImportBatch, ImportRow, Program, User
from app.services.imports.batches import Upload, add_batch, batch_for, start_batch
from app.services.imports.reading import read_table
from app.services.imports.running import run_batch

Place = tuple[Program, User]


def upload(place: Place, text: str, name: str = "list.csv") -> int:
    program, user = place
    content = text.replace("{owner}", user.email).encode()
    with transaction() as session:
        wanted = Upload(
            program_id=program.id,
            filename=name,
            content=content,
            table=read_table(content),
            uploaded_by_id=user.id,
        )
        return add_batch(session, wanted, in_background=False).id


def check(place: Place, text: str, name: str = "list.csv") -> int:
    batch_id = upload(place, text, name)
    assert run_batch(transaction, batch_id) is BatchState.CHECKED
    return batch_id


def start(place: Place, batch_id: int) -> None:
    with transaction() as session:
        start_batch(session, batch_for(session, place[0].id, batch_id, for_change=True), by_user_id=place[1].id)


def bring_in(place: Place, text: str, name: str = "list.csv") -> int:
    batch_id = check(place, text, name)
    start(place, batch_id)
    assert run_batch(transaction, batch_id) is BatchState.DONE
    return batch_id


def rows_of(batch_id: int) -> list[ImportRow]:
    with reading() as session:
        return list(session.scalars(select(ImportRow).where(ImportRow.batch_id == batch_id).order_by(ImportRow.line)))


def batch_of(batch_id: int) -> ImportBatch:
    with reading() as session:
        return session.get_one(ImportBatch, batch_id)


def count(kind: Any) -> int:
    with reading() as session:
        return session.scalars(select(func.count()).select_from(kind)).one()


def sites(number: int) -> str:
    return "domain,email,note\n" + "".join(f"s{n}.com,jo@s{n}.com,note {n}\n" for n in range(number))


def pass_the_lease() -> None:
    with transaction() as session:
        session.execute(update(ImportBatch).values(lease_until=clock.now() - timedelta(seconds=1)))
