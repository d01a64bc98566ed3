"""Views of the board area."""

from flask import Blueprint

blueprint = Blueprint("board", __name__)
