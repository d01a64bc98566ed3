"""The description of the API in OpenAPI 3.1, for people's tools; a test compares it with the routes."""

from typing import Any

from flask import Response, jsonify

from app.models import RevenueBand
from app.models.api_token import ApiScope
from app.models.wave import WaveStatus
from app.services.waves.statuses import BY_HAND
from app.web.api.blueprint import REQUEST_LIMIT, blueprint
from app.web.api.body import MAX_PAGE, PAGE
from app.web.api.many_results import VERDICTS

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "integer"}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_MONTH: Schema = {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$", "examples": ["2026-03"]}
_STATUS: Schema = {"type": "string", "enum": list(WaveStatus)}
_BAND: Schema = {"type": "string", "enum": list(RevenueBand)}


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Return the description; it needs no token."""
    return jsonify(DOCUMENT)


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _object(required: str = "", **properties: Schema) -> Schema:
    found: Schema = {"type": "object", "properties": properties}
    return found | {"required": required.split()} if required else found


def _list(name: str, of: str) -> Schema:
    items = {"type": "array", "items": {"$ref": f"#/components/schemas/{of}"}}
    return _object(f"{name} next", **{name: items, "next": _or_null(_TEXT)})


def _parameter(name: str, where: str, schema: Schema, words: str) -> Schema:
    return {"name": name, "in": where, "required": where == "path", "schema": schema, "description": words}


_SLUG = _parameter("slug", "path", _TEXT, "The program, as its addresses name it.")
_PARTNER = _parameter("partner_id", "path", _NUMBER, "The id that the list of partners gives.")
_LIMIT = _parameter("limit", "query", {**_NUMBER, "minimum": 1, "maximum": MAX_PAGE}, "Rows a page at most.")
_AFTER = _parameter("after", "query", _NUMBER, f"Go on after this id; `next` holds it. {PAGE} rows a page by default.")
_EXTERNAL = _parameter("external_id", "query", _TEXT, "Only those whom the other platform knows by this id.")
_DOMAIN = _parameter("domain", "query", _TEXT, "Only the company of this domain, such as example.com.")
_EXTERNAL_PART = _parameter("external_id", "path", _TEXT, "What your program calls the partner, percent-encoded.")
_MONTH_PART = _parameter("month", "path", _MONTH, "The month.")
_BEFORE = _parameter("before", "query", _MONTH, "Only months before this one; `next` holds it.")
_WITH_STATUS = _parameter("status", "query", _STATUS, "Only partners of this status.")


def _operation(
    name: str, summary: str, scope: ApiScope, parameters: list[Schema], answer: Schema, *, body: Schema | None = None
) -> Schema:
    problem = {"$ref": "#/components/responses/Problem"}
    found: Schema = {
        "operationId": name,
        "summary": summary,
        "description": f"Needs the scope `{scope.value}`.",
        "parameters": parameters,
        "responses": {
            "200": {"description": "Done.", "content": {"application/json": {"schema": answer}}},
            **dict.fromkeys(("401", "403", "404", "422", "429"), problem),
        },
    }
    if body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
        found["responses"] |= {"409": problem, "413": problem}
    return found


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_AMOUNT: Schema = {"type": ["string", "number"], "examples": ["1234.50"]}
_RESULT_BODY = _object(
    amount={**_AMOUNT, "description": "Revenue, with a point and at most two decimals. Not beside a band."},
    currency={**_TEXT, "description": "Three letters; needed with an amount or a band."},
    band={**_BAND, "description": "A band of revenue, where the amount is not to be told."},
    leads=_NUMBER,
    note={**_TEXT, "maxLength": 500},
) | {"additionalProperties": False}
_ROW_BODY = _object(
    "month",
    partner_id={**_NUMBER, "description": "Our id of the partner; else give external_id."},
    external_id={**_TEXT, "description": "What your program calls the partner; else give partner_id."},
    month=_MONTH,
    **_RESULT_BODY["properties"],
) | {"additionalProperties": False}
_STATUS_BODY = _object(
    "status",
    status={"type": "string", "enum": list(BY_HAND)},
    version={**_NUMBER, "description": "The version that was read; a change by somebody else since is then a 409."},
) | {"additionalProperties": False}

DOCUMENT: Schema = {
    "openapi": "3.1.0",
    "info": {
        "title": "Scoutboard API",
        "version": "1",
        "description": f"Partners, what they bring by month, and their way over. {REQUEST_LIMIT} a token.",
    },
    "servers": [{"url": "/api/v1"}],
    "security": [{"token": []}],
    "paths": {
        "/openapi.json": {
            "get": {
                "operationId": "openapi",
                "summary": "This description",
                "security": [],
                "responses": {"200": {"description": "Done."}},
            }
        },
        "/programs": {
            "get": _operation(
                "programs",
                "The programs that the token reaches",
                ApiScope.READ,
                [],
                _object(
                    "programs",
                    programs={"type": "array", "items": _object("slug name type", slug=_TEXT, name=_TEXT, type=_TEXT)},
                ),
            )
        },
        "/programs/{slug}/partners": {
            "get": _operation(
                "partners",
                "The partners of a program",
                ApiScope.READ,
                [_SLUG, _AFTER, _LIMIT, _EXTERNAL, _DOMAIN],
                _list("partners", "Partner"),
            )
        },
        "/programs/{slug}/partners/{partner_id}/results": {
            "get": _operation(
                "results",
                "A partner's months, the newest first",
                ApiScope.READ,
                [_SLUG, _PARTNER, _BEFORE, _LIMIT],
                _list("results", "Month"),
            )
        },
        "/programs/{slug}/partners/{partner_id}/results/{month}": {
            "put": _operation(
                "put_result",
                "Write down what a partner brought in a month; 201 for a month that was not known",
                ApiScope.RESULTS_WRITE,
                [_SLUG, _PARTNER, _MONTH_PART],
                _ref("PutMonth"),
                body=_RESULT_BODY,
            )
        },
        "/programs/{slug}/external/{external_id}/results/{month}": {
            "put": _operation(
                "put_result_by_external_id",
                "Write down a month of the partner whom your program calls so; 201 for a month that was not known",
                ApiScope.RESULTS_WRITE,
                [_SLUG, _EXTERNAL_PART, _MONTH_PART],
                _ref("PutMonth"),
                body=_RESULT_BODY,
            )
        },
        "/programs/{slug}/results": {
            "post": _operation(
                "put_results",
                "Write down up to 100 months of any partners; each row is kept or refused for itself",
                ApiScope.RESULTS_WRITE,
                [_SLUG],
                _object(
                    "rows counts",
                    rows={"type": "array", "items": _ref("RowVerdict")},
                    counts=_object("created changed unchanged refused", **dict.fromkeys(VERDICTS, _NUMBER)),
                ),
                body=_object("results", results={"type": "array", "minItems": 1, "maxItems": 100, "items": _ROW_BODY})
                | {"additionalProperties": False},
            )
        },
        "/programs/{slug}/waves/partners": {
            "get": _operation(
                "moving_partners",
                "The partners of the other platform",
                ApiScope.READ,
                [_SLUG, _AFTER, _LIMIT, _EXTERNAL, _DOMAIN, _WITH_STATUS],
                _list("partners", "MovingPartner"),
            )
        },
        "/programs/{slug}/waves/partners/{partner_id}/status": {
            "put": _operation(
                "put_status",
                "Say how far a partner of the other platform is",
                ApiScope.WAVES_WRITE,
                [_SLUG, _PARTNER],
                _ref("PutMovingPartner"),
                body=_STATUS_BODY,
            )
        },
    },
}
_MONTH_FIELDS: Schema = {
    "month": _MONTH,
    "amount": _or_null(_TEXT),
    "currency": _or_null(_TEXT),
    "band": _or_null(_BAND),
    "leads": _or_null(_NUMBER),
    "note": _TEXT,
    "source": {"type": "string", "enum": ["hand", "csv", "partner", "api"]},
    "updated_at": _MOMENT,
}
_MOVING_FIELDS: Schema = {
    "id": _NUMBER,
    "company": _TEXT,
    "domain": _TEXT,
    "external_id": _TEXT,
    "wave": _or_null(_NUMBER),
    "status": _STATUS,
    "status_at": _MOMENT,
    "version": _NUMBER,
}
_CHANGED: Schema = {"changed": {"type": "boolean", "description": "False where it stood so already."}}
_FIELD_PROBLEM = _object("field cause next", field=_TEXT, cause=_TEXT, next=_TEXT)
DOCUMENT["components"] = {
    "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
    "responses": {
        "Problem": {
            "description": "What is wrong, with which field, and what to do next (RFC 9457).",
            "content": {"application/problem+json": {"schema": _ref("Problem")}},
        }
    },
    "schemas": {
        "Partner": _object(
            id=_NUMBER,
            company=_TEXT,
            domain=_TEXT,
            stage=_TEXT,
            in_force={"type": "boolean"},
            tier=_TEXT,
            external_id=_TEXT,
            account_manager=_or_null(_TEXT),
            terms_version=_or_null(_NUMBER),
            since=_MOMENT,
        ),
        "Month": _object(**_MONTH_FIELDS),
        "RowVerdict": _object(
            "row verdict errors",
            row={**_NUMBER, "description": "Which row of the request, from 1."},
            verdict={"type": "string", "enum": list(VERDICTS)},
            partner_id=_or_null(_NUMBER),
            month=_or_null(_MONTH),
            errors={"type": "array", "items": _FIELD_PROBLEM},
        ),
        "PutMonth": _object(**_MONTH_FIELDS, **_CHANGED),
        "MovingPartner": _object(**_MOVING_FIELDS),
        "PutMovingPartner": _object(**_MOVING_FIELDS, **_CHANGED),
        "Problem": _object(
            "type title status detail next",
            type=_TEXT,
            title=_TEXT,
            status=_NUMBER,
            detail=_TEXT,
            next=_TEXT,
            errors={"type": "array", "items": _FIELD_PROBLEM},
        ),
    },
}
