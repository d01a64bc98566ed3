"""Enrollments: who may be put into a sequence, putting them in, and what a person can do about the next step."""

from collections.abc import Sequence as Many
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.models import Enrollment, Program


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why somebody cannot be enrolled: a code for programs, a sentence for people."""

    code: str
    sentence: str


def why_not(
    session: Session, *, program_id: int, contact_ids: Many[int], sequence_id: int
) -> dict[int, list[Hindrance]]:
    """Return, for each contact, everything that keeps it from being enrolled; an empty list for those who can be."""
    raise NotImplementedError


def enroll(
    session: Session, *, program: Program, contact_id: int, sequence_id: int, sender_id: int, enrolled_by_id: int | None
) -> Enrollment:
    """Put a contact into the newest published version of a sequence.

    Raises InvalidInput with the hindrance, Conflict where somebody was faster.
    """
    raise NotImplementedError


def release_step(session: Session, enrollment_id: int, *, by_user_id: int) -> None:
    """Let a held step happen after all, from now on. Raises Conflict where it is not held."""
    raise NotImplementedError


def skip_step(session: Session, enrollment_id: int, step: str, *, by_user_id: int, reason: str = "") -> None:
    """Leave a step out and go on with the next. Raises Conflict where it is over or on its way."""
    raise NotImplementedError


def finish_task_step(
    session: Session, enrollment_id: int, step: str, *, by_user_id: int | None, is_skipped: bool = False
) -> None:
    """Note that the task of a manual step is done (or dropped), which ends the step; safe to repeat."""
    raise NotImplementedError


def stop_enrollment(session: Session, enrollment_id: int, *, by_user_id: int, reason: str = "") -> None:
    """End an enrollment by hand. Raises Conflict where it has ended."""
    raise NotImplementedError


def move_to_version(
    session: Session, enrollment_id: int, *, version_id: int, steps: dict[str, str], by_user_id: int
) -> None:
    """Put an enrollment on another version; `steps` maps its old step ids to the new ones.

    Raises InvalidInput for a mapping that would repeat or invent a step, Conflict while a mail of it is on its way.
    """
    raise NotImplementedError
