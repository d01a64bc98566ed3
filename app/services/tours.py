"""A person's tour: begun, gone on with, closed; once closed it stays closed until they ask for it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import User
from app.models.notification import Tour


def tour_of(session: Session, user_id: int) -> Tour | None:
    """Return how far a person is; None for one who was never asked."""
    return session.scalar(select(Tour).where(Tour.user_id == user_id))


def go_to_step(session: Session, user: User, step: int) -> None:
    """Be at a step from now on; that opens a closed tour again."""
    tour = tour_of(session, user.id) or Tour(user_id=user.id)
    tour.step, tour.closed_at = step, None
    session.add(tour)


def close_tour(session: Session, user: User) -> None:
    """Close the tour, or say no to it; a second time changes nothing."""
    tour = tour_of(session, user.id) or Tour(user_id=user.id, step=0)
    tour.closed_at = tour.closed_at or now()
    session.add(tour)
