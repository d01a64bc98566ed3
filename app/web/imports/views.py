"""Views of the imports area."""

from flask import Blueprint

blueprint = Blueprint("imports", __name__)
