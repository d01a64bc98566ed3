"""The blueprint of programs, their members and fit profiles."""

from flask import Blueprint

blueprint = Blueprint("programs", __name__)
