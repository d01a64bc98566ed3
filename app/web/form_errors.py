"""Put what a service refused beside the fields of the form that asked for it."""

from collections.abc import Mapping

from flask_wtf import FlaskForm

from app.languages import gettext, mark
from app.services.errors import InvalidInput


class SaidLater(str):
    """A validator's words with a place for its limit, as in `%(max)s`: said in the language of whom it refuses."""

    __slots__ = ()

    def __mod__(self, values: Mapping[str, object]) -> str:
        """Return the words in the language in force, filled in."""
        return gettext(str(self), **values)


AT_MOST = SaidLater(mark("At most %(max)s characters."))


def show_problems(form: FlaskForm, error: InvalidInput) -> None:
    """Add each field's message to the form; what names no field of it stands with the form as a whole."""
    for name, message in error.fields.items():
        field = form._fields.get(name)
        if field is None:
            form.form_errors.append(message)
        else:
            field.errors = [*field.errors, message]
