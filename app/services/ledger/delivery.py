"""What the provider says of a mail after it took it: applied by rank, never by arrival."""

from sqlalchemy.orm import Session

from app.models import ProviderEvent


def apply_delivery_event(session: Session, event: ProviderEvent) -> None:
    """Apply one event to the attempt and message it speaks of, and set its `message_id` and `is_applied`.

    An event whose attempt is not known (yet) stays unapplied; applying one twice changes nothing.
    """
    raise NotImplementedError
