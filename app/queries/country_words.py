"""Countries by their names in the language in force."""

import unicodedata

from app.languages import SOURCE, current_language, territory
from outreach.countries import country_name, country_names


def country_in_words(code: str | None) -> str:
    """Return a country's name for its ISO code; the code itself where nobody knows it, "" for none."""
    return country_name(code) if current_language() == SOURCE or not code else territory(code.upper())


def countries_in_words() -> dict[str, str]:
    """Return every country's name by its ISO code, in the order of names as if they had no accents."""
    named = {code: country_in_words(code) for code in country_names()}
    return dict(sorted(named.items(), key=lambda pair: unicodedata.normalize("NFKD", pair[1])))
