"""Forms of the suppression list."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.languages import gettext as _
from app.languages import mark
from app.services.errors import InvalidInput


class AddForm(FlaskForm):
    """One address or domain."""

    value = StringField(
        mark("Address or domain"),
        validators=[InputRequired(mark("Give an address, or a domain such as agency.example.")), Length(max=400)],
    )
    note = StringField(mark("Why"), validators=[Length(max=500)])


class LiftForm(FlaskForm):
    """Why an entry may be mailed again."""

    reason = StringField(
        mark("Why may it be mailed again?"), validators=[InputRequired(mark("Say why.")), Length(max=500)]
    )


class ImportForm(FlaskForm):
    """A list to check: a file, or lines pasted."""

    file = FileField(
        mark("CSV file"), description=mark("Up to 20,000 rows; a column named email or domain, or one per line.")
    )
    pasted = TextAreaField(mark("Or paste addresses and domains"))

    def read_upload(self) -> bytes:
        """Return the bytes that were given; raises InvalidInput where nothing was."""
        upload = self.file.data
        if isinstance(upload, FileStorage) and upload.filename:
            content: bytes = upload.read()
            return content
        if (self.pasted.data or "").strip():
            return (self.pasted.data or "").encode("utf-8", errors="replace")
        raise InvalidInput({"file": _("Choose a file, or paste addresses into the box below.")})


class ConfirmForm(FlaskForm):
    """The values of a checked list, one a line."""

    values = TextAreaField(mark("Values"))
    note = StringField(mark("Note"), validators=[Length(max=500)])
