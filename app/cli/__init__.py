"""Commands of `flask --app wsgi`: the same use-cases as the screens, for a terminal. One module an area."""

from flask import Flask

from app.cli.backtest import backtest_command
from app.cli.crash_test import crash_test_command
from app.cli.imports import import_prospects_command
from app.cli.people import create_user_command
from app.cli.sites import forget_site_command
from app.cli.whole_copy import export_everything_command, import_everything_command


def register_commands(app: Flask) -> None:
    """Add the project's commands to the app."""
    app.cli.add_command(crash_test_command)
    app.cli.add_command(create_user_command)
    app.cli.add_command(forget_site_command)
    app.cli.add_command(import_prospects_command)
    app.cli.add_command(backtest_command)
    app.cli.add_command(export_everything_command)
    app.cli.add_command(import_everything_command)
