"""The reports area."""

from app.web.reports import mails
from app.web.reports.mails import stopping
from app.web.reports.views import blueprint

__all__ = ["blueprint", "mails", "stopping"]
