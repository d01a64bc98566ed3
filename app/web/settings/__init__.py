"""The home of all settings, of the workspace and of a program; and what each role may do."""

from app.web.settings import assignment, copies, erasing, holidays, minutes, reasons, stages, tags, tiers, views
from app.web.settings.blueprint import blueprint

__all__ = [
    "assignment",
    "blueprint",
    "copies",
    "erasing",
    "holidays",
    "minutes",
    "reasons",
    "stages",
    "tags",
    "tiers",
    "views",
]
