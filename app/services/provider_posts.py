"""Posts of the mail provider's event webhook: kept raw before they are answered, read into events afterwards.

Posts come by the hundred a second, twice, late and out of order. So the request stores bytes and nothing else; a job
reads each post in a transaction of its own, keeps every event once (by the provider's id and by content) and hands it
to the ledger, which decides by rank and not by arrival.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Insert, Table, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, defer

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.models import Attempt, PostState, ProviderEvent, ProviderPost, SuppressionReason
from app.services.errors import InvalidInput
from app.services.ledger.delivery import apply_delivery_event
from app.services.ledger.gate import close_gate
from app.services.suppressions import suppress
from outreach.events import Event, EventKind, UnreadablePost, read_events

SENDGRID = "sendgrid"
_REASONS = {
    EventKind.COMPLAINT: SuppressionReason.COMPLAINT,
    EventKind.OPT_OUT: SuppressionReason.OPT_OUT,
    EventKind.HARD_BOUNCE: SuppressionReason.HARD_BOUNCE,
}
_POSTS = cast("Table", ProviderPost.__table__)
_STORE = insert(_POSTS).returning(_POSTS.c.id)
_LOOKED_UP_AT_ONCE = 400
_STORM_POSTS = 60
_STORM_WITHIN = timedelta(seconds=1)


def store_post(session: Session, body: bytes, *, provider: str = SENDGRID) -> int:
    """Keep the raw body of a post whose signature held, ring for its reading after the commit, and return its id.

    Hundreds of these come a second: the row is written by a statement that is made once.
    """
    row = {"provider": provider, "body": body, "state": PostState.WAITING, "detail": "", "received_at": now()}
    post_id: int = session.connection().execute(_STORE, row).scalar_one()
    dispatch_after_commit(session, Job.READ_POSTS)
    return post_id


def waiting_posts(session: Session, *, limit: int) -> Sequence[int]:
    """Return the ids of posts nobody has read yet, oldest first."""
    query = select(ProviderPost.id).where(ProviderPost.state == PostState.WAITING)
    return session.scalars(query.order_by(ProviderPost.id).limit(limit)).all()


def is_storm(session: Session) -> bool:
    """Say whether posts come in faster than they are read: sixty of them within the last second."""
    newest = select(ProviderPost.received_at).order_by(ProviderPost.id.desc())
    oldest = session.scalar(newest.offset(_STORM_POSTS - 1).limit(1))
    return oldest is not None and now() - oldest < _STORM_WITHIN


def read_post(session: Session, post_id: int) -> int:
    """Read one waiting post into events, hand the new ones to the ledger, and return how many were new.

    Safe to run twice: the post is locked for the length of the transaction, and an event that is known is left out.
    """
    waiting = (ProviderPost.id == post_id, ProviderPost.state == PostState.WAITING)
    unread = session.execute(select(ProviderPost.body, ProviderPost.received_at).where(*waiting)).one_or_none()
    if unread is None:
        return 0
    try:
        reading = read_events(unread.body, received_at=unread.received_at)
    except UnreadablePost as error:
        set_post_aside(session, post_id, cause=str(error))
        return 0
    if any(event.kind in _REASONS for event in reading.events):
        # Before any row is locked: a handing over that has passed the gate may wait for one of them.
        close_gate(session)
    post = session.scalar(
        select(ProviderPost).options(defer(ProviderPost.body)).where(*waiting).with_for_update(skip_locked=True)
    )
    if post is None:
        return 0
    added = _add_new(session, reading.events)
    for event in added.telling:
        _apply(session, event)
    post.state = PostState.READ
    post.detail = "\n".join(reading.problems[:20])
    session.flush()
    return added.count


def set_post_aside(session: Session, post_id: int, *, cause: str) -> None:
    """Mark a post that cannot be read, with the cause; its bytes stay, the posts behind it go on."""
    post = session.get(ProviderPost, post_id)
    if post is not None and post.state is PostState.WAITING:
        post.state = PostState.UNREADABLE
        post.detail = cause[:2_000]
        session.flush()


@dataclass(frozen=True, slots=True)
class _Added:
    """How many events were new, and the rows of those that may change something, in the order they happened."""

    count: int = 0
    telling: Sequence[ProviderEvent] = ()


def _add_new(session: Session, events: list[Event]) -> _Added:
    """Add the events that are not known yet, by id and by content."""
    fresh = _unknown(session, events)
    if not fresh:
        return _Added()
    references = _references_of(session, fresh)
    rows = [_values(event, references) for event in sorted(fresh, key=lambda event: event.content_key)]
    ours = _attempts_named(session, {str(row["reference"]) for row in rows if row["reference"]})
    telling = {row["content_key"] for row in rows if row["reference"] in ours or row["kind"] in _REASONS}
    # Another worker may read the same event out of another post at this moment: then it is theirs.
    statement = _insert_ignoring(session).returning(ProviderEvent.id, ProviderEvent.content_key)
    added = session.execute(statement, rows).all()
    wanted = [event_id for event_id, key in added if key in telling]
    found = session.scalars(select(ProviderEvent).where(ProviderEvent.id.in_(wanted))).all() if wanted else []
    return _Added(len(added), sorted(found, key=lambda row: (row.at, row.id)))


def _attempts_named(session: Session, references: set[str]) -> set[str]:
    """Return which of the references are ours: most posts of a busy account speak of other programs' mail."""
    wanted = sorted(references)
    found: set[str] = set()
    for start in range(0, len(wanted), _LOOKED_UP_AT_ONCE):
        part = wanted[start : start + _LOOKED_UP_AT_ONCE]
        found.update(session.scalars(select(Attempt.reference).where(Attempt.reference.in_(part))))
    return found


