"""The blueprint of keeping partners."""

from flask import Blueprint

blueprint = Blueprint("keeping", __name__, url_prefix="/p/<slug>/partners")
