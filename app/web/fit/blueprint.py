"""The blueprint of the fit area."""

from flask import Blueprint

blueprint = Blueprint("fit", __name__)
