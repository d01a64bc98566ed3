"""The pages behind the links under mails that nobody asked for, for people without a login."""

from app.web.unsubscribe.broadcasts import blueprint as news_blueprint
from app.web.unsubscribe.views import blueprint

__all__ = ["blueprint", "news_blueprint"]
