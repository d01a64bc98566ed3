"""The occasions on which people are told, one function each: who hears of it and where it leads."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from app.languages import SOURCE, counted, in_language
from app.languages import gettext as _
from app.models import (
    Activity,
    Application,
    Partnership,
    Prospect,
    ReceivedMail,
    Sender,
    Task,
    User,
)
from app.models.bulk import BulkAction, BulkState
from app.models.notification import NotificationKind, Thing
from app.services.access import Permission
from app.services.notifying.telling import News, members_who_may, tell


def mention_on(prospect: Prospect, activity: Activity, *, author_id: int) -> News:
    """Return what is told to people whom a note or a call names."""
    return News(
        program_id=prospect.program_id,
        kind=NotificationKind.MENTION,
        thing=Thing.PROSPECT,
        prospect_id=prospect.id,
        activity_id=activity.id,
        actor_id=author_id,
    )


def mention_in_task(task: Task, *, author_id: int) -> News:
    """Return what is told to people whom a task names; whoever gets the task hears of that already."""
    return News(
        program_id=task.program_id,
        kind=NotificationKind.MENTION,
        thing=Thing.TASK,
        prospect_id=task.prospect_id,
        task_id=task.id,
        actor_id=author_id,
    )


def mention_in_application(application: Application, *, author_id: int) -> News:
    """Return what is told to people whom a second opinion, or the question for one, names."""
    return News(
        program_id=application.program_id,
        kind=NotificationKind.MENTION,
        thing=Thing.APPLICATION,
        row_id=application.id,
        prospect_id=application.prospect_id,
        actor_id=author_id,
    )


def prospect_given(session: Session, prospect: Prospect, *, actor_id: int | None) -> None:
    """Tell a prospect's owner that it is theirs."""
    news = News(
        program_id=prospect.program_id,
        kind=NotificationKind.ASSIGNED,
        thing=Thing.PROSPECT,
        prospect_id=prospect.id,
        actor_id=actor_id,
    )
    tell(session, news, [prospect.owner_id])


def task_given(session: Session, task: Task, *, actor_id: int | None) -> None:
    """Tell whoever a task is for."""
    news = News(
        program_id=task.program_id,
        kind=NotificationKind.ASSIGNED,
        thing=Thing.TASK,
        prospect_id=task.prospect_id,
        task_id=task.id,
        actor_id=actor_id,
    )
    tell(session, news, [task.assignee_id])


def partner_given(session: Session, partnership: Partnership, *, actor_id: int | None) -> None:
    """Tell the account manager about a partner who is theirs."""
    news = News(
        program_id=partnership.program_id,
        kind=NotificationKind.ASSIGNED,
        thing=Thing.PARTNER,
        row_id=partnership.id,
        prospect_id=partnership.prospect_id,
        actor_id=actor_id,
    )
    tell(session, news, [partnership.account_manager_id])


def partner_stuck(session: Session, partnership: Partnership, *, days: int) -> None:
    """Tell the account manager about a partner with whom nothing happens."""
    with _speaking_to(session, partnership.account_manager_id):
        words = counted("Nothing has happened for %(num)s day", "Nothing has happened for %(num)s days", days)
    news = News(
        program_id=partnership.program_id,
        kind=NotificationKind.STUCK,
        thing=Thing.PARTNER,
        row_id=partnership.id,
        prospect_id=partnership.prospect_id,
        words=words,
    )
    tell(session, news, [partnership.account_manager_id])


def reply_came(session: Session, mail: ReceivedMail, prospect: Prospect) -> None:
    """Tell a prospect's owner that somebody there answered."""
    news = News(
        program_id=prospect.program_id,
        kind=NotificationKind.REPLY,
        thing=Thing.MAIL,
        row_id=mail.id,
        prospect_id=prospect.id,
    )
    tell(session, news, [prospect.owner_id])


def application_came(session: Session, application: Application) -> None:
    """Tell the program's reviewers, and the owner of the prospect, about an application that waits for them."""
    prospect = session.get(Prospect, application.prospect_id) if application.prospect_id else None
    reviewers = members_who_may(session, application.program_id, Permission.DECIDE)
    news = News(
        program_id=application.program_id,
        kind=NotificationKind.APPLICATION,
        thing=Thing.APPLICATION,
        row_id=application.id,
        prospect_id=application.prospect_id,
    )
    tell(session, news, [*reviewers, prospect.owner_id if prospect else None])


def sender_paused(session: Session, sender: Sender, *, reason: str, actor_id: int | None) -> None:
    """Tell whoever sends in the program that a sender rests, and why."""
    news = News(
        program_id=sender.program_id,
        kind=NotificationKind.SENDER_PAUSED,
        thing=Thing.SENDER,
        row_id=sender.id,
        words=f"{sender.address}: {reason}" if reason else sender.address,
        actor_id=actor_id,
    )
    tell(session, news, members_who_may(session, sender.program_id, Permission.EDIT_SEQUENCES))


def bulk_ended(session: Session, action: BulkAction) -> None:
    """Tell whoever started a bulk action, or took it back, how it ended."""
    receiver_id = action.undone_by_id if action.state is BulkState.UNDONE else action.created_by_id
    with _speaking_to(session, receiver_id):
        parts = [
            counted("%(num)s done", "%(num)s done", action.done_count) if action.done_count else "",
            counted("%(num)s left as they were", "%(num)s left as they were", action.skipped_count)
            if action.skipped_count
            else "",
            counted("%(num)s failed", "%(num)s failed", action.failed_count) if action.failed_count else "",
            counted("%(num)s put back", "%(num)s put back", action.undone_count) if action.undone_count else "",
        ]
        became = ", ".join(filter(None, parts)) or _("nothing to do")
        words = f"{_(action.kind.label)}: {became}"
    news = News(
        program_id=action.program_id,
        kind=NotificationKind.BULK_ENDED,
        thing=Thing.BULK,
        row_id=action.id,
        words=words,
    )
    tell(session, news, [receiver_id])


@contextmanager
def _speaking_to(session: Session, user_id: int | None) -> Iterator[None]:
    """Speak the language of the one person who is told: the words are kept with their line."""
    user = session.get(User, user_id) if user_id else None
    with in_language(user.language if user else SOURCE, is_staff=True):
        yield
