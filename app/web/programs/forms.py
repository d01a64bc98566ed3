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

from app.models import ProgramType
from app.services.profiles import MAX_NOTE
from app.services.programs import MAX_NAME, MAX_SLUG, MAX_TEXT, SLUG_RULE
from app.web.field_list import NumberedList

_TYPES = [SelectChoice(kind.value, kind.value.capitalize()) for kind in ProgramType]
MAX_SIGNALS = 40
# Rows that are read at all: far more than are allowed, so that too many are refused in words and never cut off.
MAX_ROWS = 200


class ProgramForm(FlaskForm):
    """What a program is and offers."""

    name = StringField(
        "Name",
        validators=[
            InputRequired("Give the program a name."),
            Length(max=MAX_NAME, message="At most %(max)d characters."),
        ],
    )
    type = SelectField("Kind of partner it recruits", choices=_TYPES, default=ProgramType.AGENCY.value)
    description = TextAreaField(
        "Description",
        description="For your team: whom this program looks for and why.",
        validators=[Optional(), Length(max=MAX_TEXT, message="At most %(max)d characters.")],
    )
    offer = TextAreaField(
        "Offer",
        description="What a partner gets: commission, support, terms in a sentence or two.",
        validators=[Optional(), Length(max=MAX_TEXT, message="At most %(max)d characters.")],
    )


class NewProgramForm(ProgramForm):
    """A new program; its short name is chosen once."""

    slug = StringField(
        "Short name",
        description=f"Part of every address, and it stays for good: {SLUG_RULE}. Empty: made from the name.",
        validators=[
            Optional(),
            Length(max=MAX_SLUG, message="At most %(max)d characters."),
            Regexp(r"^[a-z0-9]+(-[a-z0-9]+)*$", message=f"Use {SLUG_RULE}."),
        ],
    )


class MemberForm(FlaskForm):
    """Somebody who is to work in the program."""

    user_id = SelectField("Person", coerce=int, validators=[InputRequired("Choose a person.")])


class WeightField(FloatField):
    """A number written without needless zeros: 2, not 2.0."""

    def _value(self) -> str:
        return f"{self.data:g}" if self.data is not None and not self.raw_data else str(super()._value())


class TopicForm(Form):
    """One row of the profile's topics."""

    id = HiddenField()
    text = TextAreaField("What their site says or does", validators=[Optional(), Length(max=4000)])
    weight = WeightField("Weight", default=1.0, validators=[InputRequired("Give a weight, such as 1.")])
    stance = RadioField(
        "Counts", choices=[SelectChoice("wants", "For"), SelectChoice("avoids", "Against")], default="wants"
    )


class SignalForm(Form):
    """One row of the points for facts read off the site."""

    name = StringField("Fact", validators=[Optional(), Length(max=60)])
    weight = WeightField(
        "Weight", default=1.0, validators=[InputRequired("Give a weight; a negative one takes points.")]
    )


class ProfileForm(FlaskForm):
    """A whole fit profile."""

    base_version = IntegerField(widget=HiddenInput(), default=0)
    topics = NumberedList(FormField(TopicForm), max_entries=MAX_ROWS)
    exemplars = TextAreaField(
        "Companies like these",
        description="One domain a line. Sites that read like theirs get points.",
        validators=[Optional(), Length(max=20_000)],
    )
    exemplar_weight = WeightField(
        "Weight of the likeness", default=1.0, validators=[InputRequired("Give a weight, such as 1.")]
    )
    signals = NumberedList(FormField(SignalForm), max_entries=MAX_ROWS)
    languages = StringField(
        "Languages", description="Codes such as en, de, pl. Empty: every language.", validators=[Length(max=400)]
    )
    countries = StringField(
        "Countries", description="Two-letter codes such as DE, PL. Empty: every country.", validators=[Length(max=600)]
    )
    note = StringField(
        "What changed, and why", description="For the list of versions.", validators=[Optional(), Length(max=MAX_NOTE)]
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
        found = [] if self.validate() else ["Look at the marked fields."]
        if len(self.signals.entries) > MAX_SIGNALS:
            found.append(f"{len(self.signals.entries)} facts are too many: at most {MAX_SIGNALS}, remove some.")
        return found

    def base_on(self, version: int) -> None:
        """Take a version as the one that is edited, whatever the browser sent."""
        self.base_version.data = version
        self.base_version.raw_data = None

    def apply(self, action: str) -> bool:
        """Add or remove a row, as `add-topic` or `remove-topic-3` ask; False where the action is to save."""
        verb, _, rest = action.partition("-")
        kind, _, number = rest.partition("-")
        rows = {"topic": self.topics, "signal": self.signals}.get(kind)
        if rows is None or verb not in ("add", "remove"):
            return False
        if verb == "add" and len(rows.entries) == rows.max_entries:
            self.form_errors.append(f"No more than {rows.max_entries} rows fit here; remove one first.")
        elif verb == "add":
            rows.append_entry({})
        else:
            rows.entries = [entry for entry in rows.entries if entry.id.rpartition("-")[2] != number]
        return True
