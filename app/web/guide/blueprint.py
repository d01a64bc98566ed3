"""The blueprint of help and tour."""

from flask import Blueprint

blueprint = Blueprint("guide", __name__)
