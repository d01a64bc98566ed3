"""Carry a bulk action on in the background."""

from app.db import transaction
from app.services.bulk import running


def run_bulk(action_id: int) -> str | None:
    """Work an action off for a while; return the state it is in, None where there was nothing to do.

    Safe to run twice at once or after a kill: see app.services.bulk.running.
    """
    state = running.run_bulk(transaction, action_id)
    return state.value if state else None
