"""The demo's migration: partners of PartnerStack, two here already, the others in two waves, of which one was sent."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.demo.program import AFTERGLOW_PARTNERS
from app.models import Company, ImportBatch, Program, Prospect, User
from app.models.wave import ValueBasis, Wave, WaveOrder, WavePartner, WaveSource, WaveStatus
from app.services.imports.batches import start_batch
from app.services.imports.running import run_batch
from app.services.program_pages import current_terms
from app.services.waves.changes import By, record_status
from app.services.waves.entering import enter_partners
from app.services.waves.importing import add_remarks, begin_import, read_file
from app.services.waves.planning import PlanChoice, monday_of, plan_waves, propose
from app.services.waves.plans import PlanContent, save_plan
from app.services.waves.sending import send_wave

_EXPORT = """Partner key,Email,Partner,Website,Group,Signups,Paid customers,Revenue
ps_basket,letters@the-second-basket.demo.test,The Second Basket,the-second-basket.demo.test,Gold,41,18,"$21,400.00"
ps_lantern,kadri@loyal-lantern.demo.test,Loyal Lantern,loyal-lantern.demo.test,Gold,33,15,"$14,250.00"
ps_pine,sofia@parcelpine.demo.test,Parcelpine,parcelpine.demo.test,Silver,19,7,"$6,900.00"
ps_stack,colin@storestack-reviews.demo.test,StoreStack Reviews,storestack-reviews.demo.test,Silver,12,5,"$4,120.00"
ps_ever,duncan@evergreen-subscriptions.demo.test,Evergreen,evergreen-subscriptions.demo.test,Silver,8,3,"$2,300.00"
ps_mo,mo@cartside-with-mo.demo.test,Cartside with Mo,cartside-with-mo.demo.test,Bronze,6,1,$640.00
ps_trail,crew@trailgear-tested.demo.test,Trailgear Tested,trailgear-tested.demo.test,Bronze,3,0,$0.00
ps_lift,dana@liftwell.demo.test,Liftwell,liftwell.demo.test,Gold,25,11,"$9,800.00"
ps_palm,dee@palmetto-web.demo.test,Palmetto Web,palmetto-web.demo.test,Gold,29,13,"$12,600.00"
ps_lone,lone.reviewer@gmail.com,A lone reviewer,,Bronze,1,0,$12.00
"""
_PLAN = PlanContent(
    platform="PartnerStack",
    basis=ValueBasis.REVENUE,
    currency="USD",
    thresholds="10000\n2000",
    capacity=4,
    order=WaveOrder.HIGHEST_FIRST,
    message="You keep your rates and everything you have earned; the tracking links change on the day you move.",
    incentive="a welcome bonus of $150 with your next payout",
    incentive_days=30,
    remind_days=5,
    stuck_days=10,
)


def move_partners(session: Session, program: Program, *, director: User, manager: User) -> None:
    """Import the export, plan two waves, send the first one two weeks ago, and let its partners answer."""
    if program.slug != AFTERGLOW_PARTNERS.slug or current_terms(session, program.id) is None:
        return
    save_plan(session, program, _PLAN, actor=director)
    _import(session, program, manager)
    choice = PlanChoice(monday_of(today()), _PLAN.capacity, _PLAN.order)
    plan_waves(session, program, choice, mark=propose(session, program, choice).mark, actor=director)
    # They came over months ago: what they brought since stands beside what the export said.
    _partner(session, program, "palmetto-web.demo.test").status_at = now() - timedelta(days=150)
    first = session.scalars(select(Wave).where(Wave.program_id == program.id).order_by(Wave.number)).first()
    if first is None:
        return
    send_wave(session, program, first.id, actor=director)
    _invited_days_ago(session, first, 12)
    by = By(source=WaveSource.PARTNER)
    record_status(session, _partner(session, program, "the-second-basket.demo.test"), WaveStatus.OPENED, by)
    record_status(session, _partner(session, program, "storestack-reviews.demo.test"), WaveStatus.LOST, by)


def _import(session: Session, program: Program, manager: User) -> None:
    file = read_file("partnerstack-partners.csv", _EXPORT.encode())
    wave_import = begin_import(session, program, file, platform=None, by_user_id=manager.id)

    def same_transaction() -> AbstractContextManager[Session]:
        return nullcontext(session)

    run_batch(same_transaction, wave_import.batch_id)
    add_remarks(session, program, wave_import)
    batch = session.get_one(ImportBatch, wave_import.batch_id)
    start_batch(session, batch, by_user_id=manager.id, in_background=False)
    run_batch(same_transaction, batch.id)
    enter_partners(session, program, wave_import, by_user_id=manager.id)


def _partner(session: Session, program: Program, domain: str) -> WavePartner:
    return session.scalars(
        select(WavePartner)
        .join(Prospect, Prospect.id == WavePartner.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(WavePartner.program_id == program.id, Company.domain == domain)
    ).one()


def _invited_days_ago(session: Session, wave: Wave, days: int) -> None:
    """Let the wave's mails have left so long ago."""
    back = timedelta(days=days)
    wave.sent_at, wave.starts_on = now() - back, monday_of(today() - back)
    wave.expires_on = wave.expires_on - back if wave.expires_on else None
    for partner in session.scalars(select(WavePartner).where(WavePartner.wave_id == wave.id)):
        partner.invited_at = partner.status_at = now() - back
        partner.incentive_until = partner.incentive_until - back if partner.incentive_until else None
