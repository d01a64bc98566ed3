"""The blueprint of Today."""

from flask import Blueprint

blueprint = Blueprint("today", __name__)
