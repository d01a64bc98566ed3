"""Doing an action on the portal: each kind checks what was sent, keeps it, and is done or waits for approval."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    OPEN_ACTION_STATES,
    ActionKind,
    ActionState,
    OnboardingAction,
    OnboardingDocument,
    OnboardingPlan,
    OwnerSide,
    Partnership,
    PlanEventKind,
)
from app.services.document_store import JudgedFile, Unusable, judge, keep
from app.services.errors import Conflict, InvalidInput
from app.services.languages import gettext as _
from app.services.languages import number
from app.services.onboarding.acceptances import record_acceptance
from app.services.onboarding.calls import chosen_slot
from app.services.onboarding.events import Doer, record_action_event
from app.services.onboarding.progress import close_action, settle
from app.services.onboarding.quiz import wrong_answers
from app.services.plain_text import clean_line, clean_text
from app.services.program_pages import current_terms
from app.services.web_addresses import web_address

MAX_ANSWER = 4_000
MAX_FILES, MAX_DOCUMENTS = 5, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A step as it was sent from the portal: nothing in it is trusted. `files` are pairs of name and bytes."""

    fields: Mapping[str, str] = field(default_factory=dict)
    answers: tuple[str, ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()
    address: str = ""

    def text(self, name: str) -> str:
        """Return a field as text of several lines."""
        return clean_text(self.fields.get(name, ""))

    def is_ticked(self, name: str) -> bool:
        """Say whether a box was ticked."""
        return bool(self.fields.get(name))


@dataclass(frozen=True, slots=True)
class _Step:
    session: Session
    action: OnboardingAction
    partnership: Partnership
    sent: Sent
    by: Doer


def do_action(
    session: Session, plan: OnboardingPlan, action: OnboardingAction, sent: Sent, by: Doer
) -> tuple[int, ...]:
    """Do a step for the partner; the caller holds the plan. Returns the places of wrong answers of a quiz, from 0.

    Raises Conflict where the step is not the partner's to do now, InvalidInput naming each field that cannot be used.
    """
    _check_turn(session, action)
    partnership = session.get_one(Partnership, plan.partnership_id)
    if action.kind is ActionKind.TRAINING:
        wrong = _take_quiz(session, plan, action, sent, by)
        if wrong:
            return wrong
    else:
        answer = _KINDS[action.kind](_Step(session, action, partnership, sent, by))
        action.answer = {**action.answer, **answer}
    action.submitted_at = now()
    action.note = ""
    if action.needs_approval:
        action.state = ActionState.WAITING_FOR_APPROVAL
        # The hourly reminder tells the account manager; the clock of reminders to the partner ends here.
        action.nudged_at = None
        record_action_event(session, plan, action, PlanEventKind.SUBMITTED, by)
    else:
        close_action(session, action, ActionState.DONE)
        record_action_event(session, plan, action, PlanEventKind.DONE, by)
    settle(session, plan, by)
    return ()


def why_not_now(session: Session, action: OnboardingAction) -> str:
    """Return in words why the partner cannot do a step now; "" where they can."""
    if action.owner is not OwnerSide.PARTNER:
        return _("This step is ours; you will see it here when it is done.")
    if action.state not in OPEN_ACTION_STATES:
        return _("This step is “%(state)s” already.", state=_(action.state.label))
    if action.opened_at is None:
        before = session.get(OnboardingAction, action.depends_on_id) if action.depends_on_id else None
        return (
            _("This step opens after “%(title)s”.", title=before.title) if before else _("This step is not open yet.")
        )
    if action.kind is ActionKind.RECEIVE_CODE and action.submitted_at is None:
        return _("We are preparing this for you, and write to you when it is ready.")
    return ""


def _check_turn(session: Session, action: OnboardingAction) -> None:
    if why := why_not_now(session, action):
        raise Conflict(_("%(why)s Nothing was changed.", why=why))


def _take_quiz(
    session: Session, plan: OnboardingPlan, action: OnboardingAction, sent: Sent, by: Doer
) -> tuple[int, ...]:
    """Judge a quiz: every answer must be right, tries are counted and not limited."""
    questions = action.settings.get("quiz", [])
    wrong = tuple(wrong_answers(questions, sent.answers))
    tries = int(action.answer.get("tries", 0)) + 1
    score = f"{len(questions) - len(wrong)} of {len(questions)}"
    action.answer = {"tries": tries, "score": score}
    if wrong:
        record_action_event(session, plan, action, PlanEventKind.SUBMITTED, by, text=f"{score} right, try {tries}")
    else:
        action.answer = action.answer | {"badge": action.settings.get("badge", ""), "earned_at": now().isoformat()}
    return wrong


def _seen(step: _Step) -> dict[str, Any]:
    return _ticked(step, "done", _("Please open it first, then tick that you have looked at it."))


def _confirmed(step: _Step) -> dict[str, Any]:
    return _ticked(step, "done", _("Please read it and tick that you have."))


def _received(step: _Step) -> dict[str, Any]:
    return _ticked(step, "done", _("Please tick that you have it, or write to us where it does not work."))


def _ticked(step: _Step, name: str, problem: str) -> dict[str, Any]:
    if not step.sent.is_ticked(name):
        raise InvalidInput({name: problem})
    return {}


def _answered(step: _Step) -> dict[str, Any]:
    questions = step.action.settings.get("questions", [])
    given = [clean_text(text) for text in step.sent.answers] + [""] * len(questions)
    problems = {}
    for place in range(len(questions)):
        if not given[place]:
            problems[f"answer{place}"] = _("Please answer this.")
        elif len(given[place]) > MAX_ANSWER:
            problems[f"answer{place}"] = _too_long(len(given[place]))
    if problems:
        raise InvalidInput(problems)
    return {"answers": given[: len(questions)]}


def _too_long(count: int) -> str:
    numbers = {"count": number(count), "most": number(MAX_ANSWER)}
    return _("This has %(count)s characters; keep it to %(most)s.", **numbers)


def _uploaded(step: _Step) -> dict[str, Any]:
    files = [(name, content) for name, content in step.sent.files if name or content]
    if not files:
        raise InvalidInput({"files": _("Choose a file first.")})
    if len(files) > MAX_FILES:
        raise InvalidInput({"files": _("Send at most %(most)s files at a time.", most=MAX_FILES)})
    kept = select(func.count()).select_from(OnboardingDocument).where(OnboardingDocument.action_id == step.action.id)
    if (step.session.scalar(kept) or 0) + len(files) > MAX_DOCUMENTS:
        full = _("At most %(most)s files are kept for one step. Write to us instead.", most=MAX_DOCUMENTS)
        raise InvalidInput({"files": full})
    judged, problems = [], []
    for name, content in files:
        try:
            judged.append(judge(content, filename=name))
        except Unusable as error:
            problems.append(f"{clean_line(name)[:80] or _('One file')}: {error}")
    if problems:
        raise InvalidInput({"files": " ".join(problems)})
    for file in judged:
        step.session.add(_document(step, file))
    return {}


def _document(step: _Step, file: JudgedFile) -> OnboardingDocument:
    return OnboardingDocument(
        action_id=step.action.id,
        key=keep(step.session, file),
        filename=file.filename,
        media_type=file.media_type,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        person_id=step.by.person_id,
        user_id=step.by.user_id,
    )


def _accepted(step: _Step) -> dict[str, Any]:
    terms = current_terms(step.session, step.partnership.program_id)
    if terms is None:
        raise Conflict(_("There are no terms to accept yet. We write to you when there are."))
    if step.sent.fields.get("terms_id") != str(terms.id):
        changed = _("The terms changed meanwhile: this is version %(version)s. Please read it.", version=terms.version)
        raise InvalidInput({"done": changed})
    if not step.sent.is_ticked("done"):
        raise InvalidInput({"done": _("Please read the terms and tick that you accept them.")})
    person_id, address = step.by.person_id, step.sent.address
    record_acceptance(step.session, step.partnership, terms, person_id=person_id, address=address)
    return {"version": terms.version, "terms_id": terms.id}


def _booked(step: _Step) -> dict[str, Any]:
    slot = chosen_slot(
        step.sent.fields.get("day", ""), step.sent.fields.get("time", ""), step.sent.fields.get("zone", "")
    )
    return slot | {"minutes": step.action.settings.get("minutes", 30), "place": step.action.settings.get("place", "")}


def _piloted(step: _Step) -> dict[str, Any]:
    what, typed, on = step.sent.text("what"), step.sent.fields.get("url", ""), step.sent.fields.get("on", "").strip()
    url, problems = web_address(typed) if typed.strip() else "", {}
    if not 1 <= len(what) <= MAX_ANSWER:
        most = number(MAX_ANSWER)
        problems["what"] = _("Say what you did together with us, in %(most)s characters at most.", most=most)
    if typed.strip() and not url:
        problems["url"] = _("Give a whole web address, such as https://example.com/guest-post.")
    try:
        day = date.fromisoformat(on).isoformat() if on else ""
    except ValueError:
        day, problems["on"] = "", _("Give a day such as 2026-12-01, or leave it empty.")
    if problems:
        raise InvalidInput(problems)
    return {"what": what, "url": url, "on": day}


def _told(step: _Step) -> dict[str, Any]:
    note = step.sent.text("what")
    if len(note) > MAX_ANSWER:
        raise InvalidInput({"what": _("At most %(most)s characters.", most=number(MAX_ANSWER))})
    return {"what": note}


_KINDS: dict[ActionKind, Callable[[_Step], dict[str, Any]]] = {
    ActionKind.VIEW_RESOURCE: _seen,
    ActionKind.READ_CONFIRM: _confirmed,
    ActionKind.ANSWER_QUESTIONS: _answered,
    ActionKind.UPLOAD: _uploaded,
    ActionKind.ACCEPT_TERMS: _accepted,
    ActionKind.BOOK_CALL: _booked,
    ActionKind.RECEIVE_CODE: _received,
    ActionKind.FIRST_PILOT: _piloted,
    ActionKind.TO_DO: _told,
}
