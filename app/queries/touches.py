"""How a time since the last touch of a prospect is asked for, in an address and in words."""

from dataclasses import dataclass
from enum import StrEnum

from app.languages import gettext


class TouchKind(StrEnum):
    """How a time since the last touch is compared."""

    NEVER = "never"
    WITHIN = "<"
    OVER = ">"


@dataclass(frozen=True, slots=True)
class Touch:
    """When a prospect was touched last: never, within so many days, or longer ago than that (never included)."""

    kind: TouchKind
    days: int = 0

    def __str__(self) -> str:
        """Return the word for an address."""
        return self.kind.value if self.kind is TouchKind.NEVER else f"{self.kind.value}{self.days}"

    @property
    def said(self) -> str:
        """Return it as people read it."""
        if self.kind is TouchKind.NEVER:
            return gettext("never")
        if self.kind is TouchKind.WITHIN:
            return gettext("in the last %(num)s days", num=self.days)
        return gettext("over %(num)s days ago", num=self.days)

    @classmethod
    def read(cls, text: str) -> "Touch":
        """Read the word of an address: `never`, `<7`, `>30`. Raises ValueError."""
        if text == TouchKind.NEVER.value:
            return cls(TouchKind.NEVER)
        kind, days = TouchKind(text[:1]), text[1:]
        if not (days.isascii() and days.isdecimal() and len(days) <= 4):
            raise ValueError(text)
        return cls(kind, int(days))
