"""CSV files of prospects: what a filter leaves, and what a bulk export froze; written while they are downloaded."""

from collections.abc import Callable, Iterator, Sequence

from flask import Response, stream_with_context
from flask_login import current_user

from app.db import reading
from app.languages import gettext as _
from app.models import Program
from app.models.bulk import BulkKind, BulkState
from app.queries.bulk import frozen_ids
from app.queries.table import TableRow, Window, rows_by_id, table_page
from app.queries.table_columns import Builtin, Column, choose_columns, columns_of
from app.services.access import Permission, program_for
from app.services.bulk.starting import bulk_in
from app.services.custom_fields import fields_of
from app.services.errors import Conflict
from app.services.imports.safe_csv import csv_lines
from app.web.table.blueprint import blueprint
from app.web.table.state import TableState, read_state

PORTION = 500


@blueprint.get("/export.csv")
def export(slug: str) -> Response:
    """Return everything that the table's filter leaves, in the table's columns and order."""
    with reading() as session:
        program = program_for(session, current_user, slug)
        state = read_state(session, program)
    return _csv(program, state.columns, _rows_of(program, state))


@blueprint.get("/exports/<int:bulk_id>.csv")
def download(slug: str, bulk_id: int) -> Response:
    """Return the prospects that a bulk export froze, as they are now."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.WORK_PROSPECTS)
        action = bulk_in(session, program, bulk_id)
        if action.kind is not BulkKind.EXPORT or action.state is not BulkState.DONE:
            raise Conflict(_("This export is not ready. Look at its progress, or start another one."))
        known = columns_of(fields_of(session, program.id))
        columns, _gone = choose_columns(known, action.params.get("columns", "").split(","))
    return _csv(program, columns, _frozen_rows(program, action.id, columns))


def _rows_of(program: Program, state: TableState) -> Iterator[TableRow]:
    after = None
    with reading() as session:
        while True:
            window = Window(state.order, after, PORTION)
            page = table_page(session, program.id, state.filter, columns=state.columns, window=window)
            yield from page.rows
            after = page.next
            if after is None:
                return


def _frozen_rows(program: Program, action_id: int, columns: Sequence[Column]) -> Iterator[TableRow]:
    with reading() as session:
        for ids in frozen_ids(session, action_id, portion=PORTION):
            rows = rows_by_id(session, program.id, ids, columns=columns)
            yield from (rows[prospect_id] for prospect_id in ids if prospect_id in rows)


def _csv(program: Program, columns: Sequence[Column], rows: Iterator[TableRow]) -> Response:
    def records() -> Iterator[list[str]]:
        yield ["Domain", *(column.label for column in columns if column.key != Builtin.DOMAIN)]
        for row in rows:
            yield [row.domain, *(_cell(row, column) for column in columns if column.key != Builtin.DOMAIN)]

    headers = {"Content-Disposition": f'attachment; filename="{program.slug}-prospects.csv"'}
    return Response(stream_with_context(csv_lines(records())), mimetype="text/csv", headers=headers)


def _cell(row: TableRow, column: Column) -> str:
    if column.field_id is not None:
        return row.values.get(column.field_id, "")
    return _CELLS[Builtin(column.key)](row)


_CELLS: dict[Builtin, Callable[[TableRow], str]] = {
    Builtin.NAME: lambda row: row.name,
    Builtin.STAGE: lambda row: row.stage.label,
    Builtin.FIT: lambda row: "" if row.score is None else f"{row.score:.1f}",
    Builtin.OWNER: lambda row: row.owner_name or "",
    Builtin.STEP: lambda row: row.step.title if row.step else "",
    Builtin.TAGS: lambda row: ", ".join(row.tags),
    Builtin.AGE: lambda row: f"{row.stage_since_at:%Y-%m-%d}",
    Builtin.COUNTRY: lambda row: row.country or "",
    Builtin.LANGUAGE: lambda row: row.language or "",
    Builtin.DOMAIN: lambda row: row.domain,
    Builtin.TOUCH: lambda row: f"{row.touched_at:%Y-%m-%d}" if row.touched_at else "",
    Builtin.SOURCE: lambda row: row.source,
    Builtin.ADDED: lambda row: f"{row.created_at:%Y-%m-%d}",
    Builtin.KIND: lambda row: ", ".join(row.kinds),
    Builtin.TIER: lambda row: row.tier,
    Builtin.CONTACT: lambda row: row.contact.line if row.contact else "",
    Builtin.SEQUENCE: lambda row: f"{row.sequence.name}: {row.sequence.state.value}" if row.sequence else "",
}
