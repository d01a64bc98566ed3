"""Put what a service refused beside the fields of the form that asked for it."""

from flask_wtf import FlaskForm

from app.services.errors import InvalidInput


def show_problems(form: FlaskForm, error: InvalidInput) -> None:
    """Add each field's message to the form; what names no field of it stands with the form as a whole."""
    for name, message in error.fields.items():
        field = form._fields.get(name)
        if field is None:
            form.form_errors.append(message)
        else:
            field.errors = [*field.errors, message]
