"""What our own people do with a plan's actions: approve, send back, do, skip, open again, put a code in."""

from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import (
    CLOSED_ACTION_STATES,
    ActionKind,
    ActionState,
    OnboardingAction,
    OnboardingPlan,
    OwnerSide,
    Partnership,
    PlanEventKind,
    User,
)
from app.services.errors import Conflict, InvalidInput
from app.services.onboarding.events import Doer, record_action_event
from app.services.onboarding.mails import mail_person
from app.services.onboarding.people import people_of
from app.services.onboarding.progress import close_action, settle
from app.services.onboarding.starting import open_action
from app.services.plain_text import clean_line, clean_text
from app.services.web_addresses import web_address

MAX_NOTE, MAX_CODE = 2_000, 200


def approve_action(session: Session, plan: OnboardingPlan, action: OnboardingAction, *, user: User) -> None:
    """Tick off what the partner sent. Raises Conflict where nothing waits for approval."""
    _must_wait(action)
    action.note = ""
    close_action(session, action, ActionState.DONE)
    record_action_event(session, plan, action, PlanEventKind.APPROVED, Doer(user.id))
    settle(session, plan, Doer(user.id))


def send_back(session: Session, plan: OnboardingPlan, action: OnboardingAction, *, note: str, user: User) -> None:
    """Ask the partner for more, in words they get by mail. Raises Conflict, and InvalidInput without a note."""
    _must_wait(action)
    action.note = _noted(note, "Say what is missing; the partner reads it.")
    action.state = ActionState.ACTION_REQUIRED
    action.nudged_at = now()
    record_action_event(session, plan, action, PlanEventKind.SENT_BACK, Doer(user.id), text=action.note)
    settle(session, plan, Doer(user.id))
    _mail_main(session, plan, "sent_back", title=action.title, note=action.note)


def complete_action(session: Session, plan: OnboardingPlan, action: OnboardingAction, *, note: str, user: User) -> None:
    """Mark an action as done: our own, or the partner's where they did it another way. Raises Conflict."""
    _must_be_open(action)
    action.note = _noted(note, "")
    close_action(session, action, ActionState.DONE)
    record_action_event(session, plan, action, PlanEventKind.DONE, Doer(user.id), text=action.note)
    settle(session, plan, Doer(user.id))


def skip_action(session: Session, plan: OnboardingPlan, action: OnboardingAction, *, note: str, user: User) -> None:
    """Leave an action out for this partner, with the reason. Raises Conflict, and InvalidInput without a note."""
    _must_be_open(action)
    action.note = _noted(note, "Say why it is left out; the partner reads it.")
    close_action(session, action, ActionState.SKIPPED)
    record_action_event(session, plan, action, PlanEventKind.SKIPPED, Doer(user.id), text=action.note)
    settle(session, plan, Doer(user.id))


def reopen_action(session: Session, plan: OnboardingPlan, action: OnboardingAction, *, user: User) -> None:
    """Take back that an action is over; what opened behind it stays open. Raises Conflict."""
    if action.state not in CLOSED_ACTION_STATES:
        raise Conflict(_("“%(title)s” is open already. Reload the page.", title=action.title))
    action.state = ActionState.PENDING
    action.done_at, action.note = None, ""
    open_action(action)
    record_action_event(session, plan, action, PlanEventKind.REOPENED, Doer(user.id))
    settle(session, plan, Doer(user.id))


def give_code(
    session: Session, plan: OnboardingPlan, action: OnboardingAction, *, code: str, external_id: str, user: User
) -> None:
    """Put in the link or code of a partner and what the platform calls them; the partner is told by mail.

    A step of the partner's waits for them to confirm it; one of ours is done. Raises Conflict and InvalidInput.
    """
    if action.kind is not ActionKind.RECEIVE_CODE:
        raise Conflict(_("“%(title)s” is no step in which a link or code is received.", title=action.title))
    _must_be_open(action)
    code, external_id = clean_line(code), clean_line(external_id)
    problems = {}
    if not code or len(code) > MAX_CODE:
        problems["code"] = _("Give the link or code, in %(max_code)s characters at most.", max_code=MAX_CODE)
    if len(external_id) > MAX_CODE:
        problems["external_id"] = _("At most %(most)s characters.", most=MAX_CODE)
    if problems:
        raise InvalidInput(problems)
    is_link = code.lower().startswith(("http://", "https://"))
    action.answer = {"code": code, "url": web_address(code) if is_link else "", "external_id": external_id}
    action.submitted_at = now()
    if external_id:
        session.get_one(Partnership, plan.partnership_id).external_id = external_id
    if action.owner is not OwnerSide.PARTNER:
        close_action(session, action, ActionState.DONE)
    action.nudged_at = now()
    record_action_event(session, plan, action, PlanEventKind.CODE_GIVEN, Doer(user.id))
    settle(session, plan, Doer(user.id))
    _mail_main(session, plan, "code", title=action.title)


def _must_wait(action: OnboardingAction) -> None:
    if action.state is not ActionState.WAITING_FOR_APPROVAL:
        raise Conflict(
            _(
                "“%(title)s” is “%(label)s”, so there is nothing to approve. Reload the page.",
                title=action.title,
                label=_(action.state.label),
            )
        )


def _must_be_open(action: OnboardingAction) -> None:
    if action.state in CLOSED_ACTION_STATES:
        raise Conflict(
            _("“%(title)s” is “%(label)s” already. Reload the page.", title=action.title, label=_(action.state.label))
        )


def _noted(note: str, problem: str) -> str:
    text = clean_text(note)
    if not text and problem:
        raise InvalidInput({"note": problem})
    if len(text) > MAX_NOTE:
        raise InvalidInput(
            {
                "note": _(
                    "The note has %(text_count)s characters; keep it to %(max_note)s.",
                    text_count=f"{len(text):,}",
                    max_note=f"{MAX_NOTE:,}",
                )
            }
        )
    return text


def _mail_main(session: Session, plan: OnboardingPlan, what: str, **words: str) -> None:
    for person in people_of(session, plan.partnership_id)[:1]:
        mail_person(session, person, what, **words)
