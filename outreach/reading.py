"""Plain JSON to the engine's values, every problem with its place, not only the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

E = TypeVar("E", bound=StrEnum)


@dataclass(slots=True)
class Place:
    """An object in the input: its path for messages, its keys, and the list all problems go to."""

    path: str
    values: dict[str, Any]
    problems: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    def problem(self, key: str, message: str) -> None:
        """Note what is wrong with a key."""
        self.problems.append(f"{self.path}{key} {message}")

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; without a default it must be there."""
        value = self._value(key, default)
        if isinstance(value, str) and (value.strip() or default is not None):
            return value.strip()
        self.problem(key, "must be a text")
        return ""

    def whole(self, key: str, default: int, *, most: int = 100_000) -> int:
        """Return a whole number from 0 to `most`."""
        value = self._value(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most:
            return value
        self.problem(key, f"must be a whole number from 0 to {most:,}")
        return default

    def yes(self, key: str) -> bool:
        """Return a truth value; absent is false."""
        value = self._value(key, False)
        if not isinstance(value, bool):
            self.problem(key, "must be true or false")
        return value is True

    def instant(self, key: str, default: datetime | None = None, *, needed: bool = False) -> datetime | None:
        """Return an instant in UTC; one without a zone is refused, for nobody can tell what it means."""
        value = self._value(key, None)
        if value is None and not needed:
            return default
        moment = instant_of(value)
        if moment is None:
            self.problem(key, 'must be a time with its zone, such as "2025-03-03T09:00:00+01:00"')
        return moment or default

    def day(self, key: str) -> date:
        """Return a calendar day."""
        value = self._value(key, None)
        found = day_of(value)
        if found is None:
            self.problem(key, 'must be a day, such as "2025-03-03"')
        return found or date(1970, 1, 1)

    def clock(self, key: str, default: time) -> time:
        """Return a time of day."""
        value = self._value(key, None)
        if value is None:
            return default
        try:
            return time.fromisoformat(str(value)).replace(tzinfo=None)
        except ValueError:
            self.problem(key, 'must be a time of day, such as "09:00"')
            return default

    def zone(self, key: str, default: str | None = None) -> ZoneInfo:
        """Return a time zone of the IANA database."""
        name = self.text(key, default)
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            if name:
                self.problem(key, f"{name!r} is no time zone; use a name such as Europe/Warsaw")
            return ZoneInfo("UTC")

    def word(self, key: str, kinds: type[E], default: E | None = None) -> E:
        """Return a member of an enumeration by its value."""
        value = self._value(key, default)
        if isinstance(value, str) and value in list(kinds):
            return kinds(value)
        self.problem(key, f"must be one of {', '.join(kinds)}")
        return next(iter(kinds))

    def words(self, key: str, default: list[str] | None = None) -> list[str]:
        """Return a list of texts."""
        value = self._value(key, default or [])
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return [str(item) for item in value]
        self.problem(key, "must be a list of texts")
        return []

    def inner(self, key: str, read: Callable[[Place], Any], default: Any = None) -> Any:
        """Read a nested object, or return the default where there is none."""
        value = self._value(key, None)
        if value is None:
            return default
        if not isinstance(value, dict):
            self.problem(key, "must be an object")
            return default
        return self._entered(f"{self.path}{key}.", value, read)

    def each(self, key: str, read: Callable[[Place], Any]) -> list[Any]:
        """Read a list of objects."""
        value = self._value(key, [])
        if not isinstance(value, list):
            self.problem(key, "must be a list")
            return []
        return [found for index, item in enumerate(value) for found in self._item(f"{key}[{index}]", item, read)]

    def close(self) -> None:
        """Name the keys nobody asked for: they are misspelled, or of another version."""
        for key in self.values:
            if key not in self.asked:
                self.problem(key, "is not known here; see the docs for the keys")

    def _item(self, name: str, item: object, read: Callable[[Place], Any]) -> Iterator[Any]:
        if isinstance(item, dict):
            yield self._entered(f"{self.path}{name}.", item, read)
        else:
            self.problem(name, "must be an object")

    def _entered(self, path: str, value: dict[str, Any], read: Callable[[Place], Any]) -> Any:
        place = Place(path, value, self.problems)
        found = read(place)
        place.close()
        return found

    def _value(self, key: str, default: object) -> object:
        self.asked.add(key)
        return self.values.get(key, default)


def instant_of(value: object) -> datetime | None:
    """Return an ISO 8601 time with a zone as UTC, or None."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else None


def day_of(value: object) -> date | None:
    """Return an ISO 8601 day, or None."""
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
