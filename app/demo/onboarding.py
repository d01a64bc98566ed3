"""The demo's onboarding: a template, and partners at its beginning, in the middle, stuck, sent back and done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.demo.onboarding_steps import write_template
from app.demo.program import AFTERGLOW_PARTNERS
from app.models import (
    ActionKind,
    ActionState,
    Company,
    DecisionOutcome,
    OnboardingAction,
    OnboardingPlan,
    OnboardingTemplate,
    PartnerPerson,
    Partnership,
    PlanEvent,
    Program,
    Prospect,
    Provenance,
    User,
)
from app.services.decisions import Verdict, decide
from app.services.onboarding.approving import approve_action, complete_action, give_code, send_back
from app.services.onboarding.doing import Sent, do_action
from app.services.onboarding.events import Doer
from app.services.onboarding.handing_over import HandOver, hand_over
from app.services.onboarding.mails import mail_person
from app.services.onboarding.messages import write_to_partner, write_to_us
from app.services.onboarding.opening import open_resource
from app.services.onboarding.people import NewPerson, add_person
from app.services.onboarding.progress import locked_action
from app.services.onboarding.starting import begin_partnership, partnership_of, start_plan
from app.services.program_pages import current_terms

_SENT: dict[ActionKind, dict[str, Any]] = {
    ActionKind.READ_CONFIRM: {"fields": {"done": "y"}},
    ActionKind.ANSWER_QUESTIONS: {
        "answers": ("Hob & Rye, Fen Candles, and a bakery we may not name yet", "Two of us build, I talk")
    },
    ActionKind.UPLOAD: {"files": (("tax form.pdf", b"%PDF-1.4\n% a demo file without content\n"),)},
    ActionKind.RECEIVE_CODE: {"fields": {"done": "y"}},
    ActionKind.TRAINING: {"answers": ("0", "0", "1")},
    ActionKind.FIRST_PILOT: {"fields": {"what": "We set up the offers for Pluff Mud Hot Sauce side by side."}},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPartner:
    """A partner in onboarding: `done` by kind in their order; `idle` days have gone by since the last step."""

    domain: str
    person: str = ""
    days: float
    idle: float
    done: tuple[ActionKind, ...] = field(default=())
    promised: str = ""
    wrote: str = ""
    answered: str = ""
    sent_back: str = ""
    is_complete: bool = False


_FIRST = (ActionKind.ACCEPT_TERMS, ActionKind.READ_CONFIRM, ActionKind.ANSWER_QUESTIONS)
PARTNERS = (
    DemoPartner(
        domain="briefwerk.demo.test",
        person="Friederike Lorenz",
        days=4,
        idle=0.3,
        done=(*_FIRST, ActionKind.VIEW_RESOURCE, ActionKind.UPLOAD, ActionKind.BOOK_CALL),
        promised="The accepted offer as a Klaviyo property before the first shop; an engineer for the first week.",
        wrote="Can the engineer join the call on Thursday too?",
        answered="Yes, she is in. The link stands in the invitation.",
    ),
    DemoPartner(domain="northgate-pos.demo.test", person="Graham Pike", days=1, idle=1, promised="His own invoice."),
    DemoPartner(
        domain="palmetto-web.demo.test",
        person="Dee Rutledge",
        days=38,
        idle=16,
        done=(*_FIRST, ActionKind.VIEW_RESOURCE, ActionKind.UPLOAD, ActionKind.BOOK_CALL, ActionKind.TRAINING),
        is_complete=True,
    ),
    DemoPartner(domain="liftwell.demo.test", person="Dana Whitlock", days=17, idle=12, done=(ActionKind.READ_CONFIRM,)),
    DemoPartner(
        domain="listonosz-studio.demo.test",
        person="Wojtek Zając",
        days=9,
        idle=2,
        done=(*_FIRST, ActionKind.UPLOAD, ActionKind.TRAINING),
        promised="A case study in Polish after the first three shops.",
        wrote="Which box do I tick on page two of the form?",
        sent_back="Page two is not signed yet. Please sign it and send it again.",
    ),
    DemoPartner(domain="heatmap-hannah.demo.test", days=0, idle=0),
)


def onboard_partners(session: Session, program: Program, *, recruiter: User, manager: User) -> None:
    """Write the template of the program that recruits agencies, and play its partners through it."""
    if program.slug != AFTERGLOW_PARTNERS.slug:
        return
    template = write_template(session, program, manager)
    for demo in PARTNERS:
        prospect = session.scalars(
            select(Prospect)
            .join(Company, Company.id == Prospect.company_id)
            .where(Prospect.program_id == program.id, Company.domain == demo.domain)
        ).one()
        _play(session, _partnership(session, prospect, template, recruiter, demo), demo, manager)


def _partnership(
    session: Session, prospect: Prospect, template: OnboardingTemplate, recruiter: User, demo: DemoPartner
) -> Partnership:
    """Approve who is no partner yet; who was approved before there was a template gets it now, as by hand."""
    known = partnership_of(session, prospect.id)
    if known is None:
        prospect.owner_id = recruiter.id
        verdict = Verdict(outcome=DecisionOutcome.APPROVE, reason_codes=("strong_fit",))
        decide(session, prospect, verdict, by_user_id=recruiter.id)
        known = begin_partnership(session, prospect, by_user_id=recruiter.id)
        if demo.person:
            mail_person(session, _add_person(session, known, demo), "welcome")
    else:
        _add_person(session, known, demo)
        start_plan(session, known, template, by_user_id=recruiter.id)
    return known


def _add_person(session: Session, partnership: Partnership, demo: DemoPartner) -> PartnerPerson:
    first = demo.person.split()[0].lower()
    new = NewPerson(name=demo.person, email=f"{first}@{demo.domain}")
    return add_person(session, partnership, new, provenance=Provenance.HAND)


def _play(session: Session, partnership: Partnership, demo: DemoPartner, manager: User) -> None:
    person = session.scalar(select(PartnerPerson).where(PartnerPerson.partnership_id == partnership.id))
    if demo.promised:
        wanted = HandOver(account_manager_id=manager.id, promised=demo.promised)
        hand_over(session, partnership, wanted, actor=session.get(User, partnership.recruiter_id) or manager)
    for kind in demo.done:
        _do(session, partnership, kind, person)
    if demo.sent_back:
        plan, action = _action(session, partnership, ActionKind.UPLOAD)
        send_back(session, plan, action, note=demo.sent_back, user=manager)
    if demo.wrote and person is not None:
        write_to_us(session, partnership, demo.wrote, person=person)
    if demo.answered:
        write_to_partner(session, partnership, demo.answered, author=manager)
    if demo.is_complete:
        _complete(session, partnership, manager)
    _date_back(session, partnership, demo)


def _do(session: Session, partnership: Partnership, kind: ActionKind, person: PartnerPerson | None) -> None:
    plan, action = _action(session, partnership, kind)
    by = Doer(person_id=person.id if person else None)
    if kind is ActionKind.VIEW_RESOURCE:
        open_resource(session, plan, action, by)
        return
    values = dict(_SENT.get(kind, {}))
    if kind is ActionKind.ACCEPT_TERMS:
        terms = current_terms(session, partnership.program_id)
        values = {"fields": {"done": "y", "terms_id": str(terms.id if terms else "")}, "address": "203.0.113.7"}
    if kind is ActionKind.BOOK_CALL:
        day = (now() + timedelta(days=3)).date().isoformat()
        values = {"fields": {"day": day, "time": "10:30", "zone": "Europe/Berlin"}}
    do_action(session, plan, action, Sent(**values), by)


def _complete(session: Session, partnership: Partnership, manager: User) -> None:
    """Approve what waits and finish the rest, as an account manager does at the end."""
    plan, code = _action(session, partnership, ActionKind.RECEIVE_CODE)
    give_code(session, plan, code, code="https://go.afterglow.demo.test/palmetto", external_id="AG-1042", user=manager)
    for action in session.scalars(select(OnboardingAction).where(OnboardingAction.plan_id == plan.id)).all():
        if action.state is ActionState.WAITING_FOR_APPROVAL:
            approve_action(session, plan, action, user=manager)
        elif action.state is not ActionState.DONE:
            complete_action(session, plan, action, note="Done together in the first week.", user=manager)


def _action(session: Session, partnership: Partnership, kind: ActionKind) -> tuple[OnboardingPlan, OnboardingAction]:
    wanted = session.scalars(
        select(OnboardingAction.id)
        .join(OnboardingPlan, OnboardingPlan.id == OnboardingAction.plan_id)
        .where(OnboardingPlan.partnership_id == partnership.id, OnboardingAction.kind == kind)
    ).one()
    return locked_action(session, partnership, wanted)


def _date_back(session: Session, partnership: Partnership, demo: DemoPartner) -> None:
    """Let the plan have begun days ago, its steps evenly since, the last one when the partner was last heard of."""
    back = timedelta(days=demo.days)
    plan = session.scalars(select(OnboardingPlan).where(OnboardingPlan.partnership_id == partnership.id)).one()
    plan.started_at -= back
    plan.progressed_at = now() - timedelta(days=demo.idle)
    plan.stuck_at = plan.progressed_at + timedelta(days=plan.stuck_days)
    plan.done_at = plan.progressed_at if plan.done_at else None
    for action in session.scalars(select(OnboardingAction).where(OnboardingAction.plan_id == plan.id)):
        for name in ("opened_at", "due_at"):
            if (moment := getattr(action, name)) is not None:
                setattr(action, name, moment - back)
        for name in ("submitted_at", "done_at"):
            if getattr(action, name) is not None:
                setattr(action, name, plan.progressed_at)
    events = session.scalars(select(PlanEvent).where(PlanEvent.plan_id == plan.id).order_by(PlanEvent.id)).all()
    for number, event in enumerate(events):
        share = number / max(1, len(events) - 1)
        event.at = plan.started_at + share * (plan.progressed_at - plan.started_at)
