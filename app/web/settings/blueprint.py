"""The blueprint of the home of settings."""

from flask import Blueprint

blueprint = Blueprint("settings", __name__)
