"""What a use-case can refuse; web, jobs and commands each translate these once, at their boundary."""

from collections.abc import Mapping


class ServiceError(Exception):
    """A refusal in words for people: it names the thing, the cause and the next step."""


class NotFound(ServiceError):
    """There is no such row, or this user may not know of it; both look the same from outside."""


class NotAllowed(ServiceError):
    """The user may see the row but not do this to it."""


class Conflict(ServiceError):
    """Somebody else was faster, or the row is no longer in the state that the act needs."""


class InvalidInput(ServiceError):
    """One or more values cannot be used; `fields` maps each field to what is wrong with it."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        """Keep the field messages; the text of the error joins them."""
        self.fields = dict(fields)
        super().__init__("; ".join(self.fields.values()))
