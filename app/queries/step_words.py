"""How lists speak of a step: its text with the fields by their names, and when it comes."""

import re
from collections.abc import Mapping

from app.languages import counted, current_language
from app.languages import gettext as _
from app.queries.mail_data import FIELDS

_OUTPUT = re.compile(r"\{\{-?\s*([\w.]+)[^}]*\}\}")
_LABELS = {field.name: field.label for field in FIELDS}


def named_fields(text: str) -> str:
    """Return a template as lists show it, its fields by their names: `‹company› and us`."""
    return _OUTPUT.sub(lambda match: f"‹{_name_of(match[1])}›", text)


def _name_of(field: str) -> str:
    """Return a field's label as it stands within a text: German keeps its capital, which belongs to the noun."""
    label = _(_LABELS[field]) if field in _LABELS else field
    return label if current_language() == "de" else label[:1].lower() + label[1:]


def after_words(delay: Mapping[str, int], *, is_first: bool) -> str:
    """Return a delay in words: `3 working days and 2 hours later`, `at once`."""
    days, working_days, hours = (delay.get(key, 0) for key in ("days", "working_days", "hours"))
    parts = [
        *([counted("%(num)s day", "%(num)s days", days)] if days else ()),
        *([counted("%(num)s working day", "%(num)s working days", working_days)] if working_days else ()),
        *([counted("%(num)s hour", "%(num)s hours", hours)] if hours else ()),
    ]
    if not parts:
        return _("as soon as its window opens") if is_first else _("at once")
    span = f" {_('and')} ".join(parts)
    return _("%(span)s after enrolling", span=span) if is_first else _("%(span)s later", span=span)
