"""What a person chooses for themselves."""

from enum import StrEnum

from sqlalchemy.orm import Session

from app.models import User
from app.services.audit import record_audit
from app.services.errors import InvalidInput


class Theme(StrEnum):
    """How the screens look; AUTO follows the person's device."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


def choose_theme(session: Session, *, user_id: int, theme: str) -> None:
    """Keep a person's theme. Raises InvalidInput for a word that is none."""
    if theme not in set(Theme):
        raise InvalidInput({"theme": f"{theme!r} is no theme; choose {', '.join(Theme)}."})
    session.get_one(User, user_id).theme = theme
    record_audit(session, "user.theme_chosen", subject=f"user:{user_id}", actor_id=user_id, details={"theme": theme})
