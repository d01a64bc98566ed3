"""The blueprint of a program's own fields."""

from flask import Blueprint

blueprint = Blueprint("fields", __name__, url_prefix="/p/<slug>")
