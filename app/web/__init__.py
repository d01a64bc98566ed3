"""The screens, one package an area. Every endpoint needs a login unless it is named in PUBLIC_ENDPOINTS."""

from flask import Flask

from app.web import auth, board, imports, programs, prospects
from app.web.login import register_login

BLUEPRINTS = (auth.blueprint, board.blueprint, prospects.blueprint, imports.blueprint, programs.blueprint)


def register_blueprints(app: Flask) -> None:
    """Register every area and the login that guards them."""
    register_login(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
