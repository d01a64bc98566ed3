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
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice

from app.models import FormQuestion, QuestionKind
from app.services.application_answers import AGREED, MAX_ANSWER, field_of
from app.services.applying import MAX_COMPANY, MAX_EMAIL, MAX_PERSON, MAX_PHONE, MAX_REFERENCES, MAX_WEBSITE, Submission

PERSON_FIELDS = ("name", "email", "phone", "company_name", "website")
_RADIO_MOST = 6


def _most(length: int, autocomplete: str, **more: str) -> dict[str, Any]:
    return {"maxlength": length, "autocomplete": autocomplete} | more


class ApplyForm(FlaskForm):
    """The fields of every program. `homepage` is left empty by people: they do not see it, programs fill it in."""

    name = StringField("Your name", render_kw=_most(MAX_PERSON, "name"))
    email = EmailField(
        "Work e-mail",
        description="We mail you a link that confirms it. An address at your website's domain is checked fastest.",
        render_kw=_most(MAX_EMAIL, "email", inputmode="email"),
    )
    company_name = StringField("Company", render_kw=_most(MAX_COMPANY, "organization"))
    website = StringField(
        "Website",
        description="The site we shall look at, such as example.com.",
        render_kw=_most(MAX_WEBSITE, "url", inputmode="url"),
    )
    phone = TelField("Phone", render_kw=_most(MAX_PHONE, "tel"))
    reference1_name = StringField("Name", render_kw=_most(MAX_PERSON, "off"))
    reference1_email = EmailField("E-mail", render_kw=_most(MAX_EMAIL, "off"))
    reference2_name = StringField("Name", render_kw=_most(MAX_PERSON, "off"))
    reference2_email = EmailField("E-mail", render_kw=_most(MAX_EMAIL, "off"))
    accepts_terms = BooleanField("I have read the terms and accept them.")
    homepage = StringField("Leave this empty")
    terms_id = HiddenField()
    submit_key = HiddenField()
    started = HiddenField()
    via = HiddenField()
    draft = HiddenField()

    def answers(self, questions: Sequence[FormQuestion]) -> dict[int, str]:
        """Return what was answered, by the question's id."""
        return {question.id: _text(self._fields[field_of(question)]) for question in questions}

    def submission(self, questions: Sequence[FormQuestion]) -> Submission:
        """Return the form as it was sent, for the service."""
        terms = self.terms_id.data or ""
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
            terms_id=int(terms) if terms.isdecimal() and len(terms) < 10 else 0,
            address=request.remote_addr or "",
            submit_key=self.submit_key.data or "",
            via=self.via.data or "",
        )

    def draft_fields(self) -> dict[str, str]:
        """Return what a draft keeps: everything typed, never the acceptance of terms."""
        skipped = {"csrf_token", "accepts_terms", "homepage", "terms_id", "submit_key", "started", "draft"}
        return {name: _text(field) for name, field in self._fields.items() if name not in skipped and _text(field)}


def form_class(questions: Sequence[FormQuestion]) -> type[ApplyForm]:
    """Return the form of a program: the common fields and one for each question."""
    return type("ProgramApplyForm", (ApplyForm,), {field_of(question): _field(question) for question in questions})


def filled(questions: Sequence[FormQuestion], values: Mapping[str, Any]) -> ApplyForm:
    """Return a form with values in it, whatever the request holds; unknown names are left out."""
    return form_class(questions)(formdata=None, data=dict(values))


def _field(question: FormQuestion) -> Field:
    words = {"label": question.label, "description": question.help}
    if question.kind is QuestionKind.CHOICE:
        choices = [SelectChoice(option, option) for option in question.options]
        if len(choices) <= _RADIO_MOST:
            return RadioField(**words, choices=choices, validate_choice=False)
        return SelectField(**words, choices=[SelectChoice("", "Please choose"), *choices], validate_choice=False)
    if question.kind is QuestionKind.CONSENT:
        return BooleanField(**words)
    if question.kind is QuestionKind.TEXT:
        return TextAreaField(**words, render_kw={"maxlength": MAX_ANSWER, "rows": 3})
    mode = "decimal" if question.kind is QuestionKind.NUMBER else "url"
    return StringField(**words, render_kw={"maxlength": 1000 if mode == "url" else 20, "inputmode": mode})


def _text(field: Field) -> str:
    if isinstance(field, BooleanField):
        return AGREED if field.data else ""
    return str(field.data or "")
