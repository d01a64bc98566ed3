"""The import through a real queue: the upload rings, the worker checks; the start rings, the worker imports."""

import pytest
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import Engine, select

from app import dispatch
from app.db import reading, transaction
from app.dispatch import Queue
from app.models import BatchState, Company, ImportBatch
from app.services.imports.batches import Upload, add_batch, batch_for, start_batch
from app.services.imports.reading import read_table
from tests.world import make_program, make_user

CONTENT = b"domain\nacme.com\nlocalhost\n"


def work() -> None:
    queue = dispatch.queue_named(Queue.DEFAULT)
    SimpleWorker([queue], connection=dispatch.connection(), serializer=JSONSerializer).work(burst=True)


def state() -> BatchState:
    with reading() as session:
        return session.scalars(select(ImportBatch.state)).one()


@pytest.mark.usefixtures("queue_url")
def test_worker_checks_and_imports(database: Engine) -> None:
    with transaction() as session:
        program = make_program(session, make_user(session))
        upload = Upload(
            program_id=program.id,
            filename="a.csv",
            content=CONTENT,
            table=read_table(CONTENT),
            uploaded_by_id=None,
        )
        batch_id = add_batch(session, upload, in_background=True).id
    work()
    assert state() is BatchState.CHECKED
    with transaction() as session:
        start_batch(session, batch_for(session, program.id, batch_id, for_change=True), by_user_id=None)
    work()
    assert state() is BatchState.DONE
    with reading() as session:
        assert list(session.scalars(select(Company.domain))) == ["acme.com"]
