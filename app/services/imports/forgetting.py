"""A person who is erased, in imported files: rows that hold their address lose them, and no waiting file is kept."""

import json
import re
from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, Text, cast, or_, select
from sqlalchemy.orm import Session

from app.models import BatchState, Company, ImportBatch, ImportRow
from app.services.erased_words import GONE, Words
from app.services.errors import InvalidInput
from app.services.imports.batches import fail_batch
from app.services.imports.columns import Field
from app.services.imports.decoding import TextEncoding, decode_file

_OF_CONTACT = frozenset((Field.CONTACT, Field.FIRST_NAME, Field.LAST_NAME, Field.EMAIL, Field.PHONE, Field.ROLE))
_NOT_KEPT = "This file is no longer kept. Upload it again to import it."


def rows_with(session: Session, addresses: Collection[str]) -> list[ImportRow]:
    """Return the rows of all files, imported or not, in which one of these addresses stands."""
    if not addresses:
        return []
    pattern = _pattern(addresses)
    rows = session.scalars(select(ImportRow).where(or_(*(_may_hold(address) for address in addresses))))
    return [row for row in rows if pattern.search("\n".join(map(str, [*row.fields.values(), row.message])))]


def files_with(session: Session, addresses: Collection[str]) -> list[int]:
    """Return the batches whose file is still kept and has one of these addresses in it; reads one file at a time."""
    if not addresses:
        return []
    pattern = _pattern(addresses)
    kept = list(session.scalars(select(ImportBatch.id).where(ImportBatch.content.is_not(None))))
    return [batch_id for batch_id in kept if pattern.search(_text_of(session, batch_id))]


def forget_in_files(session: Session, addresses: Collection[str], companies: Select[int], words: Words) -> None:
    """Take a person out of rows that hold an address of theirs or led to no prospect of these companies.

    The files themselves go: what was checked can be imported from its rows, and a check under way is ended.
    """
    pattern = _pattern(addresses)
    columns: dict[int, dict[str, str]] = {}
    for row in rows_with(session, addresses):
        if row.batch_id not in columns:
            columns[row.batch_id] = session.scalars(
                select(ImportBatch.columns).where(ImportBatch.id == row.batch_id)
            ).one()
        row.fields = _without_contact(row.fields, columns[row.batch_id], pattern)
        row.fields, row.message = words.gone_from_values(row.fields), words.gone_from(row.message)
    theirs = select(Company.domain).where(Company.id.in_(companies))
    led_nowhere = select(ImportRow).where(ImportRow.prospect_id.is_(None), ImportRow.domain.in_(theirs))
    for row in session.scalars(led_nowhere):
        row.fields, row.message = words.gone_from_values(row.fields), words.gone_from(row.message)
    for batch_id in files_with(session, addresses):
        batch = session.get_one(ImportBatch, batch_id)
        batch.content = None
        if batch.state is BatchState.CHECKING:
            fail_batch(session, batch_id, _NOT_KEPT)
    session.flush()


def _without_contact(fields: dict[str, str], columns: dict[str, str], pattern: re.Pattern[str]) -> dict[str, str]:
    """Return a row's cells without its contact, where that is who has the address: nothing else may know the name."""
    mine = {heading for heading, name in columns.items() if name in _OF_CONTACT}
    addressed = (heading for heading, name in columns.items() if name == Field.EMAIL)
    if not any(pattern.search(str(fields.get(heading, ""))) for heading in addressed):
        return fields
    return {heading: GONE if heading in mine and text else text for heading, text in fields.items()}


def _may_hold(address: str) -> ColumnElement[bool]:
    # JSON may write letters beyond ASCII as escapes, which the database compares as they stand.
    spelled = {address, json.dumps(address)[1:-1]}
    cells = cast(ImportRow.fields, Text)
    found = [cells.icontains(each, autoescape=True) for each in spelled]
    return or_(*found, ImportRow.message.icontains(address, autoescape=True))


def _pattern(addresses: Collection[str]) -> re.Pattern[str]:
    """Match the whole addresses only: "ola@…" is nobody's who has "viola@…"."""
    each = "|".join(map(re.escape, addresses)) or "(?!)"
    return re.compile(rf"(?<![\w.+%-])(?:{each})(?![\w-]|\.\w)", re.IGNORECASE)


def _text_of(session: Session, batch_id: int) -> str:
    kept = select(ImportBatch.content, ImportBatch.encoding).where(ImportBatch.id == batch_id)
    content, encoding = session.execute(kept).one()
    try:
        return decode_file(content or b"", TextEncoding(encoding)).text
    except (InvalidInput, ValueError):
        # Not readable as it was uploaded; an address is ASCII in most encodings.
        return (content or b"").decode("latin-1")
