"""What a move asks before it is made: reasons for a decision, a day to wake up for dormancy."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import DateField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.clock import today
from app.languages import mark
from app.models import DecisionOutcome, Stage
from app.models.program_settings import ReasonKind
from app.queries.tiers import known_tiers
from app.services.decisions import MAX_NOTE_LENGTH, outcome_for, reasons_offered
from app.services.own_reasons import own_reasons
from app.web.tier_field import TierField

DEFAULT_SLEEP = timedelta(days=90)


class DecisionForm(FlaskForm):
    """Why somebody is approved or declined."""

    reason_codes = SelectMultipleField(
        mark("Reasons"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=False
    )
    note = TextAreaField(mark("Note"), validators=[Optional(), Length(max=MAX_NOTE_LENGTH)])

    def offer(self, reasons: Mapping[str, str]) -> None:
        """Offer these reasons, code to label."""
        self.reason_codes.choices = [SelectChoice(code, label) for code, label in reasons.items()]


class ApprovalForm(DecisionForm):
    """Why somebody is approved, and the tier they begin in."""

    tier = TierField(
        mark("Tier"),
        description=mark("Their onboarding begins with the template of this tier, where there is one."),
    )


class DormancyForm(FlaskForm):
    """Until when a prospect sleeps, and why."""

    wake_up_on = DateField(
        mark("Wake up on"),
        validators=[InputRequired(mark("Choose the day on which it comes back."))],
        default=lambda: today() + DEFAULT_SLEEP,
        description=mark("On this day it returns to the stage it leaves now."),
    )
    listed_reason = SelectField(mark("Reason"), validate_choice=False, default="")
    reason = TextAreaField(mark("Why"), validators=[Optional(), Length(max=2000)])

    def offer(self, reasons: Sequence[str]) -> None:
        """Offer the program's own reasons; without any, the words in `reason` say it all."""
        self.listed_reason.choices = [SelectChoice("", "–"), *(SelectChoice(each) for each in reasons)]

    @property
    def why(self) -> str:
        """Return the reason that is kept: the one chosen of those offered, and what was written beside it."""
        chosen = self.listed_reason.data or ""
        offered = {choice.value for choice in self.listed_reason.choices or ()}
        return ": ".join(
            part for part in (chosen if chosen in offered else "", (self.reason.data or "").strip()) if part
        )


def form_for(session: Session, program_id: int, stage: Stage | None) -> DecisionForm | DormancyForm | None:
    """Return the form that entering a stage asks for in a program; None where a move needs no words."""
    if stage is None:
        return None
    outcome = outcome_for(stage)
    if outcome is not None:
        form = ApprovalForm() if outcome is DecisionOutcome.APPROVE else DecisionForm()
        form.offer(reasons_offered(session, program_id, outcome))
        if isinstance(form, ApprovalForm):
            form.tier.offer(known_tiers(session, program_id))
        return form
    if stage is not Stage.DORMANT:
        return None
    sleep = DormancyForm()
    sleep.offer([each.label for each in own_reasons(session, program_id, ReasonKind.DORMANCY)])
    return sleep
