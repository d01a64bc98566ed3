"""The blueprint of migration waves, and what its screens share."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, current_app, request
from werkzeug.wrappers import Response as BaseResponse

from app.languages import gettext
from app.models.wave import MigrationPlan, ValueBasis, WaveStatus
from app.services.errors import InvalidInput
from app.services.imports.reading import too_large
from app.services.imports.safe_csv import csv_lines

blueprint = Blueprint("waves", __name__, url_prefix="/p/<slug>/waves")
Answer = BaseResponse | str | tuple[str, int]
STATUS_TONES = {
    WaveStatus.PLANNED: "neutral",
    WaveStatus.INVITED: "blue",
    WaveStatus.OPENED: "violet",
    WaveStatus.ACCEPTED: "green",
    WaveStatus.MOVED: "green",
    WaveStatus.REFUSED: "red",
    WaveStatus.LOST: "amber",
}


@blueprint.url_value_preprocessor
def refuse_large_files(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Say what is wrong before anything reads the body: the limit itself would only answer "too large"."""
    limit = current_app.config["MAX_CONTENT_LENGTH"]
    if request.content_length and request.content_length > limit:
        raise InvalidInput({"file": too_large(request.content_length)})


def unit_of(plan: MigrationPlan) -> str:
    """Return what the plan's values are counted in, as a heading says it."""
    return gettext("leads") if plan.basis is ValueBasis.LEADS else plan.currency


def csv_answer(rows: Iterable[tuple[object, ...]], filename: str) -> Response:
    """Return rows as a CSV file that is safe to open in a spreadsheet."""
    response = Response(csv_lines(rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
