"""The blueprint of bulk work."""

from flask import Blueprint

blueprint = Blueprint("bulk", __name__, url_prefix="/p/<slug>/bulk")
