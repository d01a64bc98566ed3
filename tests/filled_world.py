"""The demo as it is loaded, with a row of every kind that it lacks, and what stands for each part of an address."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.db import Base
from app.demo.load import load_demo
from app.demo.people import person_by_email
from app.demo.program import AFTERGLOW_PARTNERS
from app.models import (
    Application,
    ApplicationState,
    Backtest,
    BacktestState,
    Broadcast,
    BusinessReview,
    Company,
    Contact,
    DecisionOutcome,
    Discovery,
    Enrollment,
    EnrollmentBatch,
    FormQuestion,
    Goal,
    ImportBatch,
    Membership,
    Message,
    Notice,
    OnboardingTemplate,
    Program,
    Prospect,
    ReceivedMail,
    Resource,
    Sender,
    Sequence,
    SequenceVersion,
    SuppressionReason,
    Task,
    TemplateAction,
    User,
)
from app.models.assignment import AssignmentRule
from app.models.bulk import BulkAction, BulkItem, BulkItemState, BulkKind, BulkState
from app.models.custom_field import CustomField
from app.models.merge import DuplicatePair
from app.models.program_settings import OwnReason
from app.models.tag import Tag
from app.models.tier import Tier
from app.models.view import SavedView
from app.models.wave import Wave, WaveImport
from app.services.care.broadcasts import BroadcastContent, write_broadcast
from app.services.decisions import Verdict, decide
from app.services.erasing import erase_address
from app.services.invitations import Invite, invite
from app.services.ledger.planning import plan_due
from app.services.optouts import opt_out_site
from app.services.received_mail import raw_of, record_reading, waiting_mails
from app.services.suppressions import suppress
from outreach.inbound.content import read_content
from tests.prospect_world import make_worked_prospect

# What an address calls a row, where the first of the demo's program serves.
_FIRST: dict[str, type[Base]] = {
    "view_id": SavedView,
    "resource_id": Resource,
    "discovery_id": Discovery,
    "sender_id": Sender,
    "sequence_id": Sequence,
    "assignment_id": AssignmentRule,
    "reason_id": OwnReason,
    "tag_id": Tag,
    "task_id": Task,
    "tier_id": Tier,
    "batch_id": ImportBatch,
    "broadcast_id": Broadcast,
    "message_id": Message,
    "template_id": OnboardingTemplate,
    "field_id": CustomField,
    "mail_id": ReceivedMail,
    "wave_id": Wave,
    "question_id": FormQuestion,
}
_RANKINGS = ("learned", "current_weights", "keyword_count", "newest_first")


@dataclass(frozen=True, slots=True)
class FilledWorld:
    """The admin, who may open everything; rows of the demo's program, and of a prospect with everything on it."""

    admin: User
    values: dict[str, Any]
    worked: dict[str, Any]


def make_filled_world(session: Session) -> FilledWorld:
    """Load the demo into an empty database and add what only days of work would leave."""
    load_demo(session)
    program = session.scalars(select(Program).where(Program.slug == AFTERGLOW_PARTNERS.slug)).one()
    admin, theo = (_person(session, name) for name in ("admin", "theo"))
    plan_due(session)
    for mail_id in waiting_mails(session, limit=50):
        raw, envelope_to = raw_of(session, mail_id) or (b"", "")
        record_reading(session, mail_id, read_content(raw, envelope_to=envelope_to))
    added = {
        "bulk_id": _bulk_move(session, program, theo),
        "backtest_id": _backtest(session, program, theo),
        "enrollment_batch_id": _enrolled_many(session, program, theo),
        "suppression_id": _leave_alone(session, theo),
    }
    draft = BroadcastContent(subject="Spring is near", text="Two new offers.\n\nTake what you need.")
    added["draft_id"] = write_broadcast(session, program, draft, actor=admin).id
    guest = Invite(email="guest@example.com", role=theo.role, program_ids=[program.id], accept_url="https://x.example/")
    invite(session, guest, inviter=admin)
    worked = make_worked_prospect(session)
    session.add(Membership(program_id=worked.program.id, user_id=admin.id))
    verdict = Verdict(outcome=DecisionOutcome.DECLINE, reason_codes=("not_a_fit",), note="Too small a shop for us.")
    receipt = decide(session, worked.prospect, verdict, by_user_id=worked.user.id)
    session.flush()
    erased = "nora@liftwell.example"
    added["event_id"] = erase_address(session, erased, typed=erased, actor=admin)
    mine = {
        "slug": worked.program.slug,
        "prospect_id": worked.prospect.id,
        "page_id": worked.home.id,
        "contact_id": _first_contact(session, worked.company),
        "change_id": receipt.stage_change_id,
    }
    return FilledWorld(admin, _values(session, program, theo) | added, mine)


def _person(session: Session, name: str) -> User:
    email = person_by_email(f"{name}@example.com").email
    return session.scalars(select(User).where(User.email == email)).one()


def _first(session: Session, model: type[Base], **wanted: Any) -> Any:
    """Return the first row of a kind; an assertion names the kind that the demo has none of."""
    row = session.scalars(select(model).filter_by(**wanted).order_by(model.__table__.c.id).limit(1)).first()
    assert row is not None, f"the demo has no {model.__name__} like {wanted}"
    return row


