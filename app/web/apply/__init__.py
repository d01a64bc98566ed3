"""What applicants open without a login: the page of a program with its form, and their status page."""

from app.web.apply import embed, logo, references, status, unknown, views
from app.web.apply.blueprint import blueprint

__all__ = ["blueprint", "embed", "logo", "references", "status", "unknown", "views"]
