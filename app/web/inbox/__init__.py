"""The inbox: what people answered, beside the prospect they belong to."""

from app.web.inbox.views import blueprint

__all__ = ["blueprint"]
