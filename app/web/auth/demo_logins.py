"""The demo's logins on the sign-in page: in development only, and only while the demo's people are there."""

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import User
from app.web.login import settings_of_app


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One login that may be shown to everyone."""

    email: str
    password: str
    about: str
    name: str = ""
    role: str = ""


def offered_demo_logins(session: Session) -> list[DemoLogin]:
    """Return the demo logins to show, in the order given.

    The app's config value SCOUTBOARD_DEMO_LOGINS holds (e-mail, password, about) for each; those without an active
    account are left out, so an installation without the demo shows none.
    """
    offered = current_app.config.get("SCOUTBOARD_DEMO_LOGINS") or ()
    if settings_of_app().is_production or not offered:
        return []
    emails = [email for email, _password, _about in offered]
    found = {user.email: user for user in session.scalars(select(User).where(User.email.in_(emails), User.is_active))}
    return [
        DemoLogin(email=email, password=password, about=about, name=found[email].name, role=found[email].role.label)
        for email, password, about in offered
        if email in found
    ]
