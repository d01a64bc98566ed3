"""Commands about people: the first account of an installation is made here."""

from collections.abc import Iterable

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.db import transaction
from app.models import Program, Role
from app.services.accounts import NewUser, account_email, create_user
from app.services.errors import ServiceError
from app.services.password_resets import choose_link
from app.services.passwords import NO_PASSWORD, hash_password, require_good_password


@click.command("create-user")
@click.argument("email")
@click.option("--name", prompt=True, help="The person's name, as colleagues will see it.")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help="What they do here.")
@click.option("--program", "slugs", multiple=True, metavar="SLUG", help="A program they work in; repeat for more.")
@click.option("--link", "wants_link", is_flag=True, help="Print a link to choose a password instead of asking for one.")
@with_appcontext
def create_user_command(*, email: str, name: str, role: str, slugs: tuple[str, ...], wants_link: bool) -> None:
    """Add a person with a login. EMAIL is what they sign in with."""
    try:
        address = account_email(email)
        password_hash = NO_PASSWORD if wants_link else hash_password(_ask_password(address))
        with transaction() as session:
            user = create_user(
                session,
                NewUser(
                    email=address,
                    name=name,
                    role=Role(role),
                    password_hash=password_hash,
                    program_ids=_program_ids(session, slugs),
                ),
                actor_id=None,
            )
            link = choose_link(session, user, reset_url=f"{_settings().public_url}/reset/") if wants_link else ""
    except ServiceError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{user.name} <{user.email}> can sign in as {user.role.label.lower()}.")
    if link:
        click.echo(f"Open this within an hour to choose a password:\n{link}")


def _ask_password(email: str) -> str:
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    require_good_password(password, email=email)
    return password


def _program_ids(session: Session, slugs: Iterable[str]) -> list[int]:
    query = select(Program.slug, Program.id).where(Program.slug.in_(list(slugs)), Program.archived_at.is_(None))
    found = {row[0]: row[1] for row in session.execute(query)}
    missing = [slug for slug in slugs if slug not in found]
    if missing:
        raise click.ClickException(f"There is no program {', '.join(missing)}. See /programs for the names.")
    return list(found.values())


def _settings() -> Settings:
    settings: Settings = current_app.extensions["scoutboard_settings"]
    return settings
