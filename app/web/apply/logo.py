"""A program's logo as a picture: a PNG that we drew ourselves, under an address that changes with it."""

from flask import Response, g

from app.db import reading
from app.services.document_store import content_of
from app.services.errors import NotFound
from app.services.languages import gettext as _
from app.services.program_logos import is_shown
from app.web.apply.blueprint import blueprint


@blueprint.get("/logo/<logo_key>.png")
def logo(logo_key: str) -> Response:
    """Show a logo to whoever reads a page it stands on, of a program that takes no applications too."""
    with reading() as session:
        if not is_shown(session, logo_key):
            raise NotFound(_("This picture is not shown any more."))
    answer = Response(content_of(logo_key), mimetype="image/png")
    g.cache_control = "public, max-age=31536000, immutable"
    return answer
