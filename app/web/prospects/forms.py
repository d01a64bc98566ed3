"""Forms of the prospect page."""

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app.languages import mark
from app.models import ActivityKind
from app.services.activities import MAX_BODY_CHARACTERS


class NoteForm(FlaskForm):
    """A note or a call for the timeline."""

    kind = RadioField(
        mark("Kind"),
        choices=[
            SelectChoice(ActivityKind.NOTE.value, mark("Note")),
            SelectChoice(ActivityKind.CALL.value, mark("Call")),
        ],
        default=ActivityKind.NOTE.value,
        validators=[InputRequired(mark("Choose whether this is a note or a call."))],
    )
    body = TextAreaField(
        mark("What happened, what was agreed"),
        validators=[InputRequired(mark("Write something first: an empty note helps nobody later."))],
        # Longer ones are refused by the service, which says by how much.
        render_kw={"maxlength": MAX_BODY_CHARACTERS},
    )


class ContactForm(FlaskForm):
    """A contact entered by hand; at least one of the identifying fields is needed."""

    name = StringField(mark("Name"), validators=[Optional(), Length(max=200)])
    role = StringField(mark("Role"), validators=[Optional(), Length(max=200)])
    email = StringField(mark("E-mail"), validators=[Optional(), Length(max=320)])
    phone = StringField(mark("Phone"), validators=[Optional(), Length(max=60)])
    social = StringField(
        mark("Profile"), description=mark("The full address, as in https://…"), validators=[Length(max=500)]
    )
    source_url = StringField(
        mark("Where did you find it?"),
        description=mark("A page or a word on how you know. It stands beside the contact."),
        validators=[Length(max=500)],
    )
