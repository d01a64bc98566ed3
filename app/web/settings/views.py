"""Views of the home of settings: of the workspace, of one program; and the page of roles."""

from flask import render_template, url_for
from flask_login import current_user

from app.db import reading
from app.languages import gettext
from app.models import Role
from app.services.access import ROLE_PERMISSIONS, may, program_for
from app.services.permission_words import WORDS
from app.web.settings.blueprint import blueprint
from app.web.settings.catalog import PROGRAM, WORKSPACE, Kind

Shown = list[tuple[str, list[tuple[str, str, str, str]]]]


@blueprint.get("/settings")
def home() -> str:
    """Show every setting of the workspace that the person may open, and the way to those of their programs."""
    return render_template("settings/home.html", kinds=_shown(WORKSPACE, ""))


@blueprint.get("/p/<slug>/settings/all")
def program(slug: str) -> str:
    """Show every setting of a program that the person may open."""
    with reading() as session:
        found = program_for(session, current_user, slug)
    return render_template("settings/program.html", program=found, kinds=_shown(PROGRAM, slug))


@blueprint.get("/settings/roles")
def roles() -> str:
    """Show the product's own table of what each role may do."""
    return render_template("settings/roles.html", roles=list(Role), words=WORDS, table=ROLE_PERMISSIONS)


def _shown(kinds: tuple[Kind, ...], slug: str) -> Shown:
    """Return what the person may open, by kind: (address, name, icon, help)."""
    shown = [
        (
            gettext(kind.label),
            [
                (_address(each.endpoint, slug), gettext(each.label), each.icon, gettext(each.help))
                for each in kind.settings
                if may(current_user.role, each.permission)
            ],
        )
        for kind in kinds
    ]
    return [(label, entries) for label, entries in shown if entries]


def _address(endpoint: str, slug: str) -> str:
    return url_for(endpoint, slug=slug) if slug else url_for(endpoint)
