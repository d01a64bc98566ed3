"""The blueprint of a program's public page, as its managers see it."""

from flask import Blueprint

blueprint = Blueprint("program_page", __name__, url_prefix="/p/<slug>/page")
