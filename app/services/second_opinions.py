"""Second opinions: a colleague is asked by a task what they think of an application; their word advises and is kept."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.languages import number
from app.models import (
    OPEN_APPLICATION_STATES,
    Application,
    ApplicationEventKind,
    Leaning,
    Program,
    SecondOpinion,
    TaskState,
    User,
)
from app.queries.second_opinions import colleagues_for
from app.services.application_links import record_remark
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.notifying.mentions import tell_mentioned
from app.services.notifying.occasions import mention_in_application
from app.services.plain_text import clean_text
from app.services.tasks import NewTask, complete_task, open_task, task_of_origin

MAX_WORDS = 2_000


@dataclass(frozen=True, slots=True)
class OpinionGiven:
    """What a colleague says: which way they lean, and why."""

    leaning: str
    words: str


def ask_opinion(
    session: Session, application: Application, *, colleague_id: int, question: str, actor: User
) -> SecondOpinion:
    """Ask a colleague of the program; they get a task. Raises InvalidInput, and Conflict once it is decided."""
    if application.state not in OPEN_APPLICATION_STATES:
        raise Conflict(_("This application is decided or not confirmed, so there is nothing to ask about."))
    words = clean_text(question)
    colleague = next(
        (each for each in colleagues_for(session, application.program_id) if each.id == colleague_id), None
    )
    problems = {}
    if colleague is None or colleague_id == actor.id:
        problems["colleague_id"] = _("Choose a colleague who works in this program.")
    if len(words) > MAX_WORDS:
        problems["question"] = _("Keep the question to %(most)s characters.", most=number(MAX_WORDS))
    if problems or colleague is None:
        raise InvalidInput(problems)
    waiting = select(SecondOpinion.id).where(
        SecondOpinion.application_id == application.id,
        SecondOpinion.colleague_id == colleague_id,
        SecondOpinion.answered_at.is_(None),
    )
    if session.scalar(waiting) is not None:
        raise InvalidInput(
            {"colleague_id": _("%(name)s is asked already and has not answered yet.", name=colleague.name)}
        )
    opinion = SecondOpinion(
        application_id=application.id, asked_by_id=actor.id, colleague_id=colleague_id, question=words
    )
    session.add(opinion)
    session.flush()
    _open_task(session, application, opinion, actor)
    record_remark(
        session,
        application,
        ApplicationEventKind.OPINION_ASKED,
        by_user_id=actor.id,
        text=f"{colleague.name}: {words}" if words else colleague.name,
    )
    _tell_named(session, application, words, actor, besides=colleague_id)
    _audit(session, application, opinion, "asked", actor)
    return opinion


def opinion_for(session: Session, application: Application, opinion_id: int) -> SecondOpinion:
    """Return an opinion asked about an application. Raises NotFound."""
    found = session.get(SecondOpinion, opinion_id)
    if found is None or found.application_id != application.id:
        raise NotFound(_("Nobody was asked for this opinion."))
    return found


def give_opinion(
    session: Session, application: Application, opinion: SecondOpinion, given: OpinionGiven, *, actor: User
) -> None:
    """Answer as the colleague who was asked; their task is done with it.

    Raises NotFound for anybody else, Conflict for a second answer, InvalidInput without a leaning.
    """
    if opinion.colleague_id != actor.id:
        raise NotFound(_("This opinion was asked of somebody else."))
    if opinion.answered_at is not None:
        raise Conflict(_("You answered already; what you said is kept as it was."))
    words = clean_text(given.words)
    problems = {}
    if given.leaning not in list(Leaning):
        problems["leaning"] = _("Say which way you lean.")
    if len(words) > MAX_WORDS:
        problems["answer"] = _("Keep the answer to %(most)s characters.", most=number(MAX_WORDS))
    if problems:
        raise InvalidInput(problems)
    opinion.leaning, opinion.answer, opinion.answered_at = Leaning(given.leaning), words, now()
    task = task_of_origin(session, _origin(opinion))
    if task is not None and task.state is TaskState.OPEN:
        complete_task(session, task, actor=actor)
    record_remark(
        session,
        application,
        ApplicationEventKind.OPINION_GIVEN,
        by_user_id=actor.id,
        text=f"{opinion.leaning.label}. {words}".capitalize().rstrip() if words else opinion.leaning.label.capitalize(),
    )
    _tell_named(session, application, words, actor, besides=None)
    _audit(session, application, opinion, "given", actor)


def _open_task(session: Session, application: Application, opinion: SecondOpinion, actor: User) -> None:
    slug = session.get_one(Program, application.program_id).slug
    where = f"/p/{slug}/applications/{application.id}#opinions"
    open_task(
        session,
        NewTask(
            program_id=application.program_id,
            prospect_id=application.prospect_id,
            title=f"Your opinion, please: {application.company_name} applies",
            detail=f"{actor.name} asks: {opinion.question}\n{where}" if opinion.question else where,
            assignee_id=opinion.colleague_id,
            due_at=application.due_at,
            origin=_origin(opinion),
            created_by_id=actor.id,
        ),
    )


def _tell_named(session: Session, application: Application, words: str, actor: User, *, besides: int | None) -> None:
    tell_mentioned(session, words, mention_in_application(application, author_id=actor.id), besides=besides)


def _origin(opinion: SecondOpinion) -> str:
    return f"opinion:{opinion.id}"


def _audit(session: Session, application: Application, opinion: SecondOpinion, what: str, actor: User) -> None:
    record_audit(
        session,
        f"opinion.{what}",
        subject=f"application:{application.id}",
        actor_id=actor.id,
        program_id=application.program_id,
        details={"opinion": opinion.id, "leaning": opinion.leaning.value if opinion.leaning else None},
    )
