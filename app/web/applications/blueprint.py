"""The blueprint of the review queue."""

from flask import Blueprint

blueprint = Blueprint("applications", __name__, url_prefix="/p/<slug>/applications")
