"""The blueprint of the search; it lies outside any program, for it looks into all of a person's programs."""

from flask import Blueprint

blueprint = Blueprint("search", __name__, url_prefix="/search")
