"""Forms of the template editor: the template, and one action, of which a page shows the fields its kind needs."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.languages import gettext as _
from app.languages import mark
from app.models import ActionKind, OnboardingTemplate, OwnerSide, TemplateAction
from app.queries.keeping_resources import ResourceRow
from app.queries.prospect import Person
from app.services.onboarding.contents import (
    MAX_CALL_MINUTES,
    MAX_DUE_DAYS,
    MAX_LINE,
    MAX_TEXT,
    MAX_TITLE,
    MIN_CALL_MINUTES,
    PARTNER_ONLY,
    ActionContent,
)
from app.services.onboarding.quiz import write_quiz
from app.services.onboarding.templates import MAX_NAME, MAX_STUCK_DAYS, TemplateContent
from app.web.tier_field import TierField

_NONE = 0
FIELDS_OF = {
    ActionKind.VIEW_RESOURCE: ("resource_id", "url"),
    ActionKind.ANSWER_QUESTIONS: ("questions",),
    ActionKind.BOOK_CALL: ("minutes", "place"),
    ActionKind.TRAINING: ("url", "quiz", "badge"),
}


class TemplateForm(FlaskForm):
    """A template's own values."""

    name = StringField(
        mark("Name"), validators=[InputRequired(mark("Give the template a name.")), Length(max=MAX_NAME)]
    )
    tier = TierField(
        mark("Tier"),
        nobody=mark("Every tier without its own"),
        description=mark("Only for partners of this tier, or for all whose tier has no template of its own."),
    )
    stuck_days = IntegerField(
        mark("Stuck after days"),
        default=7,
        description=mark("So many days without progress, and the partner stands on the account manager's list."),
        validators=[InputRequired(mark("Give a number of days.")), NumberRange(1, MAX_STUCK_DAYS)],
    )

    def content(self) -> TemplateContent:
        """Return what was typed, for the service."""
        return TemplateContent(
            name=self.name.data or "", tier=self.tier.data or "", stuck_days=self.stuck_days.data or 0
        )

    @classmethod
    def of(cls, template: OnboardingTemplate) -> "TemplateForm":
        """Return the form as it stands."""
        values = {"name": template.name, "tier": template.tier, "stuck_days": template.stuck_days}
        return cls(formdata=None, data=values)


class ActionForm(FlaskForm):
    """One action of a template; its kind is chosen before."""

    title = StringField(
        mark("What is to be done"), validators=[InputRequired(mark("Say what is to be done.")), Length(max=MAX_TITLE)]
    )
    text = TextAreaField(mark("In more words"), validators=[Optional(), Length(max=MAX_TEXT)])
    resource_id = SelectField(
        mark("Resource of the library"),
        coerce=int,
        default=_NONE,
        description=mark("The partner gets its newest version; opening it does the step and counts."),
    )
    url = StringField(
        mark("Address"), description=mark("Opens in a window of its own."), validators=[Optional(), Length(max=1000)]
    )
    questions = TextAreaField(
        mark("Questions"),
        description=mark("One a line; each is answered in free text."),
        validators=[InputRequired(mark("Write at least one question."))],
    )
    quiz = TextAreaField(
        mark("Quiz"),
        description=mark(
            "A question, and below it one answer a line: the right one begins with *, the others with -. "
            "An empty line comes before the next question."
        ),
        validators=[InputRequired(mark("Write at least one question."))],
    )
    badge = StringField(
        mark("Badge"), description=mark("Shown to whoever passes. Empty: none."), validators=[Optional()]
    )
    minutes = IntegerField(
        mark("Minutes"), default=30, validators=[Optional(), NumberRange(MIN_CALL_MINUTES, MAX_CALL_MINUTES)]
    )
    place = StringField(
        mark("Where"),
        description=mark("A meeting link or a number; stands in the calendar file."),
        validators=[Length(max=MAX_LINE)],
    )
    owner = SelectField(mark("Done by"), choices=[SelectChoice(side.value, side.label) for side in OwnerSide])
    assignee_id = SelectField(mark("The colleague"), coerce=int, default=_NONE)
    due_days = IntegerField(
        mark("Due after days"),
        default=7,
        description=mark("Counted from the start, or from the day the step it waits for is done."),
        validators=[InputRequired(mark("Give a number of days.")), NumberRange(0, MAX_DUE_DAYS)],
    )
    depends_on_id = SelectField(mark("Waits for"), coerce=int, default=_NONE)
    needs_approval = BooleanField(mark("We check it before it counts as done"))
    is_required = BooleanField(mark("The partner is active only when this is done"), default=True)

    def offer(
        self,
        kind: ActionKind,
        earlier: Sequence[TemplateAction],
        people: Sequence[Person],
        library: Sequence[ResourceRow],
    ) -> None:
        """Fill the lists, and take away the fields that this kind does not need."""
        shown = [row for row in library if not row.is_archived or row.id == self.resource_id.data]
        self.resource_id.choices = [
            SelectChoice(_NONE, mark("(an address, below)")),
            *(
                SelectChoice(row.id, f"{row.title} ({_('put away')})" if row.is_archived else row.title)
                for row in shown
            ),
        ]
        self.depends_on_id.choices = [SelectChoice(_NONE, "(nothing)"), *(SelectChoice(a.id, a.title) for a in earlier)]
        self.assignee_id.choices = [SelectChoice(_NONE, "(nobody)"), *(SelectChoice(p.id, p.name) for p in people)]
        for name in {"resource_id", "url", "questions", "quiz", "badge", "minutes", "place"} - set(
            FIELDS_OF.get(kind, ())
        ):
            del self[name]
        if kind in PARTNER_ONLY:
            del self["owner"]
            del self["assignee_id"]
        if kind is ActionKind.TRAINING:
            del self["needs_approval"]

    def content(self, kind: ActionKind) -> ActionContent:
        """Return what was typed, for the service."""
        values = {name: field.data for name, field in self._fields.items() if name != "csrf_token"}
        values |= {name: values.get(name) or None for name in ("assignee_id", "depends_on_id", "resource_id")}
        values["owner"] = OwnerSide(values.get("owner") or OwnerSide.PARTNER)
        texts = {
            name: values.get(name) or "" for name in ("title", "text", "url", "questions", "quiz", "badge", "place")
        }
        numbers = {"due_days": values.get("due_days") or 0, "minutes": values.get("minutes") or 0}
        return ActionContent(kind=kind, **(values | texts | numbers))

    def sent(self) -> dict[str, str]:
        """Return the form as a browser would send it; a box that is not ticked is not sent."""
        values = {name: field.data for name, field in self._fields.items() if name != "csrf_token"}
        return {
            name: "y" if value is True else str(value) for name, value in values.items() if value not in (False, None)
        }

    @classmethod
    def of(cls, action: TemplateAction) -> "ActionForm":
        """Return the form as an action stands."""
        settings: dict[str, Any] = action.settings
        values = {
            **{name: getattr(action, name) for name in ("title", "text", "due_days", "needs_approval", "is_required")},
            "owner": action.owner.value,
            "assignee_id": action.assignee_id or _NONE,
            "depends_on_id": action.depends_on_id or _NONE,
            "resource_id": settings.get("resource_id", _NONE),
            "url": settings.get("url", ""),
            "questions": "\n".join(settings.get("questions", [])),
            "quiz": write_quiz(settings.get("quiz", [])),
            "badge": settings.get("badge", ""),
            "minutes": settings.get("minutes", 30),
            "place": settings.get("place", ""),
        }
        return cls(formdata=None, data=values)
