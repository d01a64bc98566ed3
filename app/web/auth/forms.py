"""Forms of the auth area: they read and shape input, services judge it."""

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.languages import LANGUAGES, mark
from app.services.onboarding.calls import ZONES
from app.services.passwords import MIN_LENGTH

PASSWORD_HINT = mark("At least 12 characters. A few unrelated words are strong and easy to remember.")
THEMES = [
    SelectChoice("auto", mark("As the device")),
    SelectChoice("light", mark("Light")),
    SelectChoice("dark", mark("Dark")),
]


class LoginForm(FlaskForm):
    """E-mail and password; `next` is the page that was asked for."""

    email = EmailField(
        mark("E-mail"),
        [InputRequired("Type your e-mail address."), Length(max=320, message="That is too long for an address.")],
        render_kw={"autocomplete": "username", "autofocus": True},
    )
    password = PasswordField(
        mark("Password"),
        [InputRequired("Type your password."), Length(max=1024, message="That is too long for a password.")],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class ForgotForm(FlaskForm):
    """The address to send a reset link to."""

    email = EmailField(
        mark("E-mail"),
        [InputRequired("Type your e-mail address."), Length(max=320, message="That is too long for an address.")],
        render_kw={"autocomplete": "username", "autofocus": True},
    )


class NewPasswordForm(FlaskForm):
    """A new password, typed once: the browser can show it, and a reset mends a slip."""

    password = PasswordField(
        mark("New password"),
        [InputRequired("Choose a password."), Length(max=1024, message=mark("Use at most 256 characters."))],
        description=PASSWORD_HINT,
        render_kw={"autocomplete": "new-password", "minlength": MIN_LENGTH},
    )


class AcceptForm(NewPasswordForm):
    """What an invited person chooses."""

    name = StringField(
        mark("Your name"),
        [InputRequired("Type your name."), Length(max=120, message="Use at most 120 characters.")],
        description=mark("As your colleagues will see it."),
        render_kw={"autocomplete": "name", "autofocus": True},
    )


class DetailsForm(FlaskForm):
    """What people can change about themselves."""

    name = StringField(
        mark("Name"),
        [InputRequired("Type your name."), Length(max=120, message="Use at most 120 characters.")],
        render_kw={"autocomplete": "name"},
    )
    language = SelectField(
        mark("Language"), choices=[SelectChoice(*each) for each in LANGUAGES.items()], validate_choice=False
    )
    time_zone = SelectField(
        mark("Time zone"),
        choices=[SelectChoice(zone, zone.replace("_", " ")) for zone in ZONES],
        description=mark("The times of tasks are read and shown in it."),
        validate_choice=False,
    )
    theme = RadioField(mark("Appearance"), choices=THEMES)


class ChangePasswordForm(NewPasswordForm):
    """A new password, with the present one as proof that its owner sits at the keyboard."""

    current_password = PasswordField(
        mark("Current password"),
        [InputRequired("Type your current password."), Length(max=1024, message="That is too long for a password.")],
        render_kw={"autocomplete": "current-password"},
    )
