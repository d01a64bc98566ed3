"""The provider's events: by rank and not by arrival, often, early, late, without ids; and what they settle and stop."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from app.clock import now
from app.db import reading, transaction
from app.models import (
    Attempt,
    AttemptOutcome,
    Delivery,
    Enrollment,
    EnrollmentState,
    Message,
    MessageState,
    ProviderEvent,
    Stop,
    StopKind,
    Suppression,
)
from app.services.ledger.claiming import LEASE, Worker, claim
from app.services.ledger.delivery import apply_delivery_event
from app.services.ledger.handing_over import Handover, begin_attempt
from app.services.ledger.outcomes import Outcome, record_outcome
from app.services.ledger.resolving import resolve, send_again
from app.services.ledger.wording import Wording
from app.services.provider_posts import read_post, store_post
from bench.event_storm import make_storm
from outreach.events import EventKind
from outreach.transports.message import Uncertain
from tests.ledger_world import Ledger, balance, enrollments, make_ledger, messages, only_message
from tests.world import make_user

WORKER = Worker("w", LEASE)


@pytest.fixture
def ledger(database: Engine) -> Ledger:
    with transaction() as session:
        made = make_ledger(session)
        made.enroll(session)
        return made


def hear(kind: EventKind, reference: str, *, at_s: int = 0, **payload: str) -> ProviderEvent:
    with transaction() as session:
        event = ProviderEvent(
            content_key=f"{kind.value}-{reference}-{at_s}",
            reference=reference,
            kind=kind.value,
            at=now() + timedelta(seconds=at_s),
            payload=payload,
        )
        session.add(event)
        session.flush()
        apply_delivery_event(session, event)
        return event


def reference_of(number: int = 0) -> str:
    with reading() as session:
        return session.scalars(select(Attempt.reference).order_by(Attempt.id)).all()[number]


def begin_all() -> list[Handover]:
    """Hand every planned mail over as far as the commit before the call."""
    begun = []
    while claimed := claim_some():
        for message_id in claimed:
            with transaction() as session:
                handover = begin_attempt(session, message_id, worker=WORKER, wording=Wording("Hello", "Shall we talk?"))
            assert handover is not None
            begun.append(handover)
    return begun


def claim_some() -> list[int]:
    with transaction() as session:
        return claim(session, WORKER, limit=100)


def record(handover: Handover, kind: AttemptOutcome) -> None:
    with transaction() as session:
        record_outcome(session, handover, Outcome(kind, provider_id="p" if kind is AttemptOutcome.ACCEPTED else ""))


@pytest.mark.parametrize(
    ("kinds", "shown"),
    [
        ((EventKind.DELIVERED, EventKind.PROCESSED), Delivery.DELIVERED),
        ((EventKind.COMPLAINT, EventKind.DELIVERED, EventKind.OPT_OUT), Delivery.COMPLAINED),
        ((EventKind.HARD_BOUNCE, EventKind.DELIVERED), Delivery.HARD_BOUNCED),
        ((EventKind.DEFERRED, EventKind.PROCESSED), Delivery.DEFERRED),
        ((EventKind.OPEN, EventKind.CLICK), Delivery.UNKNOWN),
    ],
)
def test_the_strongest_news_is_shown(ledger: Ledger, kinds: tuple[EventKind, ...], shown: Delivery) -> None:
    ledger.send()
    for kind in kinds:
        event = hear(kind, reference_of())
    assert event.is_applied
    assert only_message().delivery is shown


def test_an_event_that_is_faster_than_our_commit_counts(ledger: Ledger) -> None:
    ledger.plan()
    [handover] = begin_all()
    hear(EventKind.DELIVERED, handover.mail.reference)
    assert only_message().state is MessageState.ACCEPTED
    record(handover, AttemptOutcome.ACCEPTED)
    message = only_message()
    assert (message.state, message.delivery, message.provider_id) == (MessageState.ACCEPTED, Delivery.DELIVERED, "p")


def test_an_event_settles_a_doubt_even_after_a_person_was_asked(ledger: Ledger) -> None:
    ledger.plan()
    [handover] = begin_all()
    record(handover, AttemptOutcome.UNCERTAIN)
    assert only_message().state is MessageState.UNCERTAIN
    hear(EventKind.PROCESSED, handover.mail.reference)
    assert only_message().state is MessageState.RESOLVED_SENT
    assert ledger.plan() == {"through": 1}


def test_an_event_keeps_a_mail_from_being_sent_again_that_a_person_thought_lost(ledger: Ledger) -> None:
    ledger.transport.answer = lambda _mail: (_ for _ in ()).throw(Uncertain("silence"))
    ledger.send()
    with transaction() as session:
        user = make_user(session)
        resolve(session, only_message().id, was_sent=False, by_user_id=user.id)
        send_again(session, only_message().id, by_user_id=user.id)
    hear(EventKind.DELIVERED, reference_of())
    ledger.transport.answer = None
    ledger.send()
    assert len(ledger.transport.sent) == 1
    assert only_message().state is MessageState.RESOLVED_SENT


@pytest.mark.parametrize(
    ("kind", "stop"),
    [
        (EventKind.HARD_BOUNCE, StopKind.BOUNCE),
        (EventKind.OPT_OUT, StopKind.OPT_OUT),
        (EventKind.COMPLAINT, StopKind.COMPLAINT),
    ],
)
def test_what_ends_outreach_suppresses_the_address_and_stops_the_person_once(
    ledger: Ledger, kind: EventKind, stop: StopKind
) -> None:
    ledger.send()
    for second in (0, 1):
        hear(kind, reference_of(), at_s=second)
    with reading() as session:
        assert session.scalars(select(Stop.kind)).all() == [stop]
        assert session.scalars(select(Suppression.value)).all() == [only_message().to_address]
    assert enrollments()[0].state is EnrollmentState.STOPPED


def test_a_soft_bounce_stops_nothing(ledger: Ledger) -> None:
    ledger.send()
    hear(EventKind.SOFT_BOUNCE, reference_of())
    with reading() as session:
        assert session.scalars(select(Stop)).all() == []
    assert enrollments()[0].state is EnrollmentState.ACTIVE


def test_an_event_of_an_unknown_attempt_stays_unapplied(ledger: Ledger) -> None:
    event = hear(EventKind.DELIVERED, "somebody-elses")
    assert not event.is_applied
    assert event.message_id is None


def weather(*, mails: int, seed: int) -> None:
    """Let a storm of events fall on mails and calm on their twins; both must end the same."""
    with transaction() as session:
        ledger = make_ledger(session)
        ledger.enroll(session, 2 * mails)
    while ledger.plan():
        pass
    begun = begin_all()
    stormy, calm = begun[:mails], begun[mails:]
    storm = make_storm(
        {one.mail.reference: twin.mail.reference for one, twin in zip(stormy, calm, strict=True)}, seed=seed, at_once=40
    )
    # A fifth is not recorded yet when its first events come; another fifth never gets an answer.
    fates = [number % 5 for number in range(mails)]
    for one, twin, fate in zip(stormy, calm, fates, strict=True):
        record(twin, AttemptOutcome.UNCERTAIN if fate == 1 else AttemptOutcome.ACCEPTED)
        if fate != 0:
            record(one, AttemptOutcome.UNCERTAIN if fate == 1 else AttemptOutcome.ACCEPTED)
    half = len(storm.posts) // 2
    post_all(storm.posts[:half])
    for one, fate in zip(stormy, fates, strict=True):
        if fate == 0:
            record(one, AttemptOutcome.ACCEPTED)
    post_all(storm.posts[half:])
    post_all(storm.in_order)
    ends = final_states()
    for one, twin in zip(stormy, calm, strict=True):
        assert ends[one.message_id] == ends[twin.message_id]
    assert {end[0] for end in ends.values()} == {MessageState.ACCEPTED, MessageState.RESOLVED_SENT}
    assert balance().is_exact


def post_all(posts: list[bytes]) -> None:
    for body in posts:
        with transaction() as session:
            read_post(session, store_post(session, body))


def final_states() -> dict[int, tuple[object, ...]]:
    """Return, for each message, all that its events may have changed."""
    with reading() as session:
        suppressed = set(session.scalars(select(Suppression.value)))
        stops: dict[int | None, set[StopKind]] = {}
        for stop in session.scalars(select(Stop)):
            stops.setdefault(stop.contact_id, set()).add(stop.kind)
        states = {row.id: row.state for row in session.execute(select(Enrollment.id, Enrollment.state))}
        return {
            message.id: (
                message.state,
                message.delivery,
                message.delivery_at,
                message.to_address in suppressed,
                frozenset(stops.get(message.contact_id, set())),
                states[message.enrollment_id or 0],
            )
            for message in session.scalars(select(Message))
        }


def test_a_storm_of_events_ends_as_the_calm_does(database: Engine) -> None:
    weather(mails=15, seed=1)


@pytest.mark.exhaustive
@pytest.mark.timeout(7200)
def test_a_storm_over_ten_thousand_mails_ends_as_the_calm_does(database: Engine) -> None:
    weather(mails=10_000, seed=2)
    assert len(messages()) == 20_000
