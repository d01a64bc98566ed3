"""Files to take away: the rows with their verdict and reason, and a sample to fill in."""

from collections.abc import Iterator, Sequence

from flask import Response, request
from flask_login import current_user
from werkzeug.utils import secure_filename

from app.db import reading
from app.queries.imports import rows_after
from app.services.access import Permission, program_for
from app.services.imports.safe_csv import csv_lines
from app.web.imports.screen import VERDICT_LABELS, known_filter
from app.web.imports.views import blueprint, find_batch

_AT_ONCE = 1_000
_SAMPLE = (
    ("domain", "name", "contact name", "email", "phone", "country", "note", "owner"),
    ("harborlight.example", "Harborlight Studio", "Ada Berg", "ada@harborlight.example", "", "DE", "Met in Berlin", ""),
    ("https://www.liftwell.example/blog", "Liftwell", "", "", "", "Poland", "", ""),
)


@blueprint.get("/<int:batch_id>/rows.csv")
def rows_file(slug: str, batch_id: int) -> Response:
    """Download the rows of one verdict (`bad` is the error file) with the original columns and the reason."""
    verdict = known_filter(request.args.get("verdict", ""))
    with reading() as session:
        _program, batch = find_batch(session, slug, batch_id, Permission.READ)
    stem = secure_filename(batch.filename.rpartition(".")[0] or batch.filename) or "import"
    return _csv(_rows(batch.id, list(batch.columns), verdict), f"{stem}-{verdict or 'all'}-rows.csv")


@blueprint.get("/sample.csv")
def sample_file(slug: str) -> Response:
    """Download a file that shows the headings."""
    with reading() as session:
        program_for(session, current_user, slug, Permission.READ)
    return _csv(_SAMPLE, "scoutboard-import-sample.csv")


def _rows(batch_id: int, headings: list[str], verdict: str) -> Iterator[Sequence[object]]:
    """Yield the heading, then the rows, a piece at a time, so that 100,000 of them need no memory."""
    yield (*headings, "import line", "import verdict", "import reason")
    line = 0
    while True:
        with reading() as session:
            rows = rows_after(session, batch_id, verdict=verdict, line=line, limit=_AT_ONCE)
        for row in rows:
            # Cells beyond the headings are put behind the last column they could belong to, in the reason.
            cells = [row.fields.get(heading, "") for heading in headings]
            spare = [f"{name}: {cell}" for name, cell in row.fields.items() if name not in headings]
            yield (*cells, row.line, VERDICT_LABELS[row.verdict][0], " ".join([row.message, *spare]))
        if len(rows) < _AT_ONCE:
            return
        line = rows[-1].line


def _csv(rows: object, filename: str) -> Response:
    response = Response(csv_lines(rows), mimetype="text/csv")  # type: ignore[arg-type]
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
