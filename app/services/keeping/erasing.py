"""Taking a person's words out of goals and reviews; the values and that there was a review stay."""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import BusinessReview, Goal, GoalChange, GoalCheckpoint


def erase_from_keeping(
    session: Session, partnership_ids: Collection[int], *, without_words: Callable[[str], str]
) -> None:
    """Blot a person out of every text of these partnerships' goals and reviews, frozen agendas among them."""
    goals = list(session.scalars(select(Goal.id).where(Goal.partnership_id.in_(partnership_ids))))
    for point in session.scalars(select(GoalCheckpoint).where(GoalCheckpoint.goal_id.in_(goals))):
        point.note = without_words(point.note)
    for change in session.scalars(select(GoalChange).where(GoalChange.goal_id.in_(goals))):
        change.why = without_words(change.why)
    for review in session.scalars(select(BusinessReview).where(BusinessReview.partnership_id.in_(partnership_ids))):
        review.agenda = blotted(review.agenda, without_words)
        for name in ("notes", "decisions", "summary"):
            setattr(review, name, without_words(getattr(review, name)))
    session.flush()


def blotted(value: Any, without_words: Callable[[str], str]) -> Any:
    """Return a value of a JSON column with the words of a person taken out of every text in it."""
    if isinstance(value, str):
        return without_words(value)
    if isinstance(value, list):
        return [blotted(each, without_words) for each in value]
    if isinstance(value, dict):
        return {key: blotted(each, without_words) for key, each in value.items()}
    return value
