"""The application form: the fields every program asks for, and its own questions as fields beside them.

What may stand in a field is checked by the service, so that a form and whatever else sends one are held to the same.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    FileField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice

from app.models import FormQuestion, QuestionKind
from app.services.applicant_fields import MAX_COMPANY, MAX_EMAIL, MAX_PERSON, MAX_PHONE, MAX_REFERENCES
from app.services.application_answers import AGREED, MAX_ANSWER, field_of
from app.services.application_files import TYPES
from app.services.applying import Submission
from app.services.document_store import MAX_DOCUMENT_BYTES
from app.services.languages import gettext as _
from app.services.languages import mark
from app.services.site_words import MAX_WEBSITE
from app.whole_numbers import row_number

PERSON_FIELDS = ("name", "email", "phone", "company_name", "website")
_RADIO_MOST = 6
KEPT = "_kept"
ACCEPT = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx,.txt,.csv"


def _most(length: int, autocomplete: str, **more: str) -> dict[str, Any]:
    return {"maxlength": length, "autocomplete": autocomplete} | more


class PublicForm(FlaskForm):
    """A form for strangers: its labels and hints are said in the language in force."""

    def __init__(self, *args: Any, **values: Any) -> None:
        """Say the words of every field that is ours."""
        super().__init__(*args, **values)
        for name, field in self._fields.items():
            if self.is_own(name):
                field.label.text = _(field.label.text) if field.label.text else ""
                field.description = _(field.description) if field.description else ""

    def is_own(self, name: str) -> bool:
        """Say whether a field's words stand in the catalogs."""
        return bool(name)


class ApplyForm(PublicForm):
    """The fields of every program. `homepage` is left empty by people: they do not see it, programs fill it in."""

    name = StringField(mark("Your name"), render_kw=_most(MAX_PERSON, "name"))
    email = EmailField(
        mark("Work e-mail"),
        description=mark(
            "We mail you a link that confirms it. An address at your website's domain is checked fastest."
        ),
        render_kw=_most(MAX_EMAIL, "email", inputmode="email"),
    )
    company_name = StringField(mark("Company"), render_kw=_most(MAX_COMPANY, "organization"))
    website = StringField(
        mark("Website"),
        description=mark("The site we shall look at, such as example.com."),
        render_kw=_most(MAX_WEBSITE, "url", inputmode="url"),
    )
    phone = TelField(mark("Phone"), render_kw=_most(MAX_PHONE, "tel"))
    reference1_name = StringField(mark("Name"), render_kw=_most(MAX_PERSON, "off"))
    reference1_email = EmailField(mark("E-mail"), render_kw=_most(MAX_EMAIL, "off"))
    reference2_name = StringField(mark("Name"), render_kw=_most(MAX_PERSON, "off"))
    reference2_email = EmailField(mark("E-mail"), render_kw=_most(MAX_EMAIL, "off"))
    accepts_terms = BooleanField(mark("I have read the terms and accept them."))
    homepage = StringField(mark("Leave this empty"))
    terms_id = HiddenField()
    submit_key = HiddenField()
    started = HiddenField()
    via = HiddenField()
    draft = HiddenField()

    def is_own(self, name: str) -> bool:
        """Say whether a field's words are ours; a program's questions are in whatever language the program wrote."""
        return hasattr(ApplyForm, name)

    def answers(self, questions: Sequence[FormQuestion]) -> dict[int, str]:
        """Return what was answered, by the question's id."""
        return {question.id: _text(self._fields[field_of(question)]) for question in questions}

    def submission(self, questions: Sequence[FormQuestion]) -> Submission:
        """Return the form as it was sent, for the service."""
        return Submission(
            name=self.name.data or "",
            email=self.email.data or "",
            phone=self.phone.data or "",
            company_name=self.company_name.data or "",
            website=self.website.data or "",
            answers=self.answers(questions),
            references=tuple(
                (_text(self[f"reference{number}_name"]), _text(self[f"reference{number}_email"]))
                for number in range(1, MAX_REFERENCES + 1)
            ),
            accepts_terms=bool(self.accepts_terms.data),
            terms_id=row_number(self.terms_id.data or "", 0),
            address=request.remote_addr or "",
            submit_key=self.submit_key.data or "",
            via=self.via.data or "",
            files=self.file_keys(questions),
        )

    def file_keys(self, questions: Sequence[FormQuestion]) -> dict[int, str]:
        """Return the keys of the files that are kept for this form, by the question's id."""
        asked = [question for question in questions if question.kind is QuestionKind.FILE]
        return {question.id: _text(self._fields[kept_field_of(question)]).partition(" ")[0] for question in asked}

    def draft_fields(self) -> dict[str, str]:
        """Return what a draft keeps: everything typed, never the acceptance of terms."""
        skipped = {"csrf_token", "accepts_terms", "homepage", "terms_id", "submit_key", "started", "draft"}
        typed = {name: _text(field) for name, field in self._fields.items() if not isinstance(field, FileField)}
        return {name: text for name, text in typed.items() if text and name not in skipped and KEPT not in name}


def form_class(questions: Sequence[FormQuestion]) -> type[ApplyForm]:
    """Return the form of a program: the common fields and one for each question."""
    fields = {field_of(question): _field(question) for question in questions}
    files = [question for question in questions if question.kind is QuestionKind.FILE]
    return type("ProgramApplyForm", (ApplyForm,), fields | {kept_field_of(each): HiddenField() for each in files})


def kept_field_of(question: FormQuestion) -> str:
    """Return the name under which the key and the name of a kept file stand in the form."""
    return f"{field_of(question)}{KEPT}"


def filled(questions: Sequence[FormQuestion], values: Mapping[str, Any], *, is_framed: bool = False) -> ApplyForm:
    """Return a form with values in it, whatever the request holds; one in a frame has no token, as it has no cookie."""
    meta = {"csrf": False} if is_framed else {}
    return form_class(questions)(formdata=None, data=dict(values), meta=meta)


def _field(question: FormQuestion) -> Field:
    words = {"label": question.label, "description": question.help}
    if question.kind is QuestionKind.CHOICE:
        choices = [SelectChoice(option, option) for option in question.options]
        if len(choices) <= _RADIO_MOST:
            return RadioField(**words, choices=choices, validate_choice=False)
        return SelectField(**words, choices=[SelectChoice("", _("Please choose")), *choices], validate_choice=False)
    if question.kind is QuestionKind.CONSENT:
        return BooleanField(**words)
    if question.kind is QuestionKind.FILE:
        hint = _("%(types)s, at most %(most)s MB.", types=TYPES, most=MAX_DOCUMENT_BYTES // 1024 // 1024)
        words["description"] = f"{question.help} {hint}".strip()
        return FileField(**words, render_kw={"accept": ACCEPT, "data-most-bytes": MAX_DOCUMENT_BYTES})
    if question.kind is QuestionKind.TEXT:
        return TextAreaField(**words, render_kw={"maxlength": MAX_ANSWER, "rows": 3})
    mode = "decimal" if question.kind is QuestionKind.NUMBER else "url"
    return StringField(**words, render_kw={"maxlength": 1000 if mode == "url" else 20, "inputmode": mode})


def _text(field: Field) -> str:
    if isinstance(field, BooleanField):
        return AGREED if field.data else ""
    return "" if isinstance(field, FileField) else str(field.data or "")
