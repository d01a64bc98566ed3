"""What two partners are asked before they are brought together, in the language of whoever reads it."""

from app.services.languages import gettext as _
from app.services.languages import in_language, mark

_ASK = mark("""We think that you and %(other)s could do something together: you work for the same kind of customers and
offer them different things.

%(why)s
Shall we bring you together? Answer here, and when both of you say yes we do.""")


def ask_to_meet(other: str, why: str, language: str) -> str:
    """Return the question, in a language; `other` is the other company, `why` our own words, which stay as they are."""
    with in_language(language):
        return _(_ASK, other=other, why=f"{why}\n" if why else "")