def _unknown(session: Session, events: list[Event]) -> list[Event]:
    ids: set[str | None] = set()
    keys: set[str] = set()
    for start in range(0, len(events), _LOOKED_UP_AT_ONCE):
        part = events[start : start + _LOOKED_UP_AT_ONCE]
        query = select(ProviderEvent.event_id, ProviderEvent.content_key).where(
            or_(
                ProviderEvent.content_key.in_([event.content_key for event in part]),
                ProviderEvent.event_id.in_([event.event_id for event in part if event.event_id]),
            )
        )
        for event_id, key in session.execute(query):
            ids.add(event_id)
            keys.add(key)
    fresh = []
    for event in events:
        if event.content_key in keys or (event.event_id and event.event_id in ids):
            continue
        keys.add(event.content_key)
        ids.add(event.event_id)
        fresh.append(event)
    return fresh


def _references_of(session: Session, events: list[Event]) -> dict[str, str]:
    """Return, for events that name no attempt of ours, the attempt that the provider's message id leads to."""
    wanted = {part: event.provider_id for event in events if not event.reference for part in _heads(event.provider_id)}
    if not wanted:
        return {}
    query = select(Attempt.provider_id, Attempt.reference).where(Attempt.provider_id.in_(sorted(wanted)[:900]))
    return {wanted[provider_id]: reference for provider_id, reference in session.execute(query)}


def _heads(provider_id: str) -> list[str]:
    """Return what X-Message-Id may have been: an event's sg_message_id begins with it, a dot and more follow."""
    pieces = provider_id.split(".")[:8]
    return [".".join(pieces[:length]) for length in range(1, len(pieces) + 1) if pieces[0]]


def _values(event: Event, references: dict[str, str]) -> dict[str, Any]:
    return {
        "event_id": event.event_id,
        "content_key": event.content_key,
        "reference": event.reference or references.get(event.provider_id, ""),
        "kind": event.kind.value,
        "at": event.at,
        "received_at": now(),
        "is_applied": False,
        "payload": event.payload,
    }


def _insert_ignoring(session: Session) -> Any:
    dialect = session.get_bind().dialect.name
    adding: Insert = postgresql.insert(ProviderEvent) if dialect == "postgresql" else sqlite.insert(ProviderEvent)
    return adding.on_conflict_do_nothing()  # type: ignore[attr-defined]


def _apply(session: Session, event: ProviderEvent) -> None:
    apply_delivery_event(session, event)
    reason = _REASONS.get(EventKind(event.kind))
    if event.message_id is not None or reason is None:
        return
    # Mail of another program on the same account, or of a database that was restored: the wish holds all the same.
    try:
        suppress(session, str(event.payload.get("email", "")), reason=reason, source=f"event:{event.id}")
    except InvalidInput:
        return  # some drops name no address, and then there is nobody to keep from mail
