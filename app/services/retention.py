"""What is kept for a while only: ended sessions with their addresses, sent notices, posts that were read, files.

What these rows led to stays: the audit log, a mail's history and the provider's events are rows of their own.
"""

from datetime import datetime, timedelta

from sqlalchemy import Delete, Update, delete, or_, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.models import BatchState, ImportBatch, Notice, NoticeState, PartnerLink, PostState, ProviderPost, UserSession
from app.models.batch import ImportChange
from app.models.merge import Merge, MergeStep
from app.models.notification import Notification
from app.models.wave import WaveLink
from app.services.application_files import forget_unsent_files
from app.services.contact_forgetting import forget_old_changes
from app.services.imports.undoing import UNDO_FOR as IMPORT_UNDO_FOR
from app.services.merging.undoing import UNDO_FOR
from app.services.prospect_files import forget_deleted_files

SESSIONS_KEPT = timedelta(days=30)
NOTICES_KEPT = timedelta(days=180)
NOTIFICATIONS_KEPT = timedelta(days=90)
POSTS_KEPT = timedelta(days=30)
UNUSED_FILES_KEPT = timedelta(days=30)
_UNUSED = (BatchState.CHECKED, BatchState.FAILED, BatchState.CANCELED)


def forget_old(session: Session) -> int:
    """Delete what is over and return how many rows; what is open or went wrong stays until someone looks."""
    at = now()
    forgotten = forget_unsent_files(session) + forget_old_changes(session, at) + forget_deleted_files(session, at)
    return forgotten + sum(session.connection().execute(each).rowcount for each in _over(at))


def _over(at: datetime) -> tuple[Delete | Update, ...]:
    ended = at - SESSIONS_KEPT
    old_imports = select(ImportBatch.id).where(ImportBatch.finished_at < at - IMPORT_UNDO_FOR)
    unused = (ImportBatch.state.in_(_UNUSED), ImportBatch.content.is_not(None))
    return (
        delete(UserSession).where(or_(UserSession.expires_at < ended, UserSession.revoked_at < ended)),
        delete(Notice).where(Notice.state == NoticeState.SENT, Notice.sent_at < at - NOTICES_KEPT),
        delete(Notification).where(Notification.at < at - NOTIFICATIONS_KEPT),
        delete(PartnerLink).where(PartnerLink.expires_at < at),
        delete(WaveLink).where(WaveLink.expires_at < at),
        delete(MergeStep).where(MergeStep.merge_id.in_(select(Merge.id).where(Merge.at < at - UNDO_FOR))),
        delete(ImportChange).where(ImportChange.batch_id.in_(old_imports)),
        update(ImportBatch).where(*unused, ImportBatch.created_at < at - UNUSED_FILES_KEPT).values(content=None),
        delete(ProviderPost).where(ProviderPost.state == PostState.READ, ProviderPost.received_at < at - POSTS_KEPT),
    )
