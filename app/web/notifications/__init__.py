"""What concerns one: the bell, its page, how one wants to be told, whom one can mention, and the end of the mail."""

from app.web.notifications import choices, mentioning, views
from app.web.notifications.blueprint import blueprint
from app.web.notifications.morning import blueprint as morning_blueprint

__all__ = ["blueprint", "choices", "mentioning", "morning_blueprint", "views"]
