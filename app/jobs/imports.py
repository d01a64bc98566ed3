"""Check or import a file in the background."""

from app.db import transaction
from app.services.imports.running import run_batch


def run_import(batch_id: int) -> str | None:
    """Carry a batch through the step it is in; return the state it ended in, None where there was nothing to do.

    Safe to run twice at once or after a kill: see app.services.imports.running.
    """
    state = run_batch(transaction, batch_id)
    return state.value if state else None
