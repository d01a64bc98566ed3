"""Forms of the tasks area."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from flask_wtf import FlaskForm
from wtforms import DateField, FloatField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.languages import mark
from app.queries.prospect import Person
from app.services.tasks import MAX_TITLE
from app.web.form_errors import SaidLater

_NOBODY = "0"


def end_of_day(day: date | None) -> datetime | None:
    """Return the moment a task of that day becomes late: the end of the day in UTC."""
    return datetime.combine(day, time(23, 59, 59), UTC) if day else None


class TaskForm(FlaskForm):
    """A task that a person writes."""

    title = StringField(
        mark("What is to be done"),
        validators=[
            InputRequired(mark("Say what is to be done.")),
            Length(max=MAX_TITLE, message=SaidLater(mark("At most %(max)s characters; put the rest into a note."))),
        ],
    )
    assignee_id = SelectField(mark("For"), default=_NOBODY)
    due_on = DateField(mark("Due"), validators=[Optional()])

    def offer(self, people: Sequence[Person]) -> None:
        """Fill the list of people it can be given to."""
        self.assignee_id.choices = [
            (_NOBODY, mark("Nobody yet")),
            *((str(person.id), person.name) for person in people),
        ]

    @property
    def person_id(self) -> int | None:
        """Return the id of the person chosen, None for nobody."""
        return int(self.assignee_id.data or _NOBODY) or None

    @property
    def due_at(self) -> datetime | None:
        """Return when it becomes late."""
        return end_of_day(self.due_on.data)


class ChangeForm(TaskForm):
    """Who a task is for and when it is due; its words stay."""

    title = None


class WatchForm(FlaskForm):
    """How far a score may move before somebody is told."""

    points = FloatField(
        mark("Points"),
        validators=[
            InputRequired(mark("Give a number of points, such as 10.")),
            NumberRange(1, 100, mark("Give a number of points from 1 to 100.")),
        ],
    )
