"""Write one mail of a sequence for one person: the same code for preview, approval, test mail and the worker."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.models import Enrollment


@dataclass(frozen=True, slots=True)
class Composed:
    """A mail as it would leave; with `problems` it must not. `warnings` are for whoever writes the sequence."""

    subject: str
    text: str
    html: str
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def compose_step(session: Session, enrollment: Enrollment, *, step_id: str, variant_id: str) -> Composed:
    """Return the mail of a step as it would leave now; problems in words instead of an exception."""
    raise NotImplementedError
