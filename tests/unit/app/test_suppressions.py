"""Who must not be mailed: looked up by hash, never weakened, lifted with a reason, erased to the hash alone."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditEvent, Suppression, SuppressionReason
from app.services import keys, suppression_imports, suppressions
from app.services.errors import InvalidInput, NotFound
from app.services.suppression_imports import Verdict
from scrapers.domains import EmailError, normalize_email
from tests.world import make_user

REASON = SuppressionReason


@pytest.mark.parametrize(
    ("listed", "mailed"),
    [
        ("Ola@Agency.Example", "ola@agency.example"),
        ("agency.example", "anyone@agency.example"),
        ("@agency.example", "anyone@mail.agency.example"),
        ("https://bücher.example/", "a@xn--bcher-kva.example"),
    ],
)
def test_address_domain_and_what_lies_below_are_found(session: Session, listed: str, mailed: str) -> None:
    row = suppressions.suppress(session, listed, reason=REASON.OPT_OUT)
    assert suppressions.is_suppressed(session, mailed) is row


def test_neighbors_are_not_found(session: Session) -> None:
    suppressions.suppress(session, "ola@agency.example", reason=REASON.OPT_OUT)
    suppressions.suppress(session, "mail.other.example", reason=REASON.OPT_OUT)
    free = ["eva@agency.example", "ola@agency.example.com", "a@other.example", "a@notmail.other.example", ""]
    assert suppressions.suppressed_among(session, free) == {}


@pytest.mark.parametrize("value", ["", "co.uk", "x" * 400 + "@a.example", "a@b.example\r\nBcc: c@d.example", "no one"])
def test_what_is_no_address_is_refused_by_name(session: Session, value: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        suppressions.suppress(session, value, reason=REASON.BY_HAND)
    assert "value" in refused.value.fields


def test_a_bounce_does_not_replace_a_complaint(session: Session) -> None:
    suppressions.suppress(session, "a@b.example", reason=REASON.HARD_BOUNCE)
    suppressions.suppress(session, "a@b.example", reason=REASON.COMPLAINT, source="event:1")
    row = suppressions.suppress(session, "a@b.example", reason=REASON.HARD_BOUNCE)
    assert (row.reason, row.source) == (REASON.COMPLAINT, "event:1")
    assert len(session.scalars(select(Suppression)).all()) == 1


def test_erasure_leaves_the_hash_that_still_forbids(session: Session) -> None:
    suppressions.suppress(session, "a@b.example", reason=REASON.OPT_OUT, note="wrote that she moved to Oslo")
    row = suppressions.erase(session, "A@b.example")
    assert (row.value, row.note) == (None, "")
    assert suppressions.is_suppressed(session, "a@b.example") is row
    suppressions.suppress(session, "a@b.example", reason=REASON.COMPLAINT)
    assert row.value is None
    fresh = suppressions.erase(session, "new@b.example")
    assert (fresh.value, fresh.reason) == (None, REASON.ERASED)
    logged = " ".join(str(event.details) for event in session.scalars(select(AuditEvent)))
    assert "b.example" not in logged


def test_another_secret_finds_nothing(session: Session) -> None:
    suppressions.suppress(session, "a@b.example", reason=REASON.OPT_OUT)
    keys.configure("another secret")
    assert suppressions.is_suppressed(session, "a@b.example") is None


def test_lifting_needs_a_reason_and_is_logged(session: Session) -> None:
    actor = make_user(session)
    row = suppressions.suppress(session, "a@b.example", reason=REASON.BY_HAND)
    with pytest.raises(InvalidInput):
        suppressions.lift(session, row.id, reason=" ", actor_id=actor.id)
    suppressions.lift(session, row.id, reason="asked for it by phone", actor_id=actor.id)
    assert suppressions.is_suppressed(session, "a@b.example") is None
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "suppression.lifted")).one()
    assert event.details["reason"] == "asked for it by phone"
    with pytest.raises(NotFound):
        suppressions.lift(session, row.id, reason="again", actor_id=actor.id)


def test_import_gives_each_row_a_verdict_and_can_be_undone(session: Session) -> None:
    actor = make_user(session)
    suppressions.suppress(session, "known@b.example", reason=REASON.OPT_OUT)
    content = "name;E-Mail\nA;new@b.example\nB;known@b.example\nC;NEW@b.example\nD;nonsense\nE;c.example\n".encode(
        "utf-16"
    )
    checked = suppression_imports.check_list(session, content)
    assert [(row.line, row.verdict) for row in checked.rows] == [
        (2, Verdict.NEW),
        (3, Verdict.KNOWN),
        (4, Verdict.REPEATED),
        (5, Verdict.REFUSED),
        (6, Verdict.NEW),
    ]
    batch, count = suppression_imports.import_list(session, checked.new_values, actor_id=actor.id)
    assert count == 2
    assert suppressions.is_suppressed(session, "x@c.example")
    suppressions.suppress(session, "new@b.example", reason=REASON.COMPLAINT)
    assert suppression_imports.undo_import(session, batch, actor_id=actor.id) == 1
    assert suppressions.is_suppressed(session, "new@b.example")
    assert not suppressions.is_suppressed(session, "x@c.example")


@pytest.mark.parametrize("content", [b"", b"email\n", b"\x89PNG\r\n\x1a\n rest"])
def test_what_is_no_list_is_refused(session: Session, content: bytes) -> None:
    with pytest.raises(InvalidInput):
        suppression_imports.check_list(session, content)


# Within what an address may be long: without bounds most examples are refused for their length, and prove nothing.
_PART, _LABEL = "[a-z0-9]{1,6}", "[a-z0-9]{1,6}(?:-[a-z0-9]{1,4}){0,2}"
_PLAIN_ADDRESS = rf"{_PART}(?:[._+-]{_PART}){{0,2}}@(?:{_LABEL}\.){{1,3}}[a-z]{{2,6}}"


@given(st.from_regex(_PLAIN_ADDRESS, fullmatch=True))
@example("a" * 65 + "@b.example")
@example("a@" + "b" * 64 + ".example")
@settings(max_examples=100, deadline=None)
def test_an_address_that_is_not_taken_apart_would_have_come_out_as_it_is(address: str) -> None:
    assert suppressions._PLAIN.fullmatch(address)
    try:
        assert normalize_email(address) == address
    except EmailError:
        assert address.strip().lower() == address
