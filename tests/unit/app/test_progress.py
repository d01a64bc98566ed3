"""Progress counts each prospect once per question: how far its site is, else how its score came out."""

from sqlalchemy.orm import Session

from app.models import Company, CrawlState, FitState, ImportBatch, ImportRow, Program, RowVerdict
from app.queries.progress import Progress, batch_progress, program_progress
from tests.world import make_program, make_prospect

CASES = [
    (CrawlState.WAITING, FitState.UNREAD),
    (CrawlState.READING, FitState.UNREAD),
    (CrawlState.READ, FitState.UNREAD),
    (CrawlState.EMBEDDING, FitState.SCORED),
    (CrawlState.DONE, FitState.WAITING),
    (CrawlState.DONE, FitState.SCORED),
    (CrawlState.DONE, FitState.NO_EVIDENCE),
    (CrawlState.FAILED, FitState.NO_EVIDENCE),
    (CrawlState.CANCELED, FitState.UNREAD),
]


def fill(session: Session, program: Program) -> list[int]:
    ids = []
    for crawl_state, fit_state in CASES:
        prospect = make_prospect(session, program, fit_state=fit_state)
        session.get_one(Company, prospect.company_id).crawl_state = crawl_state
        ids.append(prospect.id)
    session.flush()
    return ids


def test_each_prospect_is_counted_where_it_stands(session: Session) -> None:
    program = make_program(session)
    fill(session, program)
    fill(session, make_program(session))
    progress = program_progress(session, program.id)
    assert progress == Progress(
        total=9,
        waiting=1,
        reading=1,
        embedding=2,
        to_score=1,
        scored=1,
        no_evidence=2,
        crawl_failed=1,
        canceled=1,
    )
    assert (progress.under_way, progress.read, progress.percent) == (5, 6, 44)


def test_a_batch_counts_its_own_prospects(session: Session) -> None:
    program = make_program(session)
    ids = fill(session, program)
    batch = ImportBatch(program_id=program.id, filename="list.csv")
    session.add(batch)
    session.flush()
    session.add_all(
        ImportRow(batch_id=batch.id, line=line, fields={}, verdict=RowVerdict.NEW, prospect_id=prospect_id)
        for line, prospect_id in enumerate(ids[5:7])
    )
    assert batch_progress(session, batch.id) == Progress(total=2, scored=1, no_evidence=1)


def test_nothing_is_done_at_once(session: Session) -> None:
    assert program_progress(session, make_program(session).id).percent == 100
