"""The reviewer's form: one form for approving, declining and asking, so that a note typed for one serves the other."""

from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from app.services.decisions import APPROVE_REASONS, DECLINE_REASONS, MAX_NOTE_LENGTH, ReasonCode
from app.services.reviewing import MAX_MESSAGE, Review


class Checkboxes(SelectMultipleField):
    """Several choices, each a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _choices(reasons: tuple[ReasonCode, ...]) -> list[SelectChoice]:
    return [SelectChoice(reason.value, reason.label) for reason in reasons]


class ReviewForm(FlaskForm):
    """What a reviewer says. `version` is the application as they saw it."""

    version = IntegerField(widget=HiddenInput(), default=0)
    note = TextAreaField(
        "Note",
        description="For your team; the applicant never sees it.",
        validators=[Optional(), Length(max=MAX_NOTE_LENGTH, message="At most %(max)d characters.")],
    )
    message = TextAreaField(
        "Message to the applicant",
        description="Stands in the mail and on their status page.",
        validators=[Optional(), Length(max=MAX_MESSAGE, message="At most %(max)d characters.")],
    )

    def review(self) -> Review:
        """Return what was typed, for the service."""
        reasons = self._fields.get("reason_codes")
        codes = tuple(reasons.data or ()) if reasons is not None else ()
        return Review(reason_codes=codes, note=self.note.data or "", message=self.message.data or "")


class ApproveForm(ReviewForm):
    """Yes, with at least one reason."""

    reason_codes = Checkboxes("Why", choices=_choices(APPROVE_REASONS))


class DeclineForm(ReviewForm):
    """No, with at least one reason; the applicant reads it in words."""

    reason_codes = Checkboxes("Why", choices=_choices(DECLINE_REASONS))


class AskForm(ReviewForm):
    """A question; the message is the question."""
