"""The demo's partners as they are kept: goals on track and behind, a review behind and one ahead, resources, a rule."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import today
from app.demo.program import AFTERGLOW_PARTNERS
from app.demo.tiers import FIRST, GOLD, SILVER
from app.models import (
    Activity,
    ActivityKind,
    BusinessReview,
    Company,
    Goal,
    OnboardingPlan,
    PartnerPerson,
    Partnership,
    Program,
    Prospect,
    ReviewState,
    User,
)
from app.services.keeping.cadence import add_rule, keep_in_touch
from app.services.keeping.goals import Agreement, Report, TypedGoal, add_goal, agree_change, report_checkpoint
from app.services.keeping.resources import Content, TypedResource, add_resource, count_download, replace_version
from app.services.keeping.reviews import TypedReview, finish_review, plan_review, share_review, write_review
from app.services.onboarding.events import Doer

# Palmetto brought what leads into Gold; their account manager has not raised them yet.
_TIERS = {"palmetto-web.demo.test": SILVER, "briefwerk.demo.test": FIRST}
_COPY = b"""Afterglow shows one more product after checkout, with one click and the same card.
We earn a share when you use it through us.
"""
_PRICES = b"Plan,Orders a month,Price\nStart,up to 500,49\nGrow,up to 5000,199\nScale,more,on request\n"


def keep_partners(session: Session, program: Program, *, manager: User) -> None:
    """Play what an account manager does with active partners; only for the program that recruits agencies."""
    if program.slug != AFTERGLOW_PARTNERS.slug:
        return
    partners = {domain: _partnership(session, program, domain, tier) for domain, tier in _TIERS.items()}
    palmetto, briefwerk = partners.values()
    _begin_earlier(session, program)
    _resources(session, program, palmetto, manager)
    shops, revenue = _goals(session, palmetto, briefwerk, manager)
    _review(session, palmetto, manager)
    _report_since(session, shops, revenue, manager)
    plan_review(session, briefwerk, rhythm="quarterly", held_on=_day(5), actor=manager)
    add_rule(session, program, tier="", days="30", actor=manager)
    add_rule(session, program, tier=GOLD, days="14", actor=manager)
    session.flush()
    keep_in_touch(session)


def _partnership(session: Session, program: Program, domain: str, tier: str) -> Partnership:
    found = session.scalars(
        select(Partnership)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(Partnership.program_id == program.id, Company.domain == domain)
    ).one()
    found.tier = tier
    return found


def _day(days: int) -> str:
    """Return the day so many days from today, as a form sends it."""
    return (today() + timedelta(days=days)).isoformat()


def _begin_earlier(session: Session, program: Program) -> None:
    """Let each partnership, and the note of its hand-over, be as old as its onboarding."""
    rows = session.execute(
        select(Partnership, OnboardingPlan.started_at)
        .join(OnboardingPlan, OnboardingPlan.partnership_id == Partnership.id)
        .where(Partnership.program_id == program.id)
    ).all()
    for partnership, started_at in rows:
        partnership.created_at = started_at
        notes = select(Activity).where(
            Activity.prospect_id == partnership.prospect_id, Activity.kind == ActivityKind.NOTE
        )
        for note in session.scalars(notes):
            note.at = min(note.at, started_at)


def _goals(session: Session, palmetto: Partnership, briefwerk: Partnership, manager: User) -> tuple[Goal, Goal]:
    """Agree on goals, and report what was known when the first review was held."""
    person = session.scalars(select(PartnerPerson).where(PartnerPerson.partnership_id == palmetto.id)).one()
    shops = add_goal(session, palmetto, _typed("Shops that went live", "shops", "24", begin=-36, end=54), actor=manager)
    for days, value, note in ((-30, "2", ""), (-23, "4", "Hob & Rye among them")):
        report = Report(value=value, reached_on=_day(days), note=note)
        report_checkpoint(session, shops, report, Doer(person_id=person.id))
    revenue = add_goal(session, palmetto, _typed("Revenue", "€", "20,000", begin=-36, end=84), actor=manager)
    report_checkpoint(session, revenue, Report(value="900", reached_on=_day(-23)), Doer(manager.id))
    add_goal(session, briefwerk, _typed("Joint case studies", "", "2", begin=-4, end=86), actor=manager)
    return shops, revenue


def _report_since(session: Session, shops: Goal, revenue: Goal, manager: User) -> None:
    """Report what came after the review, and agree on less."""
    note = "Two more wait for their theme"
    report_checkpoint(session, shops, Report(value="9", reached_on=_day(-3), note=note), Doer(manager.id))
    report_checkpoint(session, revenue, Report(value="2,400", reached_on=_day(-6)), Doer(manager.id))
    why = "Pluff Mud moved its launch to spring."
    agreed = Agreement(target="16,000", due_on=_day(84), why=why, version=revenue.version)
    agree_change(session, revenue, agreed, actor=manager)


def _typed(kpi: str, unit: str, target: str, *, begin: int, end: int) -> TypedGoal:
    return TypedGoal(kpi=kpi, unit=unit, target=target, started_on=_day(begin), due_on=_day(end))


def _review(session: Session, partnership: Partnership, manager: User) -> None:
    """Hold a monthly review three weeks ago and plan the next."""
    review = plan_review(session, partnership, rhythm="monthly", held_on=_day(0), actor=manager)
    typed = TypedReview(
        held_on=_day(0),
        notes="Dee wants offers by season. The theme of two shops fights our script; Sam looks into it.",
        decisions="A webinar for their shops in January.\nWe pay the first three case studies.",
        summary="Four shops went live. In January we hold a webinar together; we pay the first three case studies.",
        next_on=_day(9),
        version=review.version,
    )
    write_review(session, review, typed, actor=manager)
    finish_review(session, review, partnership, actor=manager)
    share_review(session, review, partnership, actor=manager)
    _date_back(session, review, timedelta(days=21))


def _date_back(session: Session, review: BusinessReview, back: timedelta) -> None:
    """Let a review that was finished just now have been so earlier, with all that hangs on its day."""
    review.held_on = today() - back
    review.agenda = review.agenda | {"days_since_touch": (review.held_on - review.since_on).days}
    if review.finished_at is not None and review.shared_at is not None:
        review.finished_at, review.shared_at = review.finished_at - back, review.shared_at - back
    for following in session.scalars(
        select(BusinessReview).where(
            BusinessReview.partnership_id == review.partnership_id, BusinessReview.state == ReviewState.PLANNED
        )
    ):
        following.since_on = review.held_on
    prospect_id = session.get_one(Partnership, review.partnership_id).prospect_id
    told = select(Activity).where(Activity.prospect_id == prospect_id, Activity.kind == ActivityKind.MESSAGE)
    for message in session.scalars(told):
        message.at -= back
        message.body = message.body.replace(_in_words(today()), _in_words(review.held_on))


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _resources(session: Session, program: Program, partner: Partnership, manager: User) -> None:
    copy = TypedResource(kind="text", title="Words for your newsletter", about="Say that you earn by it; we did.")
    words = add_resource(session, program, copy, Content(file=("words.txt", _COPY)), actor=manager)
    newer = Content(file=("words.txt", _COPY + b"Ask us for pictures.\n"), note="With where to get pictures")
    newest = replace_version(session, words, newer, actor=manager)
    prices = TypedResource(kind="prices", title="Partner prices", about="For you, not for your site.", tiers=(GOLD,))
    add_resource(session, program, prices, Content(file=("partner prices.csv", _PRICES)), actor=manager)
    for _ in range(3):
        count_download(session, partner, newest)
