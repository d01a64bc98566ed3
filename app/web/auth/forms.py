"""Forms of the auth area: they read and shape input, services judge it."""

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.languages import LANGUAGES
from app.services.passwords import MAX_LENGTH, MIN_LENGTH

PASSWORD_HINT = f"At least {MIN_LENGTH} characters. A few unrelated words are strong and easy to remember."
THEMES = [
    SelectChoice("auto", "As the device"),
    SelectChoice("light", "Light"),
    SelectChoice("dark", "Dark"),
]


class LoginForm(FlaskForm):
    """E-mail and password; `next` is the page that was asked for."""

    email = EmailField(
        "E-mail",
        [InputRequired("Type your e-mail address."), Length(max=320, message="That is too long for an address.")],
        render_kw={"autocomplete": "username", "autofocus": True},
    )
    password = PasswordField(
        "Password",
        [InputRequired("Type your password."), Length(max=1024, message="That is too long for a password.")],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class ForgotForm(FlaskForm):
    """The address to send a reset link to."""

    email = EmailField(
        "E-mail",
        [InputRequired("Type your e-mail address."), Length(max=320, message="That is too long for an address.")],
        render_kw={"autocomplete": "username", "autofocus": True},
    )


class NewPasswordForm(FlaskForm):
    """A new password, typed once: the browser can show it, and a reset mends a slip."""

    password = PasswordField(
        "New password",
        [InputRequired("Choose a password."), Length(max=1024, message=f"Use at most {MAX_LENGTH} characters.")],
        description=PASSWORD_HINT,
        render_kw={"autocomplete": "new-password", "minlength": MIN_LENGTH},
    )


class AcceptForm(NewPasswordForm):
    """What an invited person chooses."""

    name = StringField(
        "Your name",
        [InputRequired("Type your name."), Length(max=120, message="Use at most 120 characters.")],
        description="As your colleagues will see it.",
        render_kw={"autocomplete": "name", "autofocus": True},
    )


class DetailsForm(FlaskForm):
    """What people can change about themselves."""

    name = StringField(
        "Name",
        [InputRequired("Type your name."), Length(max=120, message="Use at most 120 characters.")],
        render_kw={"autocomplete": "name"},
    )
    language = SelectField(
        "Language", choices=[SelectChoice(*each) for each in LANGUAGES.items()], validate_choice=False
    )
    theme = RadioField("Appearance", choices=THEMES)


class ChangePasswordForm(NewPasswordForm):
    """A new password, with the present one as proof that its owner sits at the keyboard."""

    current_password = PasswordField(
        "Current password",
        [InputRequired("Type your current password."), Length(max=1024, message="That is too long for a password.")],
        render_kw={"autocomplete": "current-password"},
    )
