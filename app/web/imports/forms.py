"""The upload form: a file, or a few companies pasted."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice

from app.languages import gettext as _
from app.languages import mark
from app.services.errors import InvalidInput
from app.services.imports.decoding import CHOICES, TextEncoding

PASTED_NAME = "pasted list.csv"


class UploadForm(FlaskForm):
    """A CSV file, a workbook or pasted lines; the encoding is found unless the person names it."""

    file = FileField(
        mark("CSV or Excel file"),
        description=mark("Up to 25 MB. CSV in any encoding, or the first sheet of a workbook (.xlsx)."),
    )
    pasted = TextAreaField(
        mark("Or paste companies"), description=mark("One domain or website per line, or rows of a spreadsheet.")
    )
    encoding = SelectField(
        mark("Letters in the file"),
        default="",
        choices=[
            SelectChoice("", mark("Find out (recommended)")),
            *(SelectChoice(choice.value, choice.label) for choice in CHOICES),
        ],
    )

    def chosen_encoding(self) -> TextEncoding | None:
        """Return the encoding the person named, None to find it out; pasted text is always UTF-8."""
        if not self._has_file():
            return TextEncoding.UTF_8
        return TextEncoding(self.encoding.data) if self.encoding.data else None

    def read_upload(self) -> tuple[str, bytes]:
        """Return the name and bytes of what was given; raises InvalidInput where nothing was."""
        pasted = (self.pasted.data or "").strip()
        if self._has_file():
            upload: FileStorage = self.file.data
            return upload.filename or "import.csv", upload.read()
        if pasted:
            return PASTED_NAME, pasted.encode("utf-8", errors="replace")
        raise InvalidInput({"file": _("Choose a file, or paste companies into the box below.")})

    def place_of(self, error: InvalidInput) -> InvalidInput:
        """Return the error beside the field that was used: what is wrong with pasted lines stands at the box."""
        if self._has_file() or not self.pasted.data:
            return error
        return InvalidInput({"pasted": str(error)})

    def _has_file(self) -> bool:
        return isinstance(self.file.data, FileStorage) and bool(self.file.data.filename)
