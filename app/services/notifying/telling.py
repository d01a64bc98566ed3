"""Tell people: a line each, written in the transaction of what it is about, so that neither is there without the other.

Whoever may not see the program (any more), who did it themselves, and who wants to hear nothing of its kind gets none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.languages import in_language
from app.models import Membership, Role, User
from app.models.notification import Notification, NotificationChoice, NotificationKind, NotificationWay, Thing
from app.queries.notifications import notification_lines
from app.services.access import ROLE_PERMISSIONS, Permission
from app.services.links import own_addresses
from app.services.notices import post_notice

TOGETHER_FOR = timedelta(hours=1)
# As many unread lines of a kind within the hour stand alone; with the next one they become one line that counts.
FEW = 5
MOST_WORDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is told. `origin` names what is told once only; `words` are never those of a person outside."""

    program_id: int
    kind: NotificationKind
    thing: Thing
    row_id: int = 0
    prospect_id: int | None = None
    activity_id: int | None = None
    task_id: int | None = None
    words: str = ""
    actor_id: int | None = None
    origin: str | None = None


def tell(session: Session, news: News, user_ids: Iterable[int | None]) -> int:
    """Tell these people, each once; return how many were told."""
    wanted = {user_id for user_id in user_ids if user_id is not None} - {news.actor_id}
    if not wanted:
        return 0
    session.flush()
    told = [_tell_one(session, news, user, way) for user, way in _receivers(session, news, wanted)]
    return sum(told)


def tell_many(session: Session, news: News, user_id: int, *, count: int) -> None:
    """Tell one person of as many things of a kind as `count` says, in one line; `news` names the thing where it is one.

    What they were told within the hour and have not read is counted with them.
    """
    if count == 1:
        tell(session, news, [user_id])
        return
    session.flush()
    for user, way in _receivers(session, news, {user_id}):
        fresh = _fresh(session, news, user)
        leader = next((each for each in fresh if each.count > 1), None) or (_fold(session, fresh) if fresh else None)
        if leader is not None:
            _count_more(session, leader, news, by=count)
            continue
        row = _row(news, user, way)
        row.count = count
        session.add(row)
        session.flush()
        if way is NotificationWay.MAIL:
            _mail(session, user, row)


def members_who_may(session: Session, program_id: int, permission: Permission) -> list[int]:
    """Return the active members of a program whose role has a permission; admins only where they are members."""
    roles = [role for role, permissions in ROLE_PERMISSIONS.items() if permission in permissions]
    query = (
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.program_id == program_id, User.is_active, User.role.in_(roles))
    )
    return list(session.scalars(query))


def _receivers(session: Session, news: News, wanted: set[int]) -> list[tuple[User, NotificationWay]]:
    """Return who of these may see the program, with the way they chose, in one order for everybody who tells."""
    member = select(Membership.id).where(Membership.user_id == User.id, Membership.program_id == news.program_id)
    chosen = and_(NotificationChoice.user_id == User.id, NotificationChoice.kind == news.kind)
    rows = session.execute(
        select(User, NotificationChoice.way)
        .outerjoin(NotificationChoice, chosen)
        .where(User.id.in_(wanted), User.is_active, or_(User.role == Role.ADMIN, member.exists()))
        .order_by(User.id)
    )
    return [(user, way or NotificationWay.APP) for user, way in rows if way is not NotificationWay.OFF]


def _tell_one(session: Session, news: News, user: User, way: NotificationWay) -> bool:
    same = (Notification.user_id == user.id, Notification.origin == news.origin)
    if news.origin and session.scalar(select(Notification.id).where(*same)) is not None:
        return False
    fresh = _fresh(session, news, user)
    leader = next((each for each in fresh if each.count > 1), None)
    if leader is None and len(fresh) < FEW:
        row = _row(news, user, way)
        session.add(row)
        session.flush()
        if way is NotificationWay.MAIL:
            _mail(session, user, row)
        return True
    if leader is None:
        leader = _fold(session, fresh)
    _count_more(session, leader, news, by=1)
    if news.origin:
        row = _row(news, user, way)
        row.folded_into_id = leader.id
        session.add(row)
    return True


def _fresh(session: Session, news: News, user: User) -> list[Notification]:
    query = select(Notification).where(
        Notification.user_id == user.id,
        Notification.read_at.is_(None),
        Notification.kind == news.kind,
        Notification.thing == news.thing,
        Notification.program_id == news.program_id,
        Notification.folded_into_id.is_(None),
        Notification.at > now() - TOGETHER_FOR,
    )
    return list(session.scalars(query.order_by(Notification.id).limit(FEW + 1)))


def _fold(session: Session, rows: list[Notification]) -> Notification:
    """Let the first of these lines stand for all of them."""
    leader, *rest = rows
    leader.count = len(rows)
    leader.prospect_id = leader.activity_id = None
    for row in rest:
        row.folded_into_id = leader.id
    session.flush()
    return leader


def _count_more(session: Session, leader: Notification, news: News, *, by: int) -> None:
    """Count up in the database, so that two who tell at the same moment are both counted."""
    session.execute(
        update(Notification)
        .where(Notification.id == leader.id)
        .values(count=Notification.count + by, actor_id=news.actor_id)
        .execution_options(synchronize_session="fetch")
    )


def _row(news: News, user: User, way: NotificationWay) -> Notification:
    return Notification(
        user_id=user.id,
        program_id=news.program_id,
        kind=news.kind,
        thing=news.thing,
        row_id=news.row_id,
        prospect_id=news.prospect_id,
        activity_id=news.activity_id,
        task_id=news.task_id,
        words=news.words[:MOST_WORDS],
        actor_id=news.actor_id,
        origin=news.origin,
        way=way,
    )


def _mail(session: Session, user: User, row: Notification) -> None:
    lines = notification_lines(session, user, Notification.id == row.id)
    if not lines:
        return
    line = lines[0]
    root = own_addresses().public_url.rstrip("/")
    with in_language(user.language, is_staff=True):
        title = line.title
        chosen = _("What is mailed to you at once is chosen at %(link)s", link=f"{root}/notifications/choices")
    text = [title, *([line.under] if line.under else []), "", f"{root}/notifications/{row.id}", "", chosen]
    post_notice(session, kind="notification", to_address=user.email, subject=title, text="\n".join(text))
    row.mailed_at = now()
