"""Enrolling many from the table: those who cannot be written to are left out, the rest become one batch, taken back."""

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.models import Company, Enrollment, EnrollmentBatch, Stage, SuppressionReason, User
from app.models.bulk import BulkAction, BulkKind, BulkState
from app.queries.bulk import shown_bulk
from app.services.bulk.previewing import preview
from app.services.bulk.registry import ACTS
from app.services.bulk.running import run_bulk
from app.services.bulk.selection import Selection
from app.services.bulk.starting import Order, can_undo, cancel_bulk, start_bulk, undo_bulk
from app.services.enrolling import record_page_bases
from app.services.enrollment_batches import run_batch_chunk
from app.services.suppressions import suppress
from tests.outreach_world import allow_cold_mail, make_contact, make_sender, make_sequence
from tests.world import make_program, make_prospect, make_user


def test_who_can_be_written_to_is_enrolled_and_taken_back(database: Engine) -> None:
    with transaction() as session:
        actor = make_user(session)
        program = make_program(session, actor)
        sender = make_sender(session, program)
        sequence = make_sequence(session, program, sender)
        made = [make_prospect(session, program, stage=Stage.QUALIFIED) for _ in range(3)]
        made.append(make_prospect(session, program, stage=Stage.DORMANT))
        for country, prospect in zip(("PL", "DE"), made, strict=False):
            session.get_one(Company, prospect.company_id).country = country
            contact = make_contact(session, prospect, f"ola@agency-{country.lower()}.example")
            allow_cold_mail(session, program, contact, country)
        typed = {"sequence_id": str(sequence.id), "sender_id": str(sender.id)}
        params = ACTS[BulkKind.ENROLL].read(session, program, typed)
        selection = Selection(tuple(prospect.id for prospect in made))
        seen = preview(session, program, BulkKind.ENROLL, params, selection, user_id=actor.id)
        order = Order(kind=BulkKind.ENROLL, params=params, selection=selection, token="e" * 20)
        action = start_bulk(session, program, order, actor=actor)
    assert (seen.total, seen.reached, seen.looked_at) == (4, 2, 4)
    assert {each.reason for each in seen.left_out} == {
        "Is off the board.",
        "No contact with an e-mail address is known. Add one on the prospect's page.",
    }
    assert run_bulk(transaction, action.id) is BulkState.DONE
    with reading() as session:
        done = shown_bulk(session, session.get_one(BulkAction, action.id))
        batch = session.scalars(select(EnrollmentBatch)).one()
    assert (done.done, done.skipped, done.batch_id, len(batch.contact_ids)) == (2, 2, batch.id, 2)
    with transaction() as session:
        run_batch_chunk(session, batch.id)
    with transaction() as session:
        undo_bulk(session, session.get_one(BulkAction, action.id), actor=actor)
    with reading() as session:
        undone = session.get_one(BulkAction, action.id)
        assert (undone.state, undone.undone_count, undone.kept_count) == (BulkState.UNDONE, 2, 0)
        assert all(enrollment.ended_at for enrollment in session.scalars(select(Enrollment)))


def enrolling(session: Session, contacts: int) -> tuple[BulkAction, User]:
    """Start to enroll so many, each with a contact who may be written to."""
    actor = make_user(session)
    program = make_program(session, actor)
    sender = make_sender(session, program)
    made = [make_prospect(session, program, stage=Stage.QUALIFIED) for _ in range(contacts)]
    for number, prospect in enumerate(made):
        session.get_one(Company, prospect.company_id).country = "PL" if number == 0 else "DE"
        contact = make_contact(session, prospect, f"ola@agency-{number}.example")
        if number < 2:
            allow_cold_mail(session, program, contact, "PL" if number == 0 else "DE")
        else:
            record_page_bases(session, program, [contact.id], legal_basis="li", actor=actor)
    params = {"sequence_id": make_sequence(session, program, sender).id, "sender_id": sender.id}
    selection = Selection(tuple(prospect.id for prospect in made))
    order = Order(kind=BulkKind.ENROLL, params=params, selection=selection, token="f" * 20)
    return start_bulk(session, program, order, actor=actor), actor


def test_enrolling_that_ends_midway_says_who_is_in_and_who_was_not_come_to(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.bulk.enrolling.PIECE", 1)
    with transaction() as session:
        action, actor = enrolling(session, 4)
    # Chosen from the selection, a contact each, handed over, one enrolled, one hindered since.
    while (state := run_bulk(transaction, action.id, budget_s=0)) is BulkState.RUNNING:
        with transaction() as session:
            batch = session.scalar(select(EnrollmentBatch))
            if batch is None:
                continue
            shown = shown_bulk(session, session.get_one(BulkAction, action.id))
            assert (shown.state, shown.done) == (BulkState.RUNNING, batch.enrolled_count)
            if batch.done_count == 1:
                suppress(session, "ola@agency-1.example", reason=SuppressionReason.OPT_OUT)
            if batch.done_count == 2:
                session.get_one(User, actor.id).is_active = False
    assert state is None
    with reading() as session:
        shown = shown_bulk(session, session.get_one(BulkAction, action.id))
        assert (shown.state, shown.done, shown.skipped, shown.not_reached) == (BulkState.FAILED, 1, 1, 2)
        assert [item.state.value for item in shown.told] == ["skipped", "waiting", "waiting"]
        assert "must not be mailed" in shown.told[0].message
        assert "may not do it any more" in shown.detail
        assert session.scalars(select(EnrollmentBatch.id).where(EnrollmentBatch.finished_at.is_(None))).all() == []


def test_a_canceled_enrolling_has_enrolled_nobody_and_says_so(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.bulk.running.PORTION_S", 0)
    with transaction() as session:
        actor = make_user(session)
        program = make_program(session, actor)
        sender = make_sender(session, program)
        made = [make_prospect(session, program, stage=Stage.QUALIFIED) for _ in range(3)]
        for prospect in made:
            session.get_one(Company, prospect.company_id).country = "PL"
        allow_cold_mail(session, program, make_contact(session, made[0]))
        params = {"sequence_id": make_sequence(session, program, sender).id, "sender_id": sender.id}
        selection = Selection(tuple(prospect.id for prospect in made))
        order = Order(kind=BulkKind.ENROLL, params=params, selection=selection, token="c" * 20)
        action = start_bulk(session, program, order, actor=actor)
    assert run_bulk(transaction, action.id, budget_s=0) is BulkState.RUNNING
    assert run_bulk(transaction, action.id, budget_s=0) is BulkState.RUNNING
    with transaction() as session:
        row = session.get_one(BulkAction, action.id)
        assert row.done_count == 1
        cancel_bulk(session, row, actor=actor)
        assert (row.done_count, row.detail, can_undo(row)) == (0, "Canceled before anybody was enrolled.", False)
    assert run_bulk(transaction, action.id) is None
    with reading() as session:
        assert session.scalars(select(EnrollmentBatch)).all() == []
