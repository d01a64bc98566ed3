"""The choice of a tier in a form: the program's tiers in their order, or none."""

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from app.languages import gettext, mark


class TierField(SelectField):
    """One of the tiers that the page offers; whether it is one is for the service to check."""

    def __init__(self, *args: Any, nobody: str = mark("No tier yet"), **kwargs: Any) -> None:
        """Take what the choice of no tier is called."""
        self.nobody = gettext(nobody)
        super().__init__(*args, choices=[SelectChoice("", self.nobody)], validate_choice=False, default="", **kwargs)

    def offer(self, names: Sequence[str]) -> None:
        """Let one of these tiers be chosen."""
        self.choices = [SelectChoice("", self.nobody), *(SelectChoice(name, name) for name in names)]
