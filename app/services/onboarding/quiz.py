"""Quizzes of a training: written as plain text, asked as choices, judged here."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.languages import gettext as _
from app.services.plain_text import clean_line

MAX_QUESTIONS, MAX_OPTIONS, MAX_LINE = 10, 8, 300


@dataclass(frozen=True, slots=True)
class QuizQuestion:
    """A question with its answers; `right` is the place of the right one, from 0."""

    question: str
    options: tuple[str, ...]
    right: int


def parse_quiz(text: str) -> tuple[list[QuizQuestion], str]:
    """Read a quiz as people write it, and return its questions and "", or what is wrong with it.

    A question a block, blocks divided by an empty line; below it one answer a line, the right one with `*`, the others
    with `-`.
    """
    blocks = [block.splitlines() for block in text.replace("\r\n", "\n").split("\n\n") if block.strip()]
    if len(blocks) > MAX_QUESTIONS:
        return [], _(
            "A short quiz has at most %(most)s questions; this one has %(count)s.",
            most=MAX_QUESTIONS,
            count=len(blocks),
        )
    found = []
    for number, lines in enumerate(blocks, start=1):
        question, problem = _question([line for line in lines if line.strip()])
        if problem:
            return [], _("Question %(number)s: %(problem)s", number=number, problem=problem)
        found.append(question)
    return found, ""


def write_quiz(stored: Sequence[Mapping[str, Any]]) -> str:
    """Return a stored quiz as people write it."""
    blocks = []
    for each in stored:
        marks = ("*" if place == each["right"] else "-" for place in range(len(each["options"])))
        lines = [f"{mark} {option}" for mark, option in zip(marks, each["options"], strict=True)]
        blocks.append("\n".join([each["question"], *lines]))
    return "\n\n".join(blocks)


def as_stored(questions: Sequence[QuizQuestion]) -> list[dict[str, Any]]:
    """Return questions as the settings of an action keep them."""
    return [asdict(question) | {"options": list(question.options)} for question in questions]


def wrong_answers(stored: Sequence[Mapping[str, Any]], given: Sequence[str]) -> list[int]:
    """Return the places of the questions that were answered wrong or not at all, from 0."""
    return [
        place for place, question in enumerate(stored) if place >= len(given) or given[place] != str(question["right"])
    ]


def _question(lines: list[str]) -> tuple[QuizQuestion, str]:
    none = QuizQuestion("", (), 0)
    question, answers = clean_line(lines[0]), [line.strip() for line in lines[1:]]
    if not question or question[0] in "*-":
        return none, _("begin with the question itself, then one answer a line.")
    if not all(line[0] in "*-" and clean_line(line[1:]) for line in answers):
        return none, _("begin each answer with * (the right one) or - (a wrong one).")
    if not 2 <= len(answers) <= MAX_OPTIONS:
        return none, _("give 2 to %(most)s answers.", most=MAX_OPTIONS)
    right = [place for place, line in enumerate(answers) if line[0] == "*"]
    if len(right) != 1:
        return none, _("mark exactly one answer as right, with *.")
    if max(len(line) for line in (question, *answers)) > MAX_LINE:
        return none, _("keep each line to %(most)s characters.", most=MAX_LINE)
    return QuizQuestion(question, tuple(clean_line(line[1:]) for line in answers), right[0]), ""
