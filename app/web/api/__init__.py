"""The JSON API under /api/v1, for programs that have a token: partners, what they bring by month, their way over."""

from app.web.api import document, many_results, partners, results, waves
from app.web.api.blueprint import blueprint

__all__ = ["blueprint", "document", "many_results", "partners", "results", "waves"]
