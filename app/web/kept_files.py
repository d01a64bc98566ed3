"""Answers that hand a file out: always to be saved, never shown, whatever it says it is."""

from io import BytesIO

from flask import send_file
from werkzeug.wrappers import Response

from app.models import OnboardingDocument
from app.models.prospect_file import ProspectFile
from app.services.document_store import content_of
from app.services.errors import NotFound


def document_answer(document: OnboardingDocument | ProspectFile) -> Response:
    """Return a kept document. Raises NotFound where the data folder has lost it."""
    return send_file(
        BytesIO(content_of(document.key)),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=document.filename,
        max_age=0,
    )


def calendar_answer(content: bytes | None) -> Response:
    """Return a booked call as a calendar file. Raises NotFound where none is booked."""
    if content is None:
        raise NotFound("No call is booked in this step yet.")
    return send_file(BytesIO(content), mimetype="text/calendar", as_attachment=True, download_name="call.ics")
