"""The blueprint of the programs side by side; it lies outside any program, for it shows several."""

from flask import Blueprint

blueprint = Blueprint("pipelines", __name__, url_prefix="/pipelines")
