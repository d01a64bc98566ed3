"""Words that partners read and that stand elsewhere in English: kinds and states of rows, and names of nobody.

The rows know no languages. What is marked here comes into the catalogs, and is translated where it is shown.
"""

from app.models import ActionKind, ActionState, CaseKind, CaseState, ResourceKind, RevenueBand
from app.queries.keeping_goals import GoalState
from app.services.languages import gettext as _
from app.services.languages import mark

SHOWN_KINDS = (ActionKind, ActionState, CaseKind, CaseState, GoalState, ResourceKind, RevenueBand)
_LABELS = (
    # Kinds of steps
    mark("Look at a resource"),
    mark("Read and confirm"),
    mark("Answer questions"),
    mark("Send a document"),
    mark("Accept the terms"),
    mark("Book a call"),
    mark("Receive a link or code"),
    mark("First pilot"),
    mark("Training with a quiz"),
    mark("Something else"),
    # States of steps
    mark("To do"),
    mark("Waiting for approval"),
    mark("Sent back"),
    mark("Done"),
    mark("Skipped"),
    # Cases
    mark("Banned claim"),
    mark("Missing disclosure"),
    mark("Stale link"),
    mark("Not told yet"),
    mark("Waiting for the partner"),
    mark("Partner says it is fixed"),
    mark("Resolved"),
    mark("Closed as terminated"),
    # Goals
    mark("Nothing reported yet"),
    mark("On track"),
    mark("Behind"),
    mark("Reached"),
    mark("Missed"),
    # Resources
    mark("Guide"),
    mark("Ready-made text"),
    mark("Banner or picture"),
    mark("Logo"),
    mark("Price list"),
    mark("Presentation"),
    mark("Video"),
    # Bands of revenue
    mark("nothing"),
    mark("under 1,000"),
    mark("1,000 to 5,000"),
    mark("5,000 to 20,000"),
    mark("20,000 to 100,000"),
    mark("100,000 and more"),
)
_NOBODY = (mark("Somebody who left"), mark("A person who was erased"))
_FOUND = {
    CaseKind.BANNED_CLAIM: mark("a claim that may not be made"),
    CaseKind.MISSING_DISCLOSURE: mark("a disclosure is missing"),
    CaseKind.STALE_LINK: mark("a link that leads nowhere any more"),
    CaseKind.OTHER: mark("something else"),
}


def somebody(name: str) -> str:
    """Return a name as a partner reads it: somebody's own as it is, what stands for nobody in their language."""
    return _(name) if name in _NOBODY else name


def found_words(kind: CaseKind) -> str:
    """Return what was found on a partner's page, as it stands within a sentence."""
    return _(_FOUND[kind])
