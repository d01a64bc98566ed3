"""The blueprint of the table."""

from flask import Blueprint

blueprint = Blueprint("table", __name__, url_prefix="/p/<slug>/table")
