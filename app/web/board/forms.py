"""What a move asks before it is made: reasons for a decision, a day to wake up for dormancy."""

from datetime import timedelta

from flask_wtf import FlaskForm
from wtforms import DateField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.clock import today
from app.models import DecisionOutcome, Stage
from app.services.decisions import MAX_NOTE_LENGTH, REASONS, outcome_for

DEFAULT_SLEEP = timedelta(days=90)


class DecisionForm(FlaskForm):
    """Why somebody is approved or declined."""

    reason_codes = SelectMultipleField(
        "Reasons", widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=False
    )
    note = TextAreaField("Note", validators=[Optional(), Length(max=MAX_NOTE_LENGTH)])

    def offer(self, outcome: DecisionOutcome) -> None:
        """Offer the reasons that belong to an outcome."""
        self.reason_codes.choices = [(code.value, code.label) for code in REASONS[outcome]]


class DormancyForm(FlaskForm):
    """Until when a prospect sleeps, and why."""

    wake_up_on = DateField(
        "Wake up on",
        validators=[InputRequired("Choose the day on which it comes back.")],
        default=lambda: today() + DEFAULT_SLEEP,
        description="On this day it returns to the stage it leaves now.",
    )
    reason = TextAreaField("Why", validators=[Optional(), Length(max=2000)])


def form_for(stage: Stage | None) -> DecisionForm | DormancyForm | None:
    """Return the form that entering a stage asks for; None where a move needs no words."""
    if stage is None:
        return None
    outcome = outcome_for(stage)
    if outcome is not None:
        form = DecisionForm()
        form.offer(outcome)
        return form
    return DormancyForm() if stage is Stage.DORMANT else None
