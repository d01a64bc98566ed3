"""What a request says: its JSON body, field by field, and the numbers of its query string."""

import json
import re
from collections.abc import Collection
from typing import Any

from flask import request

from app.services.errors import InvalidInput
from app.whole_numbers import MAX_ID, whole_number

MAX_PAGE, PAGE = 200, 100
_AMOUNT = re.compile(r"\d{1,13}(?:\.\d{1,2})?", re.ASCII)


def fields_of_body(known: Collection[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the fields of a JSON object, its numbers as they are written, and what is wrong with them by name.

    A field nobody knows is wrong: a typing error must not look like a value that was left out. Raises InvalidInput for
    a body that is no JSON object.
    """
    if request.mimetype != "application/json":
        raise InvalidInput({"body": "The body must be JSON. Send it with “Content-Type: application/json”."})
    try:
        content = json.loads(request.get_data(), parse_float=str, parse_int=str, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise InvalidInput({"body": f"The body cannot be read as JSON{where}. Check quotes and commas."}) from None
    if not isinstance(content, dict):
        raise InvalidInput({"body": "The body must be one JSON object. Put the fields in braces."})
    return content, strange_fields(content, known)


def strange_fields(content: dict[str, Any], known: Collection[str]) -> dict[str, str]:
    """Return what is wrong with the names of an object's fields: those that nobody knows."""
    strange = [name for name in content if name not in known]
    words = f"There is no field of this name. The fields are: {', '.join(known)}."
    return {name[:60]: words for name in strange[:20]}


def text_in(fields: dict[str, Any], name: str, problems: dict[str, str]) -> str:
    """Return a field's text or number as written, "" where it is left out or null; `problems` gets what is neither."""
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        problems[name] = "This must be a text or a number. Write it without brackets, true or false."
        return ""
    return value


def amount_in(fields: dict[str, Any], problems: dict[str, str]) -> str:
    """Return an amount with two decimals: a program's 1.234 is no 1,234, so it is asked for once more, plainly."""
    written = text_in(fields, "amount", problems)
    if not written or "amount" in problems:
        return ""
    if not _AMOUNT.fullmatch(written):
        problems["amount"] = f"{written[:40]!r} is no amount. Write it as 1234.50: a point, at most two decimals."
        return ""
    whole, _, cents = written.partition(".")
    return f"{whole}.{cents:0<2}"


def whole_number_of(name: str, default: int, *, least: int, most: int) -> int:
    """Return a number of the query string. Raises InvalidInput naming it."""
    written = request.args.get(name, "")
    if not written:
        return default
    number = whole_number(written, least=least, most=most)
    if number is None:
        raise InvalidInput({name: f"{written[:20]!r} is no number from {least} to {most}. Leave it out or correct it."})
    return number


def page_of_list() -> tuple[int, int]:
    """Return after which id a list goes on, and how many rows it has at most."""
    after = whole_number_of("after", 0, least=0, most=MAX_ID)
    return after, whole_number_of("limit", PAGE, least=1, most=MAX_PAGE)


def _no_number(text: str) -> str:
    raise ValueError(f"{text} is no JSON")
