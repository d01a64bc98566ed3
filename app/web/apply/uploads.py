"""Files in a form: judged by their content, and kept while other fields are put right."""

from collections.abc import Mapping, Sequence

from flask import request

from app.db import transaction
from app.models import FormQuestion, Program, QuestionKind
from app.services.application_answers import field_of
from app.services.application_files import judged_upload, keep_upload
from app.services.errors import InvalidInput
from app.web.apply.form import ApplyForm, kept_field_of


def keep_uploads(program: Program, questions: Sequence[FormQuestion], form: ApplyForm) -> dict[str, str]:
    """Keep every file that was sent and put its key into the form; return what is wrong with the others by field."""
    problems = {}
    for question, content, name in _sent(questions):
        try:
            file = judged_upload(content, filename=name)
            with transaction() as session:
                key = keep_upload(session, program, question, file)
            form[kept_field_of(question)].data = f"{key} {file.filename}"
        except InvalidInput as error:
            problems[field_of(question)] = error.fields["file"]
            form[kept_field_of(question)].data = ""
    return problems


def judge_uploads(questions: Sequence[FormQuestion]) -> tuple[frozenset[int], dict[str, str]]:
    """Judge the files of a trial without keeping any; return the questions they answer, and what is wrong by field."""
    good, problems = set(), {}
    for question, content, name in _sent(questions):
        try:
            judged_upload(content, filename=name)
            good.add(question.id)
        except InvalidInput as error:
            problems[field_of(question)] = error.fields["file"]
    return frozenset(good), problems


def joined(problems: Mapping[str, str], error: InvalidInput | None) -> InvalidInput:
    """Return one refusal of the files and of the rest; what is wrong with a file counts, not that it is missing."""
    return InvalidInput({**(error.fields if error else {}), **problems})


def _sent(questions: Sequence[FormQuestion]) -> list[tuple[FormQuestion, bytes, str]]:
    found = []
    for question in questions:
        file = request.files.get(field_of(question)) if question.kind is QuestionKind.FILE else None
        if file is not None and file.filename:
            found.append((question, file.stream.read(), file.filename[:300]))
    return found
