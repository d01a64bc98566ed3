"""What is said after terms of a tier were published."""

from app.languages import counted
from app.languages import gettext as _
from app.services.care.segments import Addressed


def say_told(version: int, told: Addressed) -> str:
    """Say what is in force, how many partners were written to, and how many could not be."""
    words = _("Version %(version)s is in force; partners of this tier find it on their page.", version=version)
    words += " " + counted("%(num)s partner was written to.", "%(num)s partners were written to.", len(told.to))
    if told.skipped:
        words += " " + counted(
            "%(num)s could not be mailed: it has nobody with access, or is on the list of who must not be.",
            "%(num)s could not be mailed: they have nobody with access, or are on the list of who must not be.",
            len(told.skipped),
        )
    return words
