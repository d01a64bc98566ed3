"""The blueprint that every module of the area adds its routes to."""

from flask import Blueprint

blueprint = Blueprint("outreach", __name__, url_prefix="/p/<slug>/outreach")
