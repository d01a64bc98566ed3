"""A condition that the two databases answer quickly in different ways."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal


class ByDialect(ColumnElement[bool]):
    """A condition that is written in one way for SQLite and in another elsewhere, with the same meaning."""

    __visit_name__ = "by_dialect"
    inherit_cache = True
    type = Boolean()

    def __init__(self, *, sqlite: ColumnElement[bool], other: ColumnElement[bool]) -> None:
        """Keep both ways."""
        self.sqlite, self.other = sqlite.self_group(), other.self_group()


# Both ways are its key: a statement that holds one is put into words once, not anew for every request.
ByDialect._traverse_internals = [
    ("sqlite", InternalTraversal.dp_clauseelement),
    ("other", InternalTraversal.dp_clauseelement),
]


@compiles(ByDialect)
def _write_elsewhere(element: ByDialect, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.other, **options)


@compiles(ByDialect, "sqlite")
def _write_for_sqlite(element: ByDialect, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.sqlite, **options)
