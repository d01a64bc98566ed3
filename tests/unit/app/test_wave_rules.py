"""Migration waves: who is not written to, and what an undo leaves alone."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.models import (
    Company,
    ContactField,
    ContactValue,
    Notice,
    PartnerPerson,
    Program,
    Prospect,
    Provenance,
    Role,
    Stage,
    SuppressionReason,
    User,
)
from app.models.wave import WavePartner, WaveSource, WaveStatus
from app.services.languages import long_day
from app.services.onboarding.starting import partnership_of
from app.services.program_pages import current_terms
from app.services.suppressions import suppress
from app.services.waves import reminding
from app.services.waves.accepting import Acceptance, accept_partner
from app.services.waves.addresses import addressee_of
from app.services.waves.changes import By, new_act, record_status, undo_act
from app.services.waves.links import new_move_link, partner_behind
from app.services.waves.reminding import attend_to_waves
from app.services.waves.sending import preview_wave, send_wave
from tests.wave_world import make_plan, make_terms, make_wave, make_wave_partner
from tests.world import make_program, make_user


@pytest.fixture
def actor(session: Session) -> User:
    return make_user(session, Role.DIRECTOR)


@pytest.fixture
def program(session: Session, actor: User) -> Program:
    program = make_program(session, actor)
    make_plan(session, program)
    make_terms(session, program)
    return program


def make_due(session: Session, program: Program, stage: Stage) -> WavePartner:
    """Add a partner who was invited and whose reminder is due."""
    wave = make_wave(session, program, incentive="50 EUR on top", sent_at=now())
    return make_wave_partner(
        session,
        program,
        wave_id=wave.id,
        status=WaveStatus.INVITED,
        incentive_until=today() + timedelta(days=2),
        stage=stage,
    )


def reminded(session: Session) -> list[str]:
    return list(session.scalars(select(Notice.to_address).where(Notice.kind == "wave_reminder")))


@pytest.mark.parametrize("stage", [Stage.WITHDRAWN, Stage.DORMANT])
def test_who_left_the_board_is_not_reminded_and_may_come_along(
    session: Session, program: Program, stage: Stage
) -> None:
    partner = make_due(session, program, stage)
    other = make_due(session, program, Stage.CONTACTED)
    assert attend_to_waves(session) == 1
    assert reminded(session) == [addressee_of(session, other).email]
    link = new_move_link(session, partner, addressee_of(session, partner))
    assert partner_behind(session, link.split("/")[-2]).partner.id == partner.id


def test_who_became_a_partner_otherwise_is_counted_and_not_written_to(session: Session, program: Program) -> None:
    invited = make_due(session, program, Stage.ONBOARDING)
    wave = make_wave(session, program)
    planned = make_wave_partner(session, program, wave_id=wave.id, stage=Stage.ACTIVE)
    refused = make_wave_partner(session, program, status=WaveStatus.REFUSED, stage=Stage.APPROVED)
    preview = preview_wave(session, program, wave.id)
    assert (preview.due, "partner here already" in preview.held[0].to.why_not) == (0, True)
    # One is counted in, the other at once as moved too.
    assert attend_to_waves(session) == 3
    assert [each.status for each in (invited, planned, refused)] == [
        WaveStatus.ACCEPTED,
        WaveStatus.MOVED,
        WaveStatus.REFUSED,
    ]
    assert invited.accepted_at is not None
    assert reminded(session) == []


def test_who_must_not_be_mailed_comes_in_only_by_their_own_word(
    session: Session, program: Program, actor: User
) -> None:
    by_hand, themselves = (make_wave_partner(session, program) for _ in range(2))
    for partner in (by_hand, themselves):
        suppress(session, addressee_of(session, partner).email, reason=SuppressionReason.OPT_OUT)
    by = By(source=WaveSource.HAND, user_id=actor.id, act=new_act())
    assert accept_partner(session, by_hand, by) is None
    terms = current_terms(session, program.id)
    assert terms is not None
    word = Acceptance(terms, "127.0.0.1")
    assert accept_partner(session, themselves, By(source=WaveSource.PARTNER), word=word) is not None
    assert session.scalars(select(PartnerPerson.email)).all() == [addressee_of(session, themselves).email]
    assert session.get_one(Prospect, by_hand.prospect_id).stage is Stage.APPROVED
    assert session.scalars(select(Notice)).all() == []


def test_an_undo_leaves_later_changes_that_look_the_same(session: Session, program: Program, actor: User) -> None:
    partner = make_wave_partner(session, program)
    acts = [By(source=WaveSource.HAND, user_id=actor.id, act=new_act()) for _ in range(3)]
    for by, status in zip(acts, (WaveStatus.LOST, WaveStatus.PLANNED, WaveStatus.LOST), strict=True):
        record_status(session, partner, status, by)
    kept = undo_act(session, program, acts[0].act, actor=actor)
    assert (kept.count, partner.status) == (0, WaveStatus.LOST)
    assert "moved on since" in kept.kept[0]
    # Taken back from the last one on, each of them goes.
    assert [undo_act(session, program, by.act, actor=actor).count for by in reversed(acts)] == [1, 1, 1]
    assert partner.status is WaveStatus.PLANNED


def test_an_incentive_that_ran_out_is_promised_to_nobody_any_more(
    session: Session, program: Program, actor: User
) -> None:
    wave = make_wave(session, program)
    early, late = (make_wave_partner(session, program, wave_id=wave.id) for _ in range(2))
    assert send_wave(session, program, wave.id, actor=actor, at_once=1) == 1
    ends = wave.expires_on
    assert ends is not None
    with time_machine.travel(now() + timedelta(days=10), tick=False):
        preview = preview_wave(session, program, wave.id)
        assert preview.letter is not None
        # Who is invited later has as long as the others of the wave, and no longer.
        assert long_day(ends) in preview.letter.text
    with time_machine.travel(now() + timedelta(days=31), tick=False):
        assert send_wave(session, program, wave.id, actor=actor) == 1
        first, second = session.scalars(select(Notice).order_by(Notice.id)).all()
        assert ("50 EUR on top" in first.text, "50 EUR on top" in second.text) == (True, False)
        invited = late if late.incentive_until is None else early
        assert invited.incentive_until is None
        word = Acceptance(current_terms(session, program.id), "127.0.0.1")  # type: ignore[arg-type]
        accept_partner(session, invited, By(source=WaveSource.PARTNER), word=word)
        partnership = partnership_of(session, invited.prospect_id)
        assert partnership is not None
        assert partnership.promised == ""


def test_those_who_cannot_be_reminded_stand_in_nobodys_way(
    session: Session, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminding, "BATCH", 2)
    barred = [make_due(session, program, Stage.CONTACTED) for _ in range(5)]
    for partner in barred:
        suppress(session, addressee_of(session, partner).email, reason=SuppressionReason.OPT_OUT)
    due = make_due(session, program, Stage.CONTACTED)
    assert attend_to_waves(session) == 1
    assert reminded(session) == [addressee_of(session, due).email]


def test_a_contact_of_a_cold_import_is_not_taken_for_the_partners_person(session: Session, program: Program) -> None:
    partner = make_wave_partner(session, program)
    assert addressee_of(session, partner).email
    partner.contact_id = None
    session.flush()
    assert addressee_of(session, partner).why_not.startswith("No e-mail address is known")
    value = session.scalars(select(ContactValue).where(ContactValue.field == ContactField.EMAIL)).one()
    value.provenance = Provenance.HAND
    session.flush()
    assert addressee_of(session, partner).email == value.value


def test_mails_to_movers_are_in_the_language_of_their_country(session: Session, program: Program, actor: User) -> None:
    wave = make_wave(session, program)
    partner = make_wave_partner(session, program, wave_id=wave.id)
    company = session.get_one(Company, session.get_one(Prospect, partner.prospect_id).company_id)
    company.country = "PL"
    assert send_wave(session, program, wave.id, actor=actor) == 1
    mail = session.scalars(select(Notice)).one()
    assert mail.subject.endswith(f"przejście do {program.name}")
    assert "50 EUR on top" in mail.text
