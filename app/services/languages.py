"""The words of applicants and partners. A text that is marked through this module stands in their catalogs.

What only staff read is marked through `app.languages`, whose functions these are, and stands in the staff's catalogs.
So a public page never reads the words of the product's own screens.
"""

from app.languages import (
    LANGUAGES,
    SOURCE,
    choose_language,
    counted,
    current_language,
    day_and_month,
    gettext,
    in_language,
    language_of_country,
    long_day,
    mark,
    money,
    month_words,
    ngettext,
    number,
    short_day,
    short_moment,
    weekday,
)

__all__ = [
    "LANGUAGES",
    "SOURCE",
    "choose_language",
    "counted",
    "current_language",
    "day_and_month",
    "gettext",
    "in_language",
    "language_of_country",
    "long_day",
    "mark",
    "money",
    "month_words",
    "ngettext",
    "number",
    "short_day",
    "short_moment",
    "weekday",
]
