"""Each minute: wake who is due, have sites read again, ring for work that a lost doorbell or a dead worker left.

Once an hour it also forgets what is kept for a while only, and reminds people of what waits in onboarding and in
migration waves.
Partners who heard nothing for long make tasks, once an hour too. In the morning people's mails of their day are posted.
"""

from app import dispatch
from app.clock import now
from app.db import reading, refresh_statistics, transaction
from app.dispatch import Job
from app.jobs.duplicates import look_for_duplicates_at_night
from app.jobs.report_mails import post_report_mails
from app.jobs.review_rules import approve_by_rules
from app.jobs.watch import read_sites_again
from app.queries.bulk import bulk_left_behind
from app.queries.work import doorbells_to_ring, imports_left_behind
from app.services.copies import copies_left_behind, end_old_copies
from app.services.day_choices import post_morning_mails
from app.services.domain_age import request_missing_ages
from app.services.keeping.cadence import keep_in_touch
from app.services.moves import wake_due_prospects
from app.services.notifying.due_tasks import tell_due_tasks
from app.services.onboarding.nudges import remind
from app.services.pauses import end_due_pauses
from app.services.retention import forget_old
from app.services.waves.reminding import attend_to_waves

FORGETS_AT_MINUTE = 17
REMINDS_AT_MINUTE = 37
TOUCHES_AT_MINUTE = 47


def sweep() -> int:
    """Wake dormant prospects whose day has come and ring for every list with forgotten rows; return how many rang."""
    with transaction() as session:
        wake_due_prospects(session)
        end_due_pauses(session)
        end_old_copies(session)
        if now().minute == FORGETS_AT_MINUTE:
            forget_old(session)
            request_missing_ages(session)
    if now().minute == FORGETS_AT_MINUTE:
        refresh_statistics()
    if now().minute == REMINDS_AT_MINUTE:
        with transaction() as session:
            remind(session)
        with transaction() as session:
            attend_to_waves(session)
    if now().minute == TOUCHES_AT_MINUTE:
        with transaction() as session:
            keep_in_touch(session)
    # Before the mails of the morning, which carry what people want to read there.
    with transaction() as session:
        tell_due_tasks(session)
    with transaction() as session:
        post_morning_mails(session)
    read_sites_again()
    look_for_duplicates_at_night()
    post_report_mails()
    approve_by_rules()
    with reading() as session:
        jobs = doorbells_to_ring(session)
        imports = imports_left_behind(session)
        bulk = bulk_left_behind(session)
        copies = copies_left_behind(session)
    # In any case, so that the ledger notes each minute that it is alive.
    dispatch.ring(Job.PLAN_OUTREACH)
    # Rules name people as scores come in, and no event says so.
    dispatch.ring(Job.RUN_ENROLLMENTS)
    rung = [dispatch.ring(job) for job in jobs] + [dispatch.ring(Job.RUN_IMPORT, batch_id) for batch_id in imports]
    rung += [dispatch.ring(job, copy_id) for job, copy_id in copies]
    rung += [dispatch.ring(Job.RUN_BULK, action_id) for action_id in bulk]
    return sum(rung)
