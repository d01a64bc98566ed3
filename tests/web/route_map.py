"""Every route of the product as the URL map knows it: what a new area adds is covered the day it lands."""

from dataclasses import dataclass

from app import db, dispatch
from app.config import Settings
from app.factory import create_app
from tests.conftest import NO_QUEUE

CHANGING = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """One method of one endpoint; `arguments` maps each part of the address that varies to its converter."""

    endpoint: str
    method: str
    rule: str
    arguments: tuple[tuple[str, str], ...]

    @property
    def changes_something(self) -> bool:
        """Say whether this method may change the world."""
        return self.method in CHANGING

    def __str__(self) -> str:
        """Return the name under which a test of this route is shown."""
        return f"{self.method} {self.endpoint}"


def _read_routes() -> list[Route]:
    app = create_app(Settings(database_url="sqlite+pysqlite:////nonexistent/never-opened.db", redis_url=NO_QUEUE))
    found = [
        Route(
            rule.endpoint, method, rule.rule, tuple((name, _kind(rule._converters[name])) for name in rule._converters)
        )
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]
    db.dispose()
    dispatch.dispose()
    return sorted(found)


def _kind(converter: object) -> str:
    return "int" if "RowId" in type(converter).__name__ or "Integer" in type(converter).__name__ else "text"


ROUTES = _read_routes()
CHANGING_ROUTES = [route for route in ROUTES if route.changes_something]
