"""The blueprint of tasks."""

from flask import Blueprint

blueprint = Blueprint("tasks", __name__, url_prefix="/p/<slug>/tasks")
