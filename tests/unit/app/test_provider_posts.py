"""Events of the provider: each kept once, however often, late and shuffled it comes."""

import json
import random
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import transaction
from app.jobs.events import read_posts
from app.models import (
    Attempt,
    Delivery,
    Enrollment,
    EnrollmentState,
    Message,
    PostState,
    ProviderEvent,
    ProviderPost,
    SuppressionReason,
)
from app.services.provider_posts import read_post, store_post
from app.services.suppressions import is_suppressed
from tests.mail_world import make_message
from tests.outreach_world import make_contact, make_enrollment, make_sender, make_sequence
from tests.world import make_program, make_prospect


@pytest.fixture
def message(session: Session) -> Message:
    program = make_program(session)
    prospect = make_prospect(session, program)
    sender = make_sender(session, program)
    contact = make_contact(session, prospect, "ola@agency.example")
    enrollment = make_enrollment(session, prospect, contact, make_sequence(session, program, sender), sender)
    return make_message(session, enrollment)


def event(session: Session, message: Message, kind: str, **values: Any) -> dict[str, Any]:
    reference = session.scalar(select(Attempt.reference).where(Attempt.message_id == message.id))
    return {
        "event": kind,
        "email": message.to_address,
        "timestamp": 1785751200,
        "pf_reference": reference,
        "sg_event_id": f"{kind}-{message.id}",
        "sg_message_id": "abc.filter1",
    } | values


def post(session: Session, *events: object) -> int:
    return read_post(session, store_post(session, json.dumps(events).encode()))


def test_repeats_new_ids_and_missing_ids_add_nothing(session: Session, message: Message) -> None:
    delivered = event(session, message, "delivered")
    assert post(session, delivered, delivered) == 1
    assert post(session, delivered) == 0
    assert post(session, delivered | {"sg_event_id": "new"}) == 0
    assert post(session, {name: value for name, value in delivered.items() if name != "sg_event_id"}) == 0
    session.refresh(message)
    assert message.delivery is Delivery.DELIVERED


def test_any_order_gives_the_strongest_news(session: Session, message: Message) -> None:
    kinds = ["processed", "deferred", "delivered", "bounce", "open", "spamreport"] * 3
    random.Random(3).shuffle(kinds)
    for number, kind in enumerate(kinds):
        post(session, event(session, message, kind, sg_event_id=f"e{number}"))
    session.refresh(message)
    assert message.delivery is Delivery.COMPLAINED
    row = is_suppressed(session, message.to_address)
    assert row is not None
    assert row.reason is SuppressionReason.COMPLAINT
    assert session.get_one(Enrollment, message.enrollment_id).state is EnrollmentState.STOPPED


def test_events_of_strangers_are_kept_and_their_wishes_heeded(session: Session) -> None:
    strange = {"event": "unsubscribe", "email": "x@other.example", "timestamp": 1785751200, "pf_reference": "nobody's"}
    assert post(session, strange, {"event": "dropped", "email": "", "reason": "Invalid"}) == 2
    stored = session.scalars(select(ProviderEvent).order_by(ProviderEvent.id)).all()
    assert not any(each.is_applied for each in stored)
    assert is_suppressed(session, "x@other.example")


def test_an_event_without_our_reference_is_found_by_the_providers_id(session: Session, message: Message) -> None:
    session.scalars(select(Attempt)).one().provider_id = "abc"
    late = event(session, message, "bounce", pf_reference=None, sg_message_id="abc.filter0001.16648.5515E0B88.0")
    assert post(session, late) == 1
    session.refresh(message)
    assert message.delivery is Delivery.HARD_BOUNCED


def test_an_unreadable_post_is_set_aside_with_the_cause(session: Session) -> None:
    post_id = store_post(session, b"[oops")
    assert read_post(session, post_id) == 0
    stored = session.get_one(ProviderPost, post_id)
    assert (stored.state, "no JSON" in stored.detail) == (PostState.UNREADABLE, True)


@pytest.mark.usefixtures("database")
def test_the_job_reads_all_that_waits_and_sets_a_poisonous_post_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    good = json.dumps([{"event": "open", "email": "a@b.example", "timestamp": 1785751200}]).encode()
    with transaction() as session:
        ids = [store_post(session, body) for body in (good, b"poison", good)]

    def read(session: Session, post_id: int) -> int:
        if post_id == ids[1]:
            raise ZeroDivisionError("a fault of ours")
        return read_post(session, post_id)

    monkeypatch.setattr("app.jobs.events.read_post", read)
    assert read_posts() == 1
    with transaction() as session:
        states = session.execute(select(ProviderPost.state, func.count()).group_by(ProviderPost.state)).all()
        assert {row[0]: row[1] for row in states} == {PostState.READ: 2, PostState.UNREADABLE: 1}
