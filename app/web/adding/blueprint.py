"""The blueprint of adding by address; the program is chosen on the page, for a bookmark knows none."""

from flask import Blueprint

blueprint = Blueprint("adding", __name__, url_prefix="/add")
