"""The blueprint of duplicates; everything in it lies under a program's address."""

from flask import Blueprint

blueprint = Blueprint("duplicates", __name__, url_prefix="/p/<slug>/duplicates")
