"""Many partners' months in one request: each row is kept or refused for itself, and the answer says which."""

from collections import Counter
from typing import Any

from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from app.db import transaction
from app.models import Partnership, Program
from app.models.api_token import ApiScope
from app.services.api_tokens import ApiCaller, program_of
from app.services.errors import InvalidInput, ServiceError
from app.web.api.blueprint import blueprint, caller_with
from app.web.api.body import fields_of_body, strange_fields, text_in
from app.web.api.partners import Content, partner_called, partner_in
from app.web.api.problem import field_problem
from app.web.api.results import FIELDS, keep_put, read_fields
from app.whole_numbers import row_number

MAX_ROWS = 100
ROW_FIELDS = ("partner_id", "external_id", "month", *FIELDS)
VERDICTS = ("created", "changed", "unchanged", "refused")


@blueprint.post("/programs/<slug>/results")
def put_results(slug: str) -> Content:
    """Write down up to 100 months of any partners; a row that cannot be used stops none of the others."""
    caller = caller_with(ApiScope.RESULTS_WRITE)
    rows = _rows()
    with transaction() as session:
        program = program_of(session, caller, slug)
        verdicts = [_keep(session, program, row, caller) for row in rows]
    counts = Counter(verdict["verdict"] for verdict in verdicts)
    numbered = [{"row": number, **verdict} for number, verdict in enumerate(verdicts, start=1)]
    return {"rows": numbered, "counts": {name: counts[name] for name in VERDICTS}}


def _rows() -> list[Any]:
    fields, problems = fields_of_body(("results",))
    rows = fields.get("results")
    if not isinstance(rows, list) or not rows:
        problems["results"] = "This must be a list with at least one row. Put the rows in brackets."
    elif len(rows) > MAX_ROWS:
        problems["results"] = (
            f"There are {len(rows):,} rows, and {MAX_ROWS} are the most. Send the rest in a request more."
        )
    if problems or not isinstance(rows, list):
        raise InvalidInput(problems)
    return rows


def _keep(session: Session, program: Program, row: Any, caller: ApiCaller) -> Content:
    """Keep one row and return its verdict; whatever is wrong with it stays with it."""
    try:
        with session.begin_nested():
            fields, problems = _fields_of(row)
            month = text_in(fields, "month", problems)
            result = read_fields(fields, problems, month)
            partnership = _partner_of(session, program, fields)
            is_new, changed = keep_put(session, partnership, result, caller)
    except InvalidInput as error:
        return _refused(dict(sorted(error.fields.items())))
    except ServiceError as error:
        return _refused({"partner": str(error)})
    except DataError:
        # PostgreSQL keeps no NUL; SQLite would, and nobody could tell why.
        return _refused({"row": "A value in it cannot be stored. Look for an invisible character."})
    verdict = "created" if is_new else "changed" if changed else "unchanged"
    return {"verdict": verdict, "partner_id": partnership.id, "month": f"{result.month:%Y-%m}", "errors": []}


def _fields_of(row: Any) -> tuple[dict[str, Any], dict[str, str]]:
    if not isinstance(row, dict):
        raise InvalidInput({"row": "A row must be one JSON object. Put its fields in braces."})
    problems = strange_fields(row, ROW_FIELDS)
    named = [name for name in ("partner_id", "external_id") if text_in(row, name, problems)]
    if len(named) != 1 and not problems:
        problems["partner_id"] = "Name the partner once. Give either partner_id or external_id."
    number = text_in(row, "partner_id", {})
    if number and row_number(number) is None:
        problems["partner_id"] = f"{number[:20]!r} is no id of a partner. The list of partners names them."
    return row, problems


def _partner_of(session: Session, program: Program, fields: dict[str, Any]) -> Partnership:
    number = text_in(fields, "partner_id", {})
    if number:
        return partner_in(session, program, int(number))
    return partner_called(session, program, text_in(fields, "external_id", {}))


def _refused(errors: dict[str, str]) -> Content:
    return {
        "verdict": "refused",
        "partner_id": None,
        "month": None,
        "errors": [field_problem(name, words) for name, words in errors.items()],
    }
