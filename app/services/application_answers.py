"""Answers to a program's questions: checked against what is asked, bounded, and stored with the question's words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.models import ApplicationAnswer, FormQuestion, QuestionKind
from app.services.languages import gettext as _
from app.services.languages import mark, number
from app.services.plain_text import clean_line, clean_text
from app.services.web_addresses import web_address

MAX_ANSWER = 4_000
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,4})?")
AGREED = "yes"


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """An answer that can be stored; `value` is AGREED for a consent that was given."""

    question: FormQuestion
    value: str

    def as_row(self, application_id: int) -> ApplicationAnswer:
        """Return the row that keeps it."""
        return ApplicationAnswer(
            application_id=application_id,
            question_id=self.question.id,
            position=self.question.position,
            label=self.question.label,
            kind=self.question.kind,
            value=self.value,
        )


def field_of(question: FormQuestion) -> str:
    """Return the name under which a question stands in the form."""
    return f"q{question.id}"


def is_asked(question: FormQuestion, given: Mapping[int, str]) -> bool:
    """Say whether a question is asked of somebody who answered like this."""
    parent = question.shown_when_id
    return parent is None or clean_line(given.get(parent, "")) == question.shown_when_answer


def checked_answers(
    questions: Sequence[FormQuestion], given: Mapping[int, str]
) -> tuple[list[CheckedAnswer], dict[str, str]]:
    """Return the answers that can be stored, and what is wrong with the others by the field's name.

    Answers to questions that are not asked of this person are dropped without a word: a browser without scripts shows
    them all.
    """
    good: list[CheckedAnswer] = []
    problems: dict[str, str] = {}
    for question in questions:
        if not is_asked(question, given):
            continue
        raw = given.get(question.id, "")
        text = clean_text(raw) if question.kind is QuestionKind.TEXT else clean_line(raw)
        if not text:
            if question.is_required:
                problems[field_of(question)] = _(_MISSING[question.kind])
            continue
        value, problem = _checked(question, text)
        if problem:
            problems[field_of(question)] = problem
        else:
            good.append(CheckedAnswer(question, value))
    return good, problems


_MISSING = {
    QuestionKind.TEXT: mark("Please answer this."),
    QuestionKind.CHOICE: mark("Please choose one."),
    QuestionKind.NUMBER: mark("Please give a number."),
    QuestionKind.URL: mark("Please give a web address."),
    QuestionKind.CONSENT: mark("We need your agreement to this."),
    QuestionKind.FILE: mark("Please choose a file."),
}


def _checked(question: FormQuestion, text: str) -> tuple[str, str]:
    """Return the value to store and "", or "" and what is wrong with it."""
    if len(text) > MAX_ANSWER:
        counts = {"count": number(len(text)), "most": number(MAX_ANSWER)}
        return "", _("This has %(count)s characters; keep it to %(most)s.", **counts)
    if question.kind is QuestionKind.CHOICE and text not in question.options:
        return "", _("This answer is no longer on the list. Please choose again.")
    if question.kind is QuestionKind.NUMBER:
        plain = text.replace(" ", "").replace(",", ".") if text.count(",") == 1 else text.replace(" ", "")
        return (plain, "") if _NUMBER.fullmatch(plain) else ("", _("Write a plain number, such as 1200 or 3.5."))
    if question.kind is QuestionKind.URL:
        address = web_address(text)
        return (address, "") if address else ("", _("Give a whole web address, such as https://example.com/page."))
    return (AGREED if question.kind is QuestionKind.CONSENT else text), ""
