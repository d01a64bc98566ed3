"""Views of the auth area."""

from flask import Blueprint

blueprint = Blueprint("auth", __name__)
