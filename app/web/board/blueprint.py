"""The board's blueprint; everything in it lies under a program's address."""

from flask import Blueprint

blueprint = Blueprint("board", __name__, url_prefix="/p/<slug>")
