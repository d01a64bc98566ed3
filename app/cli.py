"""Commands of `flask --app wsgi`: the same use-cases as the screens, for a terminal."""

from flask import Flask


def register_commands(app: Flask) -> None:
    """Add the project's commands to the app."""
