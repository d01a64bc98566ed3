"""Reviewing applications: approve, decline, ask. A decision on a company is frozen as a receipt (decisions.decide)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.languages import number
from app.models import (
    OPEN_APPLICATION_STATES,
    Application,
    ApplicationEvent,
    ApplicationEventKind,
    ApplicationState,
    DecisionOutcome,
    MoveEvent,
    Program,
    ProgramPage,
    Prospect,
    Stage,
    User,
    is_allowed,
)
from app.models.stage import PARTNER_STAGES
from app.services.application_links import record_event
from app.services.application_mails import mail_approval, mail_decline, mail_question
from app.services.application_status import has_other_open
from app.services.audit import record_audit
from app.services.decisions import MAX_NOTE_LENGTH, Verdict, check_verdict, decide
from app.services.decline_quotes import ticked_evidence
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.moves import move_prospect
from app.services.onboarding.people import new_portal_link, people_of
from app.services.onboarding.starting import partnership_of, plan_of
from app.services.plain_text import clean_text
from app.services.reason_words import has_words
from app.services.tiers.records import chosen_tier, take_tier

MAX_MESSAGE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a reviewer says: reasons and a note for the record, a message the applicant reads, the tier of a partner.

    `quotes` are the keys of the sentences of site and terms that a decline rests on (app.services.decline_quotes).
    """

    reason_codes: tuple[str, ...] = ()
    note: str = ""
    message: str = ""
    tier: str = ""
    quotes: tuple[str, ...] = ()


