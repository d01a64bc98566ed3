"""The programs side by side: one screen with a lane for each program that a person chose."""

from app.web.pipelines import elsewhere, views
from app.web.pipelines.blueprint import blueprint

__all__ = ["blueprint", "elsewhere", "views"]