def _first_contact(session: Session, company: Company) -> int:
    found: int = _first(session, Contact, company_id=company.id).id
    return found


def _values(session: Session, program: Program, person: User) -> dict[str, Any]:
    """Return what stands for each part of an address in the demo's program."""
    named = {name: _first(session, model, program_id=program.id).id for name, model in _FIRST.items()}
    review = session.scalars(select(BusinessReview).join(Goal, Goal.partnership_id == BusinessReview.partnership_id))
    held = review.first() or _first(session, BusinessReview)
    pair = _first(session, DuplicatePair)
    twins = [
        _first(session, Prospect, company_id=each, program_id=program.id).id for each in (pair.first_id, pair.second_id)
    ]
    version = _first(session, SequenceVersion, sequence_id=named["sequence_id"], number=0)
    return named | {
        "slug": program.slug,
        "name": "funnel",
        "help_page": "index",
        "stage_name": "declined",
        "user_id": person.id,
        "prospect_id": twins[0],
        "other_id": twins[1],
        "partnership_id": held.partnership_id,
        "review_id": held.id,
        "step_id": version.content["plan"]["steps"][0]["id"],
        "notice_id": _first(session, Notice).id,
        "template_action_id": _first(session, TemplateAction, template_id=named["template_id"]).id,
        "application_id": _first(session, Application, program_id=program.id, state=ApplicationState.SUBMITTED).id,
        "wave_batch_id": _first(session, WaveImport, program_id=program.id).batch_id,
    }


def _bulk_move(session: Session, program: Program, person: User) -> int:
    """Leave three prospects moved at once: two were, one could not be."""
    prospects = session.scalars(select(Prospect).where(Prospect.program_id == program.id).limit(3)).all()
    action = BulkAction(
        program_id=program.id, kind=BulkKind.MOVE, params={"stage": "qualified"}, state=BulkState.DONE, total=3,
        selection={"ids": [each.id for each in prospects]}, done_count=2, failed_count=1, token="m" * 32,
        created_by_id=person.id, finished_at=now(),
    )  # fmt: skip
    session.add(action)
    session.flush()
    for number, prospect in enumerate(prospects):
        state = BulkItemState.DONE if number else BulkItemState.FAILED
        message = "" if number else "Somebody else moved it meanwhile."
        session.add(BulkItem(action_id=action.id, prospect_id=prospect.id, state=state, message=message))
    session.flush()
    return action.id


def _backtest(session: Session, program: Program, person: User) -> int:
    """Leave a backtest that says something, with everything that its page can draw."""
    areas = ((0.81, 0.70, 0.92), (0.74, 0.61, 0.87), (0.62, 0.48, 0.76), (0.50, 0.36, 0.64))
    rankings = [
        {"name": name, "auc": {"value": value, "low": low, "high": high}, "precision": value}
        for name, (value, low, high) in zip(_RANKINGS, areas, strict=True)
    ]
    bins = [{"low": low, "high": low + 0.2, "count": 4, "said": low + 0.1, "approved": low} for low in (0.0, 0.4, 0.8)]
    prospect = _first(session, Prospect, program_id=program.id)
    result = {
        "enough": True, "verdict": "The learned order is better than today's weights.", "is_worse": False, "k": 10,
        "decisions": 60, "trained_on": 42, "tested_on": 18, "approved_in_test": 9, "without_text": 2,
        "split_at": (now() - timedelta(days=20)).isoformat(), "rankings": rankings, "calibration": bins,
        "calibration_error": 0.08, "missed": [{"prospect_id": prospect.id, "name": "Flow", "domain": "flow.example"}],
    }  # fmt: skip
    test = Backtest(program_id=program.id, weekly_mails=10, state=BacktestState.DONE, result=result,
                    requested_by_id=person.id, finished_at=now(), head={"decisions": 60, "approved": 30})  # fmt: skip
    session.add(test)
    session.flush()
    return test.id


def _enrolled_many(session: Session, program: Program, person: User) -> int:
    """Leave a batch that is done, of one who was enrolled and one who could not be."""
    enrolled: Enrollment = _first(session, Enrollment, program_id=program.id)
    others = select(Contact.id).where(Contact.id != enrolled.contact_id).limit(1)
    ids = [enrolled.contact_id, session.scalars(others).one()]
    batch = EnrollmentBatch(
        program_id=program.id, sequence_id=enrolled.sequence_id, sender_id=enrolled.sender_id, contact_ids=ids,
        skipped={str(ids[1]): "There is no address to write to."}, done_count=2, enrolled_count=1,
        created_by_id=person.id, finished_at=now(),
    )  # fmt: skip
    session.add(batch)
    session.flush()
    enrolled.batch_id = batch.id
    return batch.id


def _leave_alone(session: Session, person: User) -> int:
    """Leave somebody who must not be mailed, and sites that the crawler stays away from; return the first's id."""
    for domain in ("quiet.example", "hushed-and-far-away-from-everything.example"):
        opt_out_site(session, domain, actor_id=None)
    values = ("left.alone@agency.example", "never-again.example")
    rows = [
        suppress(session, value, reason=SuppressionReason.BY_HAND, note="Asked on the phone.", added_by_id=person.id)
        for value in values
    ]
    session.flush()
    return rows[0].id
