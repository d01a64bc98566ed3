"""Views of the programs area."""

from flask import Blueprint

blueprint = Blueprint("programs", __name__)
