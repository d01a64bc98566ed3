"""What WTForms says by itself where a field says nothing better: in the language in force, from our catalogs."""

from flask_wtf import FlaskForm

from app.services.languages import gettext, mark, ngettext

# WTForms fills these in after they were looked up, so they stand here word for word.
_REFUSALS = (
    mark("This field is required."),
    mark("Not a valid integer value."),
    mark("Not a valid float value."),
    mark("Not a valid date value."),
    mark("Not a valid choice."),
    mark("Invalid Choice: could not coerce."),
    mark("Number must be at least %(min)s."),
    mark("Number must be at most %(max)s."),
    mark("Number must be between %(min)s and %(max)s."),
    ngettext("Field cannot be longer than %(max)d character.", "Field cannot be longer than %(max)d characters.", 0),
)


class _OurWords:
    """What a form asks for its words: they are looked up when a field refuses something."""

    def gettext(self, text: str) -> str:
        """Return a text in the language in force."""
        return gettext(text)

    def ngettext(self, one: str, many: str, num: int) -> str:
        """Return a text in the form that the language in force has for a count."""
        return ngettext(one, many, num)


def teach_forms() -> None:
    """Have every form take its words from our catalogs; without Flask-Babel, Flask-WTF knows English alone."""
    FlaskForm.Meta.get_translations = lambda _meta, _form: _OurWords()
