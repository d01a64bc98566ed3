"""What a person chooses for themselves."""

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import LANGUAGES, SOURCE
from app.languages import gettext as _
from app.models import User
from app.models.workspace import WorkspaceChoices
from app.services.audit import record_audit
from app.services.errors import InvalidInput
from app.services.onboarding.calls import ZONES


class Theme(StrEnum):
    """How the screens look; AUTO follows the person's device."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


def choose_theme(session: Session, *, user_id: int, theme: str) -> None:
    """Keep a person's theme. Raises InvalidInput for a word that is none."""
    if theme not in set(Theme):
        raise InvalidInput(
            {"theme": _("%(theme)s is no theme; choose %(all)s.", theme=repr(theme), all=", ".join(Theme))}
        )
    session.get_one(User, user_id).theme = theme
    record_audit(session, "user.theme_chosen", subject=f"user:{user_id}", actor_id=user_id, details={"theme": theme})


def choose_language(session: Session, *, user_id: int, language: str) -> None:
    """Keep the language a person works in. Raises InvalidInput for one that the product does not speak."""
    session.get_one(User, user_id).language = _known(language)
    details = {"language": language}
    record_audit(session, "user.language_chosen", subject=f"user:{user_id}", actor_id=user_id, details=details)


def choose_time_zone(session: Session, *, user_id: int, time_zone: str) -> None:
    """Keep the time zone a person lives by. Raises InvalidInput for one that cannot be chosen."""
    if time_zone not in ZONES:
        raise InvalidInput({"time_zone": _("Choose a time zone from the list.")})
    session.get_one(User, user_id).time_zone = time_zone
    details = {"time_zone": time_zone}
    record_audit(session, "user.time_zone_chosen", subject=f"user:{user_id}", actor_id=user_id, details=details)


def language_of_new_people(session: Session) -> str:
    """Return the language that a new account begins with: English, unless an admin chose another."""
    return session.scalar(select(WorkspaceChoices.language_of_new_people).limit(1)) or SOURCE


def choose_language_of_new_people(session: Session, *, language: str, actor_id: int) -> None:
    """Let new accounts begin with a language; whoever is here keeps theirs. Raises InvalidInput for an unknown one."""
    choices = session.scalar(select(WorkspaceChoices).limit(1).with_for_update())
    if choices is None:
        session.add(choices := WorkspaceChoices(id=1))
    choices.language_of_new_people = _known(language)
    details = {"language": language}
    record_audit(session, "workspace.language_chosen", subject="workspace", actor_id=actor_id, details=details)


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise InvalidInput({"language": _("Choose one of the languages: %(all)s.", all=", ".join(LANGUAGES.values()))})
    return language
