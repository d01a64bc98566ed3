"""Forms of the Discover area. What is refused, and why, the services say; the forms only carry it."""

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from app.languages import mark


class SearchForm(FlaskForm):
    """A source to look through: the address of a page, or links pasted."""

    address = StringField(
        mark("Address of a page that lists companies"),
        description=mark("A directory, a competitor's partner page, a “best agencies” list, or a sitemap."),
    )
    pasted = TextAreaField(
        mark("Paste links"),
        description=mark("Any text with web addresses: a list, a mail, a table, a page copied from your browser."),
    )
    title = StringField(mark("Name of this list"), description=mark("Helps you find it again."))


class AddForm(FlaskForm):
    """One company by the address of its site."""

    address = StringField(mark("Address of the company's site"), id="add-address")


class CompetitorForm(FlaskForm):
    """A competitor of the program."""

    competitor = StringField(mark("Competitor's domain"))
