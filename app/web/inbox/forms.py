"""Forms of the inbox."""

from datetime import UTC, date, datetime, time, timedelta

from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app.clock import now, today
from app.languages import gettext as _
from app.languages import mark
from app.models import ReplyMark
from app.queries.senders import UsableSender
from app.services.errors import InvalidInput

_UNTIL = [
    SelectChoice("1", mark("Tomorrow morning")),
    SelectChoice("3", mark("In three days")),
    SelectChoice("7", mark("In a week")),
    SelectChoice("14", mark("In two weeks")),
    SelectChoice("day", mark("A day…")),
]
_MARKS = [
    SelectChoice("interested", mark("Interested")),
    SelectChoice("not_now", mark("Not now")),
    SelectChoice("no", mark("No")),
]
# Marked here: within the form a field has this name.
_ASK_AGAIN = mark("Ask again on")
_MORNING = time(7, tzinfo=UTC)


class AnswerForm(FlaskForm):
    """An answer in the thread."""

    text = TextAreaField(
        mark("Your answer"), validators=[InputRequired(mark("Write something first.")), Length(max=50_000)]
    )
    sender_id = SelectField(mark("From"), coerce=int, validators=[InputRequired()], validate_choice=False)

    def offer(self, senders: list[UsableSender]) -> None:
        """Offer the senders of the program, those that can send first."""
        ready_first = sorted(senders, key=lambda sender: bool(sender.lock))
        self.sender_id.choices = [SelectChoice(sender.id, sender.label) for sender in ready_first]


class SnoozeForm(FlaskForm):
    """Until when a conversation is hidden: a choice, or a day."""

    until = SelectField(
        mark("Until"),
        choices=_UNTIL,
    )
    on = DateField(mark("Day"), validators=[Optional()])

    def chosen(self) -> datetime:
        """Return the moment; raises InvalidInput where a day was meant and none was given."""
        if self.until.data != "day":
            return datetime.combine(today() + timedelta(days=int(self.until.data or 1)), _MORNING)
        if not isinstance(self.on.data, date):
            raise InvalidInput({"on": _("Choose the day on which it comes back.")})
        moment = datetime.combine(self.on.data, _MORNING)
        return moment if moment > now() or self.on.data < today() else now() + timedelta(minutes=1)


class MarkForm(FlaskForm):
    """What a reply means."""

    mark = SelectField(mark("Mark"), choices=_MARKS)
    wake_up_on = DateField(_ASK_AGAIN, validators=[Optional()])

    def chosen(self) -> ReplyMark:
        """Return the mark; raises InvalidInput for none of the three, and for a day that is no date."""
        if not self.validate():
            raise InvalidInput({"wake_up_on": _("Choose Interested, Not now or No, and a day such as 2027-03-01.")})
        return ReplyMark(self.mark.data)


class MatchForm(FlaskForm):
    """Whose an unmatched mail is."""

    domain = StringField(
        mark("Company's domain"), validators=[InputRequired(mark("Give the company's domain.")), Length(max=253)]
    )
