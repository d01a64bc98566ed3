"""The versions of a fit profile compared, two at a time."""

from flask import render_template, request
from flask_login import current_user

from app.db import reading
from app.languages import gettext as _
from app.queries.fit_versions import version_diff
from app.queries.profile import profile_versions
from app.services.access import Permission, program_for
from app.services.errors import NotFound
from app.web.programs.blueprint import blueprint
from app.whole_numbers import row_number


@blueprint.get("/p/<slug>/profile/versions")
def compare_versions(slug: str) -> str:
    """Show what changed between two versions; without a choice, between the newest two."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        versions = profile_versions(session, program.id)
        newest = versions[0].version if versions else 0
        after = row_number(request.args.get("to", ""), newest)
        before = row_number(request.args.get("from", ""), after - 1)
        diff = version_diff(session, program.id, before=before, after=after) if len(versions) > 1 else None
    if diff is None and (request.args.get("to") or request.args.get("from")):
        raise NotFound(
            _("This fit profile has no versions %(before)s and %(after)s to compare.", before=before, after=after)
        )
    return render_template("profile/versions.html", program=program, versions=versions, diff=diff)
