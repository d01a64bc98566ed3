"""`flask --app wsgi load-demo`: the demo world into an empty development database."""

import time

import click
from flask import Flask

from app.config import Settings
from app.db import transaction
from app.demo.load import load_demo
from app.demo.people import DEMO_PASSWORD, PEOPLE
from app.demo.play import decide_scored
from app.services.errors import ServiceError


def register_demo(app: Flask) -> None:
    """Add the command, and show the demo logins at the sign-in page; a production app gets neither."""
    settings: Settings = app.extensions["scoutboard_settings"]
    if settings.is_production:
        return
    app.config["SCOUTBOARD_DEMO_LOGINS"] = [(person.email, DEMO_PASSWORD, person.about) for person in PEOPLE]
    app.cli.add_command(load_demo_command)
    app.cli.add_command(play_demo_command)


# Reading and scoring the demo's sites takes a minute; what has no score by then gets no decision.
_PLAY_S, _LOOK_S = 600.0, 2.0


@click.command("load-demo")
def load_demo_command() -> None:
    """Fill an empty database with the demo: programs, people, prospects."""
    try:
        with transaction() as session:
            count = load_demo(session)
    except ServiceError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Loaded the demo: {count} prospects, {len(PEOPLE)} people. Password for all: {DEMO_PASSWORD}")


@click.command("play-demo")
def play_demo_command() -> None:
    """Decide about some of the demo's prospects as their first scores come in; ends by itself."""
    deadline = time.monotonic() + _PLAY_S
    while time.monotonic() < deadline:
        with transaction() as session:
            waiting = decide_scored(session)
        if not waiting:
            return
        time.sleep(_LOOK_S)
