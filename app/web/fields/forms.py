"""Forms of a program's own fields."""

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from app.languages import mark
from app.models.custom_field import FieldKind
from app.services.custom_fields import MAX_HELP, MAX_LABEL, MAX_OPTION, MAX_OPTIONS, FieldContent


class FieldForm(FlaskForm):
    """One field: what it is called and what fits in."""

    label = StringField(mark("Name"), validators=[InputRequired(mark("Name the field.")), Length(max=MAX_LABEL)])
    kind = SelectField(
        mark("Kind"),
        description=mark("It does not change later."),
        choices=[SelectChoice(kind.value, kind.label) for kind in FieldKind],
        validators=[DataRequired(mark("Choose what fits into it."))],
    )
    help = StringField(mark("Help below it"), validators=[Optional(), Length(max=MAX_HELP)])
    options = TextAreaField(
        mark("Choices"),
        description=mark("For a choice: one a line."),
        validators=[Optional(), Length(max=(MAX_OPTION + 2) * MAX_OPTIONS)],
    )

    def content(self) -> FieldContent:
        """Return what was typed, for the service."""
        return FieldContent(
            label=self.label.data or "",
            kind=FieldKind(self.kind.data),
            help=self.help.data or "",
            options=tuple((self.options.data or "").splitlines()),
        )
