"""Posts of the event webhook: genuine ones, altered ones, and what each event says."""

import base64
import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from outreach.events import BadKey, EventKind, UnreadablePost, is_genuine, load_key, read_events

NOW = datetime(2026, 8, 3, 10, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
PRIVATE = generate_private_key(SECP256R1())
PUBLIC = base64.b64encode(PRIVATE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
BODY = b'[{"event":"delivered","email":"a@b.example","timestamp":1785751200}]\r\n'


def sign(body: bytes, timestamp: str = STAMP) -> str:
    return base64.b64encode(PRIVATE.sign(timestamp.encode() + body, ECDSA(SHA256()))).decode()


def accepts(body: bytes, signature: str, timestamp: str = STAMP, now: datetime = NOW) -> bool:
    return is_genuine(load_key(PUBLIC), signature=signature, timestamp=timestamp, body=body, now=now)


def test_genuine_post_counts_with_its_trailing_line_end() -> None:
    assert accepts(BODY, sign(BODY))
    assert not accepts(BODY.strip(), sign(BODY))


def test_a_digit_cannot_move_between_timestamp_and_body() -> None:
    assert not accepts(STAMP[-1:].encode() + BODY, sign(BODY), STAMP[:-1])
    digits = b"7" + BODY
    assert not accepts(BODY, sign(digits), STAMP + "7")


@pytest.mark.parametrize("age", [timedelta(hours=27), timedelta(minutes=-11)])
def test_posts_of_another_day_are_refused(age: timedelta) -> None:
    assert not accepts(BODY, sign(BODY), now=NOW + age)


@pytest.mark.parametrize("signature", ["", "x", "====", "A" * 500, "é", base64.b64encode(b"0" * 70).decode()])
def test_broken_signatures_are_refused_and_raise_nothing(signature: str) -> None:
    assert not accepts(BODY, signature)


@pytest.mark.parametrize("timestamp", ["", "abc", "١٧٨٥٧٥١٢٠٠", "-785751200", "99999999999", "1785751200.0"])
def test_broken_timestamps_are_refused_and_raise_nothing(timestamp: str) -> None:
    assert not accepts(BODY, sign(BODY, timestamp) if timestamp.isascii() else sign(BODY), timestamp)


def test_three_hundred_altered_posts_are_all_refused() -> None:
    chance = random.Random(7)
    genuine = sign(BODY)
    for _ in range(300):
        body, signature = bytearray(BODY), bytearray(genuine.encode())
        where = chance.choice((body, signature))
        at = chance.randrange(len(where))
        where[at] ^= 1 << chance.randrange(7)
        assert not accepts(bytes(body), signature.decode("latin-1"))


@pytest.mark.parametrize("text", ["", "not a key", base64.b64encode(b"x" * 91).decode()])
def test_what_is_no_key_is_named(text: str) -> None:
    with pytest.raises(BadKey, match="Event Webhook"):
        load_key(text)


KINDS = [
    ({"event": "processed"}, EventKind.PROCESSED),
    ({"event": "Delivered"}, EventKind.DELIVERED),
    ({"event": "bounce", "status": "5.1.1"}, EventKind.HARD_BOUNCE),
    ({"event": "bounce", "type": "blocked", "status": "5.7.1"}, EventKind.SOFT_BOUNCE),
    ({"event": "bounce", "type": "bounce", "bounce_classification": "Reputation"}, EventKind.SOFT_BOUNCE),
    ({"event": "bounce", "type": "bounce", "bounce_classification": "Invalid Address"}, EventKind.HARD_BOUNCE),
    ({"event": "dropped", "reason": "Bounced Address"}, EventKind.HARD_BOUNCE),
    ({"event": "dropped", "reason": "Unsubscribed Address"}, EventKind.OPT_OUT),
    ({"event": "dropped", "reason": "Spam Reporting Address"}, EventKind.COMPLAINT),
    ({"event": "dropped", "reason": "Recipient List over Package Quota"}, EventKind.DROPPED),
    ({"event": "group_unsubscribe"}, EventKind.OPT_OUT),
    ({"event": "group_resubscribe"}, EventKind.RESUBSCRIBED),
    ({"event": "something new"}, EventKind.OTHER),
]


@pytest.mark.parametrize(("entry", "kind"), KINDS, ids=str)
def test_kinds(entry: dict[str, str], kind: EventKind) -> None:
    assert read_events(json.dumps([entry]).encode(), received_at=NOW).events[0].kind is kind


def test_a_repeat_under_a_new_id_has_the_same_content() -> None:
    entry = {"event": "open", "email": "a@b.example", "timestamp": 1785751200, "sg_event_id": "one", "category": "x"}
    again = entry | {"sg_event_id": "two", "category": ["x"]}
    later = entry | {"timestamp": 1785751201}
    first, second, third = read_events(json.dumps([entry, again, later]).encode(), received_at=NOW).events
    assert first.content_key == second.content_key != third.content_key
    assert (first.event_id, second.event_id) == ("one", "two")


def test_one_bad_entry_does_not_stop_the_rest() -> None:
    entries = [7, {"email": "a@b.example"}, {"event": "open", "timestamp": "soon", "pf_reference": "r1"}]
    reading = read_events(json.dumps(entries).encode(), received_at=NOW)
    assert [(event.at, event.reference) for event in reading.events] == [(NOW, "r1")]
    assert [problem.split(" is ")[0] for problem in reading.problems] == ["Entry 1", "Entry 2"]


def test_what_no_database_keeps_is_cleaned() -> None:
    body = b'[{"event":"open","email":"a\\u0000@b.example","reason":"\\ud800","n":1e999,"deep":' + b"[" * 60 + b"]" * 60
    event = read_events(body + b"}]", received_at=NOW).events[0]
    assert json.dumps(event.payload, allow_nan=False).encode()
    assert event.address == "a@b.example"


@pytest.mark.parametrize("body", [b"", b"{}", b"[", b"\xff", b"[" * 100_000])
def test_what_is_no_list_of_events_is_said(body: bytes) -> None:
    with pytest.raises(UnreadablePost):
        read_events(body, received_at=NOW)
