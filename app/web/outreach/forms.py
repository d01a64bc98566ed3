"""Forms of sequences: settings, what holds for all steps, and one step with its variants."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.languages import gettext as _
from app.languages import mark, number
from app.queries.sequences import ShownStep
from app.services.sequence_drafts import CHANNELS, DEFAULT_WINDOW, MAX_VARIANTS, Frame, StepDraft, VariantDraft
from app.web.field_list import NumberedList
from outreach.sequence import WEEKDAYS, StepKind, StopKind

_DAYS = dict(
    zip(
        WEEKDAYS,
        (mark("Mon"), mark("Tue"), mark("Wed"), mark("Thu"), mark("Fri"), mark("Sat"), mark("Sun")),
        strict=True,
    )
)
_STOPS = {
    StopKind.REPLY: mark("answers"),
    StopKind.OPT_OUT: mark("asks not to be mailed"),
    StopKind.COMPLAINT: mark("reports spam"),
    StopKind.APPLICATION: mark("applies"),
    StopKind.BOUNCE: mark("has an address that bounces"),
}
_CLOCK = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)] + ["23:59"]
_HOURS = [SelectChoice(each, each) for each in _CLOCK]
MAX_BODY = 20_000


class WholeNumber(NumberRange):
    """Takes whole numbers within bounds, and says so in the language in force."""

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse what is not one."""
        if field.data is None or not self.min <= field.data <= self.max:
            message = _(
                "Give a whole number from %(least)s to %(most)s.", least=number(self.min), most=number(self.max)
            )
            raise ValidationError(message)


def _number(label: str, most: int, description: str = "") -> IntegerField:
    return IntegerField(
        label,
        default=0,
        description=description,
        validators=[InputRequired(mark("Write 0 for none.")), WholeNumber(0, most)],
    )


class Expected:
    """Marks a field as one that is not optional, though a draft may be saved without it."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Accept everything: what a draft lacks is said beside its step."""