def application_for(session: Session, program: Program, application_id: int, *, lock: bool = False) -> Application:
    """Return an application of the program, with `lock` for deciding it. Raises NotFound."""
    query = select(Application).where(Application.id == application_id, Application.program_id == program.id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound(_("There is no such application in this program."))
    return found


def approve_application(
    session: Session,
    application: Application,
    review: Review,
    *,
    version: int,
    reviewer: User | None,
    rule_id: int | None = None,
) -> None:
    """Accept the company: the prospect moves to Approved with a receipt, and the applicant is told.

    Without a reviewer it is the rule `rule_id` that accepts.

    Raises Conflict where somebody was faster or the company is off the board, InvalidInput as decide does.
    """
    message = _begin(session, application, review, version=version)
    prospect = _prospect(session, application)
    if not is_allowed(MoveEvent.DECISION, prospect.stage, Stage.APPROVED):
        raise Conflict(
            _(
                "%(company)s stands in %(stage)s, so it cannot be approved from here. "
                "Look at the prospect first; this application stays open.",
                company=application.company_name,
                stage=_(prospect.stage.label),
            )
        )
    verdict = Verdict(
        outcome=DecisionOutcome.APPROVE,
        reason_codes=review.reason_codes,
        note=review.note,
        written_to=application.email,
        tier=chosen_tier(session, application.program_id, review.tier),
    )
    application.decision_id = decide(session, prospect, verdict, by_user_id=reviewer.id if reviewer else None).id
    _close(application, ApplicationState.APPROVED, review, message)
    _record(session, application, ApplicationEventKind.APPROVED, review, reviewer, rule_id=rule_id)
    mail_approval(session, application, portal=_first_steps(session, application))


def decline_application(
    session: Session, application: Application, review: Review, *, version: int, reviewer: User
) -> None:
    """Say no with reasons. The prospect is declined with it, unless it is a partner or has another open application.

    Raises Conflict where somebody was faster, InvalidInput as decide does, and where a ticked quote is gone.
    """
    message = _begin(session, application, review, version=version)
    evidence = ticked_evidence(session, application, review.quotes)
    if review.reason_codes and not message and not has_words(session, application.program_id, review.reason_codes):
        raise InvalidInput({"message": _("Tell the applicant the reason: the one chosen has no words for them.")})
    prospect = _prospect(session, application)
    verdict = Verdict(outcome=DecisionOutcome.DECLINE, reason_codes=review.reason_codes, note=review.note)
    decides_company = (
        prospect.stage not in PARTNER_STAGES
        and not has_other_open(session, application)
        and is_allowed(MoveEvent.DECISION, prospect.stage, Stage.DECLINED)
    )
    if decides_company:
        application.decision_id = decide(session, prospect, verdict, by_user_id=reviewer.id).id
    else:
        check_verdict(session, application.program_id, verdict)
    _close(application, ApplicationState.DECLINED, review, message)
    days = session.scalar(select(ProgramPage.reapply_days).where(ProgramPage.program_id == application.program_id))
    application.reapply_at = now() + timedelta(days=days or 0)
    application.evidence = evidence
    _record(session, application, ApplicationEventKind.DECLINED, review, reviewer)
    mail_decline(session, application)


def ask_applicant(session: Session, application: Application, review: Review, *, version: int, reviewer: User) -> None:
    """Ask the applicant something; the clock stands still until they answer, and the prospect is in review.

    Raises Conflict where somebody was faster, InvalidInput without a question.
    """
    message = _begin(session, application, review, version=version)
    if not message:
        raise InvalidInput({"message": _("Write the question; the applicant gets it by mail.")})
    application.state = ApplicationState.ASKED
    application.message = message
    prospect = _prospect(session, application)
    if prospect.stage is Stage.APPLIED:
        move_prospect(
            session, prospect, to_stage=Stage.IN_REVIEW, event=MoveEvent.HAND, by_user_id=reviewer.id, reason="Asked"
        )
    _record(session, application, ApplicationEventKind.ASKED, review, reviewer, text=message)
    mail_question(session, application)


def _begin(session: Session, application: Application, review: Review, *, version: int) -> str:
    """Check that the reviewer saw the application as it is, and return the message for the applicant."""
    if application.version != version or application.state not in OPEN_APPLICATION_STATES:
        raise Conflict(_who_was_faster(session, application))
    message = clean_text(review.message)
    problems: dict[str, str] = {}
    if len(message) > MAX_MESSAGE:
        problems["message"] = _(
            "The message has %(count)s characters; keep it to %(most)s.",
            count=number(len(message)),
            most=number(MAX_MESSAGE),
        )
    if len(review.note) > MAX_NOTE_LENGTH:
        problems["note"] = _(
            "The note has %(count)s characters; keep it to %(most)s.",
            count=number(len(review.note)),
            most=number(MAX_NOTE_LENGTH),
        )
    take_tier(session, application.program_id, review.tier, problems)
    if problems:
        raise InvalidInput(problems)
    return message


def _who_was_faster(session: Session, application: Application) -> str:
    last = session.execute(
        select(ApplicationEvent, User.name)
        .outerjoin(User, User.id == ApplicationEvent.by_user_id)
        .where(ApplicationEvent.application_id == application.id)
        .order_by(ApplicationEvent.id.desc())
        .limit(1)
    ).first()
    event, name = last if last is not None else (None, None)
    last_change = ""
    if event is not None:
        done = _(event.kind.label).lower()
        last_change = _("Last, %(who)s %(done)s it.", who=name or _("the applicant"), done=done)
    return _(
        "The application of %(company)s was changed while you looked at it; it is “%(state)s” now and nothing of "
        "yours was written. %(last_change)s Look at it again, then decide.",
        company=application.company_name,
        state=_(application.state.label),
        last_change=last_change,
    )


def _first_steps(session: Session, application: Application) -> str:
    """Return the applicant's own way to the steps that the approval opened for them; "" where it opened none."""
    partnership = partnership_of(session, application.prospect_id or 0)
    if partnership is None or plan_of(session, partnership.id) is None:
        return ""
    people = people_of(session, partnership.id)
    applicant = next((each for each in people if each.email == application.email), None)
    return new_portal_link(session, applicant) if applicant else ""


def _prospect(session: Session, application: Application) -> Prospect:
    if application.prospect_id is None:
        raise Conflict(_("The applicant has not confirmed the address yet, so there is nobody to answer."))
    return session.get_one(Prospect, application.prospect_id)


def _close(application: Application, state: ApplicationState, review: Review, message: str) -> None:
    application.state = state
    application.closed_at = now()
    application.reason_codes = list(review.reason_codes)
    application.message = message


def _record(
    session: Session,
    application: Application,
    kind: ApplicationEventKind,
    review: Review,
    reviewer: User | None,
    **more: Any,
) -> None:
    actor_id, rule_id = reviewer.id if reviewer else None, more.get("rule_id")
    text = more.get("text", clean_text(review.note))
    record_event(session, application, kind, by_user_id=actor_id, text=text).rule_id = rule_id
    session.flush()
    record_audit(
        session,
        f"application.{kind.value}",
        subject=f"application:{application.id}",
        actor_id=actor_id,
        program_id=application.program_id,
        details={"reasons": list(review.reason_codes)} | ({"rule": rule_id} if rule_id else {}),
    )
