"""What partners bring, by month: read, and put. Putting the same month again with the same figures changes nothing.

A partner is named by our id or by what the other program calls them.
"""

from datetime import date
from typing import Any

from flask import Response, jsonify, request, url_for
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.models import PartnerResult, Partnership, ResultSource
from app.models.api_token import ApiScope
from app.queries.api_partners import month_of, months
from app.services.api_tokens import ApiCaller, program_of
from app.services.care.amounts import Unreadable, read_month
from app.services.care.results import MonthResult, Origin, TypedResult, keep_result, read_result, result_in
from app.services.errors import InvalidInput
from app.web.api.blueprint import blueprint, caller_with
from app.web.api.body import MAX_PAGE, amount_in, fields_of_body, text_in, whole_number_of
from app.web.api.partners import Content, partner_called, partner_in

FIELDS = ("amount", "currency", "band", "leads", "note")
_PAGE = 24


@blueprint.get("/programs/<slug>/partners/<int:partner_id>/results")
def results(slug: str, partner_id: int) -> Content:
    """List a partner's months, the newest first, a page at a time."""
    caller = caller_with(ApiScope.READ)
    limit, before = whole_number_of("limit", _PAGE, least=1, most=MAX_PAGE), _before()
    with reading() as session:
        partnership = partner_in(session, program_of(session, caller, slug), partner_id)
        found = months(session, partnership.id, before=before, limit=limit)
    shown = found[:limit]
    if len(found) <= limit:
        return {"results": shown, "next": None}
    return {
        "results": shown,
        "next": url_for("api.results", slug=slug, partner_id=partner_id, before=shown[-1]["month"], limit=limit),
    }


@blueprint.put("/programs/<slug>/partners/<int:partner_id>/results/<month>")
def put_result(slug: str, partner_id: int, month: str) -> Response:
    """Write down a month; what was known of it is replaced and stands in the audit log."""
    caller = caller_with(ApiScope.RESULTS_WRITE)
    result = _read(month)
    with transaction() as session:
        partnership = partner_in(session, program_of(session, caller, slug), partner_id)
        return _put(session, partnership, result, caller)


@blueprint.put("/programs/<slug>/external/<external_id>/results/<month>")
def put_result_by_external_id(slug: str, external_id: str, month: str) -> Response:
    """Write down a month of the partner whom the other program calls so."""
    caller = caller_with(ApiScope.RESULTS_WRITE)
    result = _read(month)
    with transaction() as session:
        partnership = partner_called(session, program_of(session, caller, slug), external_id)
        return _put(session, partnership, result, caller)


def keep_put(session: Session, partnership: Partnership, result: MonthResult, caller: ApiCaller) -> tuple[bool, bool]:
    """Keep a month that was put; say whether it is new, and whether anything changed."""
    known = result_in(session, partnership.id, result.month)
    changed = known is None or not _says_the_same(known, result)
    if changed:
        origin = Origin(ResultSource.API, user_id=caller.user.id, token_id=caller.token_id)
        keep_result(session, partnership, result, origin)
    return known is None, changed


def _put(session: Session, partnership: Partnership, result: MonthResult, caller: ApiCaller) -> Response:
    is_new, changed = keep_put(session, partnership, result, caller)
    row = result_in(session, partnership.id, result.month)
    answer = jsonify((month_of(row) if row else {}) | {"changed": changed})
    answer.status_code = 201 if is_new else 200
    return answer


def _read(month: str) -> MonthResult:
    """Return what a request says of a month. Raises InvalidInput naming every field that cannot be used."""
    fields, problems = fields_of_body(FIELDS)
    return read_fields(fields, problems, month)


def read_fields(fields: dict[str, Any], problems: dict[str, str], month: str) -> MonthResult:
    """Return what fields say of a month. Raises InvalidInput with every problem, those known before among them."""
    typed = TypedResult(
        month=_month(month, problems),
        amount=amount_in(fields, problems),
        **{name: text_in(fields, name, problems) for name in FIELDS[1:]},
    )
    try:
        result = read_result(typed)
    except InvalidInput as error:
        raise InvalidInput(error.fields | problems) from None
    if problems:
        raise InvalidInput(problems)
    return result


def _before() -> date | None:
    written = request.args.get("before", "")
    try:
        return read_month(written) if written else None
    except Unreadable as error:
        raise InvalidInput({"before": str(error)}) from None


def _month(text: str, problems: dict[str, str]) -> str:
    try:
        read = read_month(text)
    except Unreadable:
        return text
    if f"{read:%Y-%m}" != text:
        problems["month"] = f"{text[:20]!r} is no month of an address here. Write it as {read:%Y-%m}."
    return text


def _says_the_same(row: PartnerResult, new: MonthResult) -> bool:
    names = ("amount_cents", "band", "currency", "leads", "note")
    return row.source is ResultSource.API and all(getattr(row, name) == getattr(new, name) for name in names)
