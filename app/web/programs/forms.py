"""Forms of the programs area: a program, its members, its fit profile."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    FloatField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import HiddenInput

from app.languages import counted, mark
from app.languages import gettext as _
from app.models import ProgramType
from app.services.profiles import MAX_NOTE
from app.services.programs import MAX_NAME, MAX_SLUG, MAX_TEXT
from app.web.field_list import NumberedList
from app.web.form_errors import AT_MOST

_SLUG_RULE = mark("Use 2 to 63 small letters (a-z), digits and single hyphens between them.")
_TYPES = [SelectChoice(kind.value, kind.label) for kind in ProgramType]
MAX_SIGNALS = 40
# Rows that are read at all: far more than are allowed, so that too many are refused in words and never cut off.
MAX_ROWS = 200


class ProgramForm(FlaskForm):
    """What a program is and offers."""

    name = StringField(
        mark("Name"),
        validators=[
            InputRequired(mark("Give the program a name.")),
            Length(max=MAX_NAME, message=AT_MOST),
        ],
    )
    type = SelectField(mark("Kind of partner it recruits"), choices=_TYPES, default=ProgramType.AGENCY.value)
    description = TextAreaField(
        mark("Description"),
        description=mark("For your team: whom this program looks for and why."),
        validators=[Optional(), Length(max=MAX_TEXT, message="At most %(max)d characters.")],
    )
    offer = TextAreaField(
        mark("Offer"),
        description=mark("What a partner gets: commission, support, terms in a sentence or two."),
        validators=[Optional(), Length(max=MAX_TEXT, message="At most %(max)d characters.")],
    )


class NewProgramForm(ProgramForm):
    """A new program; its short name is chosen once."""

    slug = StringField(
        mark("Short name"),
        description=mark(
            "Part of every address, and it stays for good: 2 to 63 small letters (a-z), digits and single hyphens "
            "between them. Empty: made from the name."
        ),
        validators=[
            Optional(),
            Length(max=MAX_SLUG, message=AT_MOST),
            Regexp(r"^[a-z0-9]+(-[a-z0-9]+)*$", message=_SLUG_RULE),
        ],
    )


class MemberForm(FlaskForm):
    """Somebody who is to work in the program."""

    user_id = SelectField(mark("Person"), coerce=int, validators=[InputRequired(mark("Choose a person."))])


class WeightField(FloatField):
    """A number written without needless zeros: 2, not 2.0."""

    def _value(self) -> str:
        return f"{self.data:g}" if self.data is not None and not self.raw_data else str(super()._value())


class TopicForm(Form):
    """One row of the profile's topics."""

    id = HiddenField()
    text = TextAreaField(mark("What their site says or does"), validators=[Optional(), Length(max=4000)])
    weight = WeightField(mark("Weight"), default=1.0, validators=[InputRequired(mark("Give a weight, such as 1."))])
    stance = RadioField(
        mark("Counts"),
        choices=[SelectChoice("wants", "For"), SelectChoice("avoids", "Against")],
        default="wants",
    )


class SignalForm(Form):
    """One row of the points for facts read off the site."""

    name = StringField(mark("Fact"), validators=[Optional(), Length(max=60)])
    weight = WeightField(
        mark("Weight"), default=1.0, validators=[InputRequired(mark("Give a weight; a negative one takes points."))]
    )


class ProfileForm(FlaskForm):
    """A whole fit profile."""

    base_version = IntegerField(widget=HiddenInput(), default=0)
    topics = NumberedList(FormField(TopicForm), max_entries=MAX_ROWS)
    exemplars = TextAreaField(
        mark("Companies like these"),
        description=mark("One domain a line. Sites that read like theirs get points."),
        validators=[Optional(), Length(max=20_000)],
    )
    exemplar_weight = WeightField(
        mark("Weight of the likeness"), default=1.0, validators=[InputRequired(mark("Give a weight, such as 1."))]
    )
    signals = NumberedList(FormField(SignalForm), max_entries=MAX_ROWS)
    languages = StringField(
        mark("Languages"),
        description=mark("Codes such as en, de, pl. Empty: every language."),
        validators=[Length(max=400)],
    )
    countries = StringField(
        mark("Countries"),
        description=mark("Two-letter codes such as DE, PL. Empty: every country."),
        validators=[Length(max=600)],
    )
    note = StringField(
        mark("What changed, and why"),
        description=mark("For the list of versions."),
        validators=[Optional(), Length(max=MAX_NOTE)],
    )

    def fill(self, content: Mapping[str, Any], *, version: int) -> None:
        """Show a stored profile."""
        self.base_on(version)
        for topic in content.get("topics") or ():
            self.topics.append_entry(topic)
        for rule in content.get("signals") or ():
            self.signals.append_entry(rule)
        self.exemplars.data = "\n".join(content.get("exemplars") or ())
        self.exemplar_weight.data = content.get("exemplar_weight", 1.0)
        self.languages.data = ", ".join(content.get("languages") or ())
        self.countries.data = ", ".join(code.upper() for code in content.get("countries") or ())

    def problems(self) -> list[str]:
        """Check the form and return what is wrong with it as a whole; a field's own errors stand beside it."""
        found = [] if self.validate() else [_("Look at the marked fields.")]
        if len(self.signals.entries) > MAX_SIGNALS:
            found.append(
                counted(
                    "%(num)s fact is too many: at most %(most)s, remove some.",
                    "%(num)s facts are too many: at most %(most)s, remove some.",
                    len(self.signals.entries),
                    most=MAX_SIGNALS,
                )
            )
        return found

    def base_on(self, version: int) -> None:
        """Take a version as the one that is edited, whatever the browser sent."""
        self.base_version.data = version
        self.base_version.raw_data = None

    def apply(self, action: str) -> bool:
        """Add or remove a row, as `add-topic` or `remove-topic-3` ask; False where the action is to save."""
        verb, _dash, rest = action.partition("-")
        kind, _dash, place = rest.partition("-")
        rows = {"topic": self.topics, "signal": self.signals}.get(kind)
        if rows is None or verb not in ("add", "remove"):
            return False
        if verb == "add" and len(rows.entries) == rows.max_entries:
            self.form_errors.append(_("No more than %(most)s rows fit here; remove one first.", most=rows.max_entries))
        elif verb == "add":
            rows.append_entry({})
        else:
            rows.entries = [entry for entry in rows.entries if entry.id.rpartition("-")[2] != place]
        return True
