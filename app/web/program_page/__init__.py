"""The settings of a program's public page: offer, terms, questions, launch."""

from app.web.program_page import launch, logo, questions, views
from app.web.program_page.blueprint import blueprint

__all__ = ["blueprint", "launch", "logo", "questions", "views"]
