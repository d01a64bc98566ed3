"""The outreach area: sequences, senders, enrolling, approvals, the campaign page."""

from app.web.outreach import editor, sequences
from app.web.outreach.blueprint import blueprint

__all__ = ["blueprint", "editor", "sequences"]
