"""The questions of a program's application form: adding, changing, ordering, taking out."""

from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import FormQuestion, Program, QuestionKind, User
from app.services.audit import record_audit
from app.services.errors import InvalidInput, NotFound
from app.services.hand_order import move_up
from app.services.plain_text import clean_line

MAX_QUESTIONS, MAX_OPTIONS = 20, 20
MAX_LABEL, MAX_HELP = 200, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionContent:
    """What a question asks. `shown_when_id` names a choice question, `shown_when_answer` one of its answers."""

    kind: QuestionKind
    label: str
    help: str = ""
    is_required: bool = False
    options: tuple[str, ...] = ()
    shown_when_id: int | None = None
    shown_when_answer: str = ""


def questions_of(session: Session, program_id: int) -> list[FormQuestion]:
    """Return the questions in force, in their order."""
    return list(
        session.scalars(
            select(FormQuestion)
            .where(FormQuestion.program_id == program_id, FormQuestion.retired_at.is_(None))
            .order_by(FormQuestion.position, FormQuestion.id)
        )
    )


def question_for(session: Session, program: Program, question_id: int) -> FormQuestion:
    """Return a question of the program that is in force. Raises NotFound."""
    found = session.get(FormQuestion, question_id)
    if found is None or found.program_id != program.id or found.retired_at is not None:
        raise NotFound(_("This form has no such question; somebody may have taken it out."))
    return found


def add_question(session: Session, program: Program, content: QuestionContent, *, actor: User) -> FormQuestion:
    """Add a question at the end. Raises InvalidInput naming what cannot be used."""
    known = questions_of(session, program.id)
    if len(known) >= MAX_QUESTIONS:
        raise InvalidInput(
            {"label": _("A form of %(most)s questions is long enough; take one out first.", most=MAX_QUESTIONS)}
        )
    values = _checked(content, known)
    position = max((question.position for question in known), default=0) + 1
    question = FormQuestion(program_id=program.id, position=position, **values)
    session.add(question)
    session.flush()
    _audit(session, "form_question.added", question, actor)
    return question


def change_question(session: Session, question: FormQuestion, content: QuestionContent, *, actor: User) -> None:
    """Change a question; answers given before keep the words they were asked with."""
    others = [each for each in questions_of(session, question.program_id) if each.id != question.id]
    for name, value in _checked(content, [each for each in others if each.position < question.position]).items():
        setattr(question, name, value)
    _audit(session, "form_question.changed", question, actor)


def retire_question(session: Session, question: FormQuestion, *, actor: User) -> None:
    """Ask it no more. Questions that hang on it are asked of everybody from now on."""
    question.retired_at = now()
    for other in questions_of(session, question.program_id):
        if other.shown_when_id == question.id:
            other.shown_when_id, other.shown_when_answer = None, ""
    _audit(session, "form_question.retired", question, actor)


def restore_question(session: Session, program: Program, question_id: int, *, actor: User) -> FormQuestion:
    """Put a question that was taken out back where it stood. Raises NotFound."""
    found = session.get(FormQuestion, question_id)
    if found is None or found.program_id != program.id:
        raise NotFound(_("This form never had such a question."))
    found.retired_at = None
    _audit(session, "form_question.restored", found, actor)
    return found


def raise_question(session: Session, question: FormQuestion, *, actor: User) -> None:
    """Move a question one place up, as far as the one it hangs on allows."""
    known = questions_of(session, question.program_id)
    place = [each.id for each in known].index(question.id)
    if place == 0 or known[place - 1].id == question.shown_when_id:
        return
    move_up(known, question)
    _audit(session, "form_question.moved", question, actor)


def _checked(content: QuestionContent, earlier: list[FormQuestion]) -> dict[str, object]:
    """Return the columns of a question, or raise InvalidInput; it may hang only on an earlier choice."""
    values = asdict(content) | {"label": clean_line(content.label), "help": clean_line(content.help)}
    options = list(dict.fromkeys(line for option in content.options if (line := clean_line(option))))
    is_choice = content.kind is QuestionKind.CHOICE
    values["options"] = options if is_choice else []
    values["shown_when_answer"] = clean_line(content.shown_when_answer)
    problems = {}
    if not 1 <= len(str(values["label"])) <= MAX_LABEL:
        problems["label"] = _("Write the question, in %(most)s characters at most.", most=MAX_LABEL)
    if len(str(values["help"])) > MAX_HELP:
        problems["help"] = _("At most %(most)s characters.", most=MAX_HELP)
    if is_choice and not 2 <= len(options) <= MAX_OPTIONS:
        problems["options"] = _("Give 2 to %(most)s answers, one a line.", most=MAX_OPTIONS)
    elif any(len(option) > MAX_LABEL for option in options):
        problems["options"] = _("Keep each answer to %(most)s characters.", most=MAX_LABEL)
    if content.shown_when_id is None:
        values["shown_when_answer"] = ""
    elif problem := _condition_problem(content.shown_when_id, str(values["shown_when_answer"]), earlier):
        problems["shown_when_answer"] = problem
    if problems:
        raise InvalidInput(problems)
    return values


def _condition_problem(question_id: int, answer: str, earlier: list[FormQuestion]) -> str:
    parent = next((each for each in earlier if each.id == question_id and each.kind is QuestionKind.CHOICE), None)
    if parent is None:
        return _("A question can hang only on a choice question that stands before it.")
    if answer not in parent.options:
        return _(
            "%(answer)s is no answer to “%(question)s”. Choose one of: %(options)s.",
            answer=repr(answer[:80]),
            question=parent.label,
            options=", ".join(parent.options),
        )
    return ""


def _audit(session: Session, action: str, question: FormQuestion, actor: User) -> None:
    record_audit(
        session,
        action,
        subject=f"question:{question.id}",
        actor_id=actor.id,
        program_id=question.program_id,
        details={"label": question.label},
    )