def _boxes(label: str, choices: dict[str, str], default: Sequence[str] = ()) -> SelectMultipleField:
    return SelectMultipleField(
        label,
        choices=[SelectChoice(key, text) for key, text in choices.items()],
        default=list(default),
        validators=[Expected()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class SettingsForm(FlaskForm):
    """What holds for a sequence at once, whatever its version."""

    name = StringField(mark("Name"), validators=[InputRequired(mark("Give it a name.")), Length(max=120)])
    description = TextAreaField(mark("What it is for"), validators=[Optional(), Length(max=2000)])
    sender_id = SelectField(mark("Sender"), validators=[Optional()])
    approve_first_mail = BooleanField(mark("A person reads each first mail before it leaves"))


class NewSequenceForm(SettingsForm):
    """A new sequence: its settings, and what to start from."""

    ready_made = HiddenField()


class WindowMixin:
    """Hours and days in which a step may happen."""

    days = _boxes(mark("Days"), _DAYS, WEEKDAYS[:5])
    opens = SelectField(mark("From"), choices=_HOURS, default="09:00", validators=[Expected()])
    closes = SelectField(mark("Until"), choices=_HOURS, default="17:00", validators=[Expected()])


class FrameForm(FlaskForm, WindowMixin):
    """What holds for all steps of the draft."""

    keeps_holidays = BooleanField(mark("Nothing happens on the public holidays of the contact's country"))
    stops_company = _boxes(
        mark("When one person of a company …, stop writing to all of them"),
        {kind.value: label for kind, label in _STOPS.items()},
    )

    # Last, for its name hides the function that marks words.
    mark = HiddenField()

    def fill(self, content: dict[str, Any], mark: str) -> None:
        """Show what the draft says."""
        window = content["plan"].get("window") or DEFAULT_WINDOW
        self.mark.data = mark
        self.days.data, self.opens.data, self.closes.data = window["days"], window["from"], window["to"]
        self.keeps_holidays.data = content.get("keeps_holidays", True)
        self.stops_company.data = content["plan"].get("stops_company", [])

    def frame(self) -> Frame:
        """Return what was chosen."""
        return Frame(
            window={"days": self.days.data or [], "from": self.opens.data, "to": self.closes.data},
            keeps_holidays=bool(self.keeps_holidays.data),
            stops_company=tuple(self.stops_company.data or ()),
        )


class VariantForm(Form):
    """One wording of an e-mail."""

    subject = StringField(mark("Subject"), validators=[Expected(), Length(max=400)])
    body = TextAreaField(mark("Text"), validators=[Expected(), Length(max=MAX_BODY)])
    weight = IntegerField(mark("Share"), default=1, validators=[Optional(), WholeNumber(0, 100)])


class StepForm(FlaskForm, WindowMixin):
    """One step; which of the fields count depends on its kind."""

    delay_days = _number(mark("Days"), 730)
    working_days = _number(mark("Working days"), 250)
    hours = _number(mark("Hours"), 8_760)
    too_late_hours = _number(
        mark("Too late after (hours)"),
        8_760,
        mark("A step overdue by more than this waits for a person instead of going out."),
    )
    has_window = BooleanField(mark("This step has hours of its own"))
    variants = NumberedList(FormField(VariantForm), max_entries=MAX_VARIANTS)
    channel = SelectField(
        mark("What to do"),
        choices=[SelectChoice(key, label) for key, label in CHANNELS.items()],
        validators=[Expected()],
    )
    title = StringField(mark("Title of the task"), validators=[Expected(), Length(max=300)])
    body = TextAreaField(mark("Prepared text"), validators=[Optional(), Length(max=MAX_BODY)])

    # Last, as above.
    mark = HiddenField()

    def fill(self, step: ShownStep, mark: str) -> None:
        """Show a step of the draft."""
        self.mark.data = mark
        self.delay_days.data = step.delay.get("days", 0)
        self.working_days.data = step.delay.get("working_days", 0)
        self.hours.data = step.delay.get("hours", 0)
        self.too_late_hours.data = step.too_late_hours
        self.has_window.data = bool(step.window)
        window = step.window or DEFAULT_WINDOW
        self.days.data, self.opens.data, self.closes.data = window["days"], window["from"], window["to"]
        self.channel.data, self.title.data, self.body.data = step.channel or "linkedin", step.title, step.body
        for variant in step.variants:
            self.variants.append_entry({"subject": variant.subject, "body": variant.body, "weight": variant.weight})

    def add_variant(self) -> None:
        """Add a wording that begins as a copy of the first: what differs is what is tested."""
        first = self.variants[0] if len(self.variants) else None
        if len(self.variants) < MAX_VARIANTS:
            self.variants.append_entry(
                {"subject": first.subject.data, "body": first.body.data, "weight": 1} if first else {}
            )

    def remove_variant(self, number: int) -> None:
        """Take a wording away, counted from 0; the last one stays."""
        kept = [entry.data for place, entry in enumerate(self.variants) if place != number]
        if not kept or len(kept) == len(self.variants):
            return
        while len(self.variants):
            self.variants.pop_entry()
        for data in kept:
            self.variants.append_entry({key: data[key] for key in ("subject", "body", "weight")})

    def draft(self, kind: StepKind) -> StepDraft:
        """Return what was typed."""
        window = {"days": self.days.data or [], "from": self.opens.data, "to": self.closes.data}
        return StepDraft(
            kind=kind,
            days=self.delay_days.data or 0,
            working_days=self.working_days.data or 0,
            hours=self.hours.data or 0,
            too_late_hours=self.too_late_hours.data if self.too_late_hours.data is not None else 24,
            window=window if self.has_window.data else None,
            variants=tuple(_variant(entry) for entry in self.variants),
            channel=self.channel.data or "",
            title=(self.title.data or "").strip(),
            body=_text(self.body.data),
        )


def _variant(entry: Any) -> VariantDraft:
    weight = entry.weight.data if entry.weight.data is not None else 1
    return VariantDraft((entry.subject.data or "").strip(), _text(entry.body.data), weight)


def _text(value: str | None) -> str:
    # Browsers send CR LF; a fingerprint must not change because of the way a text came.
    return (value or "").replace("\r\n", "\n").strip("\n")
