"""Messages that offer to take back what was just done."""

from collections.abc import Mapping
from typing import cast

from flask import flash


def flash_with_undo(text: str, *, url: str, fields: Mapping[str, str]) -> None:
    """Say what was done, with a button that posts `fields` to `url` to take it back.

    `_toasts.html` shows a mapping as a message with an Undo; Flask's type for a message knows only texts.
    """
    flash(cast(str, {"text": text, "undo_url": url, "undo_fields": dict(fields)}), "success")
