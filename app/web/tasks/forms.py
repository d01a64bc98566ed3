"""Forms of the tasks area."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import DateField, Field, FloatField, SelectField, StringField, TimeField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.languages import gettext as _
from app.languages import mark
from app.models import Task
from app.queries.prospect import Person
from app.services.task_times import due_moment
from app.services.tasks import MAX_TITLE
from app.web.form_errors import SaidLater

_NOBODY = "0"


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
    due_time = TimeField(mark("At"), validators=[Optional()])

    def validate_due_time(self, field: Field) -> None:
        """Refuse a time without its day."""
        if field.data and not self.due_on.data and not self.due_on.errors:
            raise ValidationError(_("Choose the day as well."))

    def offer(self, people: Sequence[Person], *, keeps: tuple[int, str] | None = None) -> None:
        """Fill the list of people it can be given to; `keeps` is whoever has it and has left."""
        choices = [(_NOBODY, mark("Nobody yet")), *((str(person.id), person.name) for person in people)]
        if keeps is not None and str(keeps[0]) not in dict(choices):
            choices.append((str(keeps[0]), keeps[1]))
        self.assignee_id.choices = choices

    @property
    def person_id(self) -> int | None:
        """Return the id of the person chosen, None for nobody."""
        return int(self.assignee_id.data or _NOBODY) or None

    @property
    def is_timed(self) -> bool:
        """Say whether it is due at a time of its day."""
        return self.due_time.data is not None and self.due_on.data is not None

    def due_at(self, zone: ZoneInfo) -> datetime | None:
        """Return when it becomes late; its time is of a time zone."""
        return due_moment(self.due_on.data, self.due_time.data, zone)


class ChangeForm(TaskForm):
    """All that can be changed of a task; where the product wrote it, its words and what it is about stay."""

    title = StringField(
        mark("What is to be done"),
        validators=[
            Length(max=MAX_TITLE, message=SaidLater(mark("At most %(max)s characters; put the rest into a note.")))
        ],
    )
    domain = StringField(
        mark("Prospect or partner"),
        description=mark("The company's domain, such as agency.example; empty for none."),
        validators=[Length(max=253)],
    )

    def __init__(self, **values: Any) -> None:
        """Give the fields names of their own on the page: beside the dialog stands the form of a new task."""
        super().__init__(**values)
        for field in self:
            field.id = f"change-{field.name}"
        self.title.flags.required = True

    def show(self, task: Task, domain: str, zone: ZoneInfo) -> None:
        """Fill the fields with what a task is now."""
        self.title.data, self.domain.data = task.title, domain
        self.assignee_id.data = str(task.assignee_id or _NOBODY)
        if task.due_at is not None:
            there = task.due_at.astimezone(zone) if task.is_timed else task.due_at
            self.due_on.data = there.date()
            self.due_time.data = there.time().replace(microsecond=0) if task.is_timed else None


class WatchForm(FlaskForm):
    """How far a score may move before somebody is told."""

    points = FloatField(
        mark("Points"),
        validators=[
            InputRequired(mark("Give a number of points, such as 10.")),
            NumberRange(1, 100, mark("Give a number of points from 1 to 100.")),
        ],
    )
