"""Ring again, each minute, for work that was left behind: a lost doorbell, a flushed queue, a killed worker."""

from app import dispatch
from app.db import reading
from app.dispatch import Job
from app.queries.work import doorbells_to_ring, imports_left_behind


def sweep() -> int:
    """Ring for every work list that holds forgotten rows; return how many doorbells rang."""
    with reading() as session:
        jobs = doorbells_to_ring(session)
        imports = imports_left_behind(session)
    rung = [dispatch.ring(job) for job in jobs] + [dispatch.ring(Job.RUN_IMPORT, batch_id) for batch_id in imports]
    return sum(rung)
