"""Migration waves: dealing out, inviting, reminding, statuses with undo, and the report."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.clock import now, today
from app.models import (
    AuditEvent,
    Decision,
    Notice,
    PartnerLink,
    Partnership,
    Program,
    Prospect,
    Role,
    Stage,
    SuppressionReason,
    User,
)
from app.models.wave import ValueBasis, Wave, WaveLink, WaveOrder, WavePartner, WaveSource, WaveStatus
from app.queries.wave_bands import NO_VALUE, band_of, bands_of, in_band
from app.queries.waves import PartnerFilter, counts_by_show, partner_page
from app.queries.waves_report import migration_report
from app.services.errors import Conflict, InvalidInput
from app.services.retention import forget_old
from app.services.suppressions import suppress
from app.services.waves.changes import By, new_act, undo_act
from app.services.waves.planning import PlanChoice, move_to_wave, next_monday, plan_waves, propose
from app.services.waves.plans import PlanContent, plan_of, save_plan
from app.services.waves.reminding import attend_to_waves
from app.services.waves.sending import preview_wave, send_wave
from app.services.waves.statuses import Wanted, apply_statuses, preview_statuses, set_status
from tests.wave_world import make_plan, make_terms, make_wave, make_wave_partner
from tests.world import make_program, make_user


@pytest.fixture
def actor(session: Session) -> User:
    return make_user(session, Role.DIRECTOR)


@pytest.fixture
def program(session: Session, actor: User) -> Program:
    program = make_program(session, actor)
    make_plan(session, program)
    return program


def choice(capacity: int, order: WaveOrder = WaveOrder.HIGHEST_FIRST) -> PlanChoice:
    return PlanChoice(next_monday(), capacity, order)


def dealt(session: Session, program: Program, order: WaveOrder) -> list[list[float | None]]:
    return [[each.value for each in week.partners] for week in propose(session, program, choice(2, order)).weeks]


def notices(session: Session) -> list[Notice]:
    return list(session.scalars(select(Notice).order_by(Notice.id)))


def test_partners_are_dealt_out_by_capacity_in_either_order(session: Session, program: Program) -> None:
    for revenue in (10, 20_000, None, 3_000, 500):
        make_wave_partner(session, program, revenue=revenue)
    assert dealt(session, program, WaveOrder.HIGHEST_FIRST) == [[20_000, 3_000], [500, 10], [None]]
    assert dealt(session, program, WaveOrder.EVENLY) == [[20_000, 10], [3_000, None], [500]]


def test_planning_is_what_was_seen_and_can_be_taken_back(session: Session, program: Program, actor: User) -> None:
    partners = [make_wave_partner(session, program, revenue=revenue) for revenue in (5, 4, 3)]
    make_wave_partner(session, program, email="")
    proposal = propose(session, program, choice(2))
    assert ([len(week.partners) for week in proposal.weeks], len(proposal.left_out)) == ([2, 1], 1)
    assert "No e-mail address" in proposal.left_out[0].why_not
    late = make_wave_partner(session, program, revenue=9)
    with pytest.raises(Conflict, match="changed since you saw"):
        plan_waves(session, program, choice(2), mark=proposal.mark, actor=actor)
    session.delete(late)
    act, count = plan_waves(session, program, choice(2), mark=proposal.mark, actor=actor)
    waves = session.scalars(select(Wave).order_by(Wave.number)).all()
    assert count == 3
    assert [wave.starts_on for wave in waves] == [next_monday(), next_monday() + timedelta(days=7)]
    assert [partner.wave_id for partner in partners] == [waves[0].id, waves[0].id, waves[1].id]

    moved, done, stayed = move_to_wave(session, program, [partners[0].id], waves[1].id, actor=actor)
    assert (done, stayed, partners[0].wave_id) == (1, 0, waves[1].id)
    assert undo_act(session, program, moved, actor=actor).count == 1
    assert partners[0].wave_id == waves[0].id

    partners[2].status = WaveStatus.INVITED
    undone = undo_act(session, program, act, actor=actor)
    assert (undone.count, len(undone.kept)) == (2, 1)
    assert [wave.number for wave in session.scalars(select(Wave))] == [2]
    with pytest.raises(Conflict, match="nothing of this left"):
        undo_act(session, program, moved, actor=actor)


def test_a_later_planning_fills_up_waves_that_were_not_sent(session: Session, program: Program, actor: User) -> None:
    sent = make_wave(session, program, starts_on=next_monday(), sent_at=now())
    half = make_wave(session, program, starts_on=next_monday() + timedelta(days=7))
    make_wave_partner(session, program, wave_id=half.id)
    for _ in range(3):
        make_wave_partner(session, program)
    weeks = propose(session, program, choice(2)).weeks
    assert [(week.wave_id, len(week.partners)) for week in weeks] == [(half.id, 1), (None, 2)]
    assert sent.id not in [week.wave_id for week in weeks]
    with pytest.raises(InvalidInput, match="this week or a later one"):
        propose(session, program, PlanChoice(today() - timedelta(days=9), 2, WaveOrder.EVENLY))


def test_a_wave_is_sent_once_to_those_who_may_be_mailed(session: Session, program: Program, actor: User) -> None:
    wave = make_wave(session, program)
    partner = make_wave_partner(session, program, wave_id=wave.id)
    barred = make_wave_partner(session, program, wave_id=wave.id, email="no@barred.example")
    suppress(session, "barred.example", reason=SuppressionReason.OPT_OUT)
    with pytest.raises(Conflict, match="Publish the program's terms"):
        send_wave(session, program, wave.id, actor=actor)
    make_terms(session, program)
    preview = preview_wave(session, program, wave.id)
    assert (preview.due, [line.partner.id for line in preview.held]) == (1, [barred.id])
    assert send_wave(session, program, wave.id, actor=actor) == 1
    (mail,) = notices(session)
    assert mail.to_address.startswith("ada")
    assert "50 EUR on top" in mail.text
    assert "/move" in mail.text
    assert "OldStack" in mail.text
    assert (partner.status, barred.status) == (WaveStatus.INVITED, WaveStatus.PLANNED)
    assert session.get_one(Prospect, partner.prospect_id).stage is Stage.CONTACTED
    assert partner.incentive_until == today() + timedelta(days=30)
    with pytest.raises(Conflict, match="Nobody of wave"):
        send_wave(session, program, wave.id, actor=actor)
    assert len(notices(session)) == 1


def test_one_reminder_before_the_incentive_ends(session: Session, program: Program, actor: User) -> None:
    make_terms(session, program)
    wave = make_wave(session, program)
    partners = [make_wave_partner(session, program, wave_id=wave.id) for _ in range(3)]
    # A large wave leaves in several transactions.
    assert [send_wave(session, program, wave.id, actor=actor, at_once=2) for _ in range(2)] == [2, 1]
    assert attend_to_waves(session) == 0
    partners[1].status = WaveStatus.REFUSED
    suppress(session, notices(session)[2].to_address, reason=SuppressionReason.OPT_OUT)
    with time_machine.travel(now() + timedelta(days=26), tick=False):
        assert attend_to_waves(session) == 1
        assert attend_to_waves(session) == 0
    reminders = [mail for mail in notices(session) if mail.kind == "wave_reminder"]
    assert [mail.to_address for mail in reminders] == [notices(session)[0].to_address]
    with time_machine.travel(now() + timedelta(days=40), tick=False):
        partners[0].reminded_at = None
        assert attend_to_waves(session) == 0
    with time_machine.travel(now() + timedelta(days=207), tick=False):
        forget_old(session)
        assert session.scalars(select(WaveLink)).all() == []


def test_statuses_set_together_are_undone_together(session: Session, program: Program, actor: User) -> None:
    one, two, gone = (make_wave_partner(session, program) for _ in range(3))
    session.get_one(Prospect, gone.prospect_id).stage = Stage.DECLINED
    lines = preview_statuses(session, program, [(each.id, WaveStatus.ACCEPTED) for each in (one, two, gone)])
    assert [bool(line.problem) for line in lines] == [False, False, True]
    wanted = [Wanted(each.id, each.version, WaveStatus.ACCEPTED) for each in (one, two, gone)]
    by = By(source=WaveSource.HAND, user_id=actor.id, act=new_act())
    done, problems = apply_statuses(session, program, wanted, by)
    assert (done, len(problems)) == (2, 1)
    assert "Declined here" in problems[0]
    decisions = session.scalars(select(Decision)).all()
    assert [(each.reviewer_id, each.reason_codes) for each in decisions] == [(actor.id, ["known_partner"])] * 2
    assert session.scalar(select(func.count()).select_from(Partnership)) == 2
    assert [mail.kind for mail in notices(session)] == ["partner_welcome"] * 2
    session.refresh(session.get_one(Prospect, one.prospect_id))
    assert session.get_one(Prospect, one.prospect_id).stage is Stage.APPROVED

    stale = apply_statuses(session, program, [Wanted(one.id, 1, WaveStatus.LOST)], by)
    assert stale[0] == 0
    assert "changed while you looked" in stale[1][0]
    undone = undo_act(session, program, by.act, actor=actor)
    assert (undone.count, one.status, one.accepted_at) == (2, WaveStatus.PLANNED, None)
    assert session.get_one(Prospect, one.prospect_id).stage is Stage.SOURCED


def test_whoever_changes_their_mind_twice_is_welcomed_once(session: Session, program: Program, actor: User) -> None:
    partner = make_wave_partner(session, program)
    by = By(source=WaveSource.HAND, user_id=actor.id, act=new_act())
    for status in (WaveStatus.ACCEPTED, WaveStatus.REFUSED, WaveStatus.ACCEPTED):
        set_status(session, partner, status, by)
    assert [mail.kind for mail in notices(session)] == ["partner_welcome"]
    # Whoever lost the key with its 180 days gets one again.
    session.execute(update(PartnerLink).values(expires_at=now()))
    set_status(session, partner, WaveStatus.REFUSED, by)
    set_status(session, partner, WaveStatus.ACCEPTED, by)
    assert len(notices(session)) == 2


def test_moved_needs_a_partnership_and_follows_an_onboarding(session: Session, program: Program, actor: User) -> None:
    partner = make_wave_partner(session, program)
    (line,) = preview_statuses(session, program, [(partner.id, WaveStatus.MOVED)])
    assert "Not accepted yet" in line.problem
    partner.status = WaveStatus.ACCEPTED
    session.get_one(Prospect, partner.prospect_id).stage = Stage.ACTIVE
    assert attend_to_waves(session) == 1
    assert partner.status is WaveStatus.MOVED
    audited = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert audited == "wave_partner.moved"


def test_refusing_by_hand_takes_the_prospect_off_the_board_and_back(
    session: Session, program: Program, actor: User
) -> None:
    partner = make_wave_partner(session, program)
    wanted = [Wanted(partner.id, partner.version, WaveStatus.REFUSED)]
    by = By(source=WaveSource.FILE, user_id=actor.id, act=new_act())
    apply_statuses(session, program, wanted, by)
    prospect = session.get_one(Prospect, partner.prospect_id)
    assert prospect.stage is Stage.WITHDRAWN
    undo_act(session, program, by.act, actor=actor)
    assert (prospect.stage, partner.status) == (Stage.SOURCED, WaveStatus.PLANNED)


def test_bands_cover_every_value_once(session: Session, program: Program) -> None:
    plan = plan_of(session, program)
    assert [band_of(plan, value) for value in (10_000, 9_999.99, 1_000, 0, -5, None)] == [
        "A",
        "B",
        "B",
        "C",
        "C",
        NO_VALUE,
    ]
    partners = [make_wave_partner(session, program, revenue=value) for value in (10_000, 9_999, 1_000, 0, -5, None)]
    for band in bands_of(plan):
        condition = in_band(plan, band.letter)
        assert condition is not None
        found = set(session.scalars(select(WavePartner.id).where(condition)))
        worth = [each for each in partners if band_of(plan, _units(each)) == band.letter]
        assert found == {each.id for each in worth}
    plan.basis = ValueBasis.LEADS
    assert partner_page(session, plan, PartnerFilter(band="A"), number=1).total == 0


def _units(partner: WavePartner) -> float | None:
    return None if partner.revenue_cents is None else partner.revenue_cents / 100


def test_the_report_holds_values_before_against_values_moved(session: Session, program: Program) -> None:
    wave = make_wave(session, program)
    long_ago = now() - timedelta(days=11)
    make_wave_partner(session, program, revenue=20_000, wave_id=wave.id, status=WaveStatus.MOVED, invited_at=long_ago)
    make_wave_partner(session, program, revenue=5_000, wave_id=wave.id, status=WaveStatus.INVITED, invited_at=long_ago)
    make_wave_partner(session, program, revenue=5_000, status=WaveStatus.REFUSED)
    make_wave_partner(session, program, revenue=None)
    make_wave_partner(session, make_program(session), revenue=70_000)
    plan = plan_of(session, program)
    report = migration_report(session, plan)
    total = report.total
    assert (total.partners, total.planned, total.invited, total.accepted, total.moved, total.refused) == (
        4,
        2,
        2,
        1,
        1,
        1,
    )
    assert (total.value_before, total.value_moved) == (30_000, 20_000)
    assert [(row.label, row.partners, row.moved_share) for row in report.bands] == [
        ("A", 1, 1),
        ("B", 2, 0),
        (NO_VALUE, 1, None),
    ]
    assert [(row.label, row.value_before) for row in report.waves] == [
        (f"Wave {wave.number}", 25_000),
        ("No wave", 5_000),
    ]
    counts = counts_by_show(session, plan)
    assert (counts["stuck"], counts["unplanned"], counts[""]) == (1, 1, 4)
    assert [row.is_stuck for row in partner_page(session, plan, PartnerFilter(show="stuck"), number=1).rows] == [True]


def test_a_plan_names_every_field_that_cannot_be_used(session: Session, program: Program, actor: User) -> None:
    content = PlanContent(
        platform=" ",
        basis=ValueBasis.REVENUE,
        currency="Euro",
        thresholds="10,5",
        capacity=0,
        order=WaveOrder.EVENLY,
        incentive="x" * 3000,
        incentive_days=5,
        remind_days=5,
        stuck_days=0,
    )
    with pytest.raises(InvalidInput) as refused:
        save_plan(session, program, content, actor=actor)
    assert set(refused.value.fields) == {
        "platform", "currency", "thresholds", "capacity", "incentive", "remind_days", "stuck_days"
    }  # fmt: skip
