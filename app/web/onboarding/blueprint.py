"""The blueprint of onboarding."""

from flask import Blueprint

blueprint = Blueprint("onboarding", __name__, url_prefix="/p/<slug>/onboarding")
