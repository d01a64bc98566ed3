"""The reviewer's form: one form for approving, declining and asking, so that a note typed for one serves the other."""

from collections.abc import Mapping, Sequence

from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from app.languages import mark
from app.models import Leaning
from app.queries.second_opinions import Colleague
from app.services.decisions import MAX_NOTE_LENGTH
from app.services.reviewing import MAX_MESSAGE, Review
from app.services.second_opinions import MAX_WORDS
from app.web.tier_field import TierField


class Checkboxes(SelectMultipleField):
    """Several choices, each a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ReviewForm(FlaskForm):
    """What a reviewer says. `version` is the application as they saw it."""

    version = IntegerField(widget=HiddenInput(), default=0)
    note = TextAreaField(
        mark("Note"),
        description=mark("For your team; the applicant never sees it."),
        validators=[Optional(), Length(max=MAX_NOTE_LENGTH, message="At most %(max)d characters.")],
    )
    message = TextAreaField(
        mark("Message to the applicant"),
        description=mark("Stands in the mail and on their status page."),
        validators=[Optional(), Length(max=MAX_MESSAGE, message="At most %(max)d characters.")],
    )

    def review(self) -> Review:
        """Return what was typed, for the service."""
        reasons = self._fields.get("reason_codes")
        codes = tuple(reasons.data or ()) if reasons is not None else ()
        tier = self._fields.get("tier")
        quotes = self._fields.get("quotes")
        return Review(
            reason_codes=codes,
            note=self.note.data or "",
            message=self.message.data or "",
            tier=(tier.data or "") if tier is not None else "",
            quotes=tuple(quotes.data or ()) if quotes is not None else (),
        )

    def offer_tiers(self, names: Sequence[str]) -> None:
        """Offer these tiers, where the answer makes a partner."""
        field = self._fields.get("tier")
        if isinstance(field, TierField):
            field.offer(names)

    def offer(self, reasons: Mapping[str, str]) -> None:
        """Offer these reasons, code to label; what may be given is for the service to check."""
        field = self._fields.get("reason_codes")
        if field is not None:
            field.choices = [SelectChoice(code, label) for code, label in reasons.items()]


class ApproveForm(ReviewForm):
    """Yes, with at least one reason, and the tier to begin in."""

    reason_codes = Checkboxes(mark("Why"), choices=[], validate_choice=False)
    tier = TierField(
        mark("Tier"),
        description=mark("Their onboarding begins with the template of this tier, where there is one."),
    )


class DeclineForm(ReviewForm):
    """No, with at least one reason; the applicant reads it in words, with the sentences of their site it rests on."""

    reason_codes = Checkboxes(mark("Why"), choices=[], validate_choice=False)
    quotes = Checkboxes(mark("What it rests on"), choices=[], validate_choice=False)


class AskForm(ReviewForm):
    """A question; the message is the question."""


def _first_person(leaning: Leaning) -> str:
    return {Leaning.APPROVE: mark("I would approve"), Leaning.DECLINE: mark("I would decline")}.get(
        leaning, mark("I am not sure")
    )


class AskOpinionForm(FlaskForm):
    """Whom to ask, and what."""

    colleague_id = SelectField(mark("Ask"), coerce=int, validate_choice=False, default=0, validators=[InputRequired()])
    question = TextAreaField(
        mark("What you want to know"),
        description=mark("They get a task."),
        render_kw={"maxlength": MAX_WORDS, "rows": 2},
    )

    def offer(self, colleagues: tuple[Colleague, ...], *, but: int) -> None:
        """Let one of these be asked, not oneself."""
        rest = [SelectChoice(each.id, each.name) for each in colleagues if each.id != but]
        self.colleague_id.choices = [SelectChoice(0, mark("Choose a colleague")), *rest]


class OpinionForm(FlaskForm):
    """What a colleague thinks."""

    leaning = RadioField(
        mark("What would you do?"),
        choices=[SelectChoice(each.value, _first_person(each)) for each in Leaning],
        validate_choice=False,
        validators=[InputRequired()],
    )
    answer = TextAreaField(mark("Why"), render_kw={"maxlength": MAX_WORDS, "rows": 3})
