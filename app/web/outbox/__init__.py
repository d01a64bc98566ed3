"""The outbox area."""

from app.web.outbox import sent
from app.web.outbox.views import blueprint

__all__ = ["blueprint", "sent"]
