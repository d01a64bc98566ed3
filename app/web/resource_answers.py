"""The answer that hands a resource out: a file to be saved, or the way to a link."""

from io import BytesIO

from flask import redirect, send_file
from werkzeug.wrappers import Response

from app.models import ResourceVersion
from app.services.document_store import content_of


def version_answer(version: ResourceVersion) -> Response:
    """Return a version's file as an attachment, or send the browser to its link. Raises NotFound for a lost file."""
    if version.key is None:
        return redirect(version.url, 303)
    return send_file(
        BytesIO(content_of(version.key)),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=version.filename,
        max_age=0,
    )
