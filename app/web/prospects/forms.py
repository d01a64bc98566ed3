"""Forms of the prospect page."""

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app.models import ActivityKind
from app.services.activities import MAX_BODY_CHARACTERS


class NoteForm(FlaskForm):
    """A note or a call for the timeline."""

    kind = RadioField(
        "Kind",
        choices=[SelectChoice(ActivityKind.NOTE.value, "Note"), SelectChoice(ActivityKind.CALL.value, "Call")],
        default=ActivityKind.NOTE.value,
        validators=[InputRequired("Choose whether this is a note or a call.")],
    )
    body = TextAreaField(
        "What happened, what was agreed",
        validators=[
            InputRequired("Write something first: an empty note helps nobody later."),
            Length(
                max=MAX_BODY_CHARACTERS, message=f"At most {MAX_BODY_CHARACTERS:,} characters fit. Split it in two."
            ),
        ],
    )


class ContactForm(FlaskForm):
    """A contact entered by hand; at least one of the identifying fields is needed."""

    name = StringField("Name", validators=[Optional(), Length(max=200)])
    role = StringField("Role", validators=[Optional(), Length(max=200)])
    email = StringField("E-mail", validators=[Optional(), Length(max=320)])
    phone = StringField("Phone", validators=[Optional(), Length(max=60)])
    social = StringField("Profile", description="The full address, as in https://…", validators=[Length(max=500)])
    source_url = StringField(
        "Where did you find it?",
        description="A page or a word on how you know. It stands beside the contact.",
        validators=[Length(max=500)],
    )
