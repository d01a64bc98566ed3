"""`flask --app wsgi load-demo`: the demo world into an empty development database."""

import click
from flask import Flask

from app.config import Settings
from app.db import transaction
from app.demo.load import load_demo
from app.demo.people import DEMO_PASSWORD, PEOPLE
from app.services.errors import ServiceError


def register_demo(app: Flask) -> None:
    """Add the command, and show the demo logins at the sign-in page; a production app gets neither."""
    settings: Settings = app.extensions["scoutboard_settings"]
    if settings.is_production:
        return
    app.config["SCOUTBOARD_DEMO_LOGINS"] = [(person.email, DEMO_PASSWORD, person.about) for person in PEOPLE]
    app.cli.add_command(load_demo_command)


@click.command("load-demo")
def load_demo_command() -> None:
    """Fill an empty database with the demo: programs, people, prospects."""
    try:
        with transaction() as session:
            count = load_demo(session)
    except ServiceError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Loaded the demo: {count} prospects, {len(PEOPLE)} people. Password for all: {DEMO_PASSWORD}")
