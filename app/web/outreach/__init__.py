"""The outreach area: sequences, senders, enrolling, approvals, the campaign page."""

from app.web.outreach import (
    approvals,
    campaign,
    editor,
    enroll,
    enrollments,
    rules,
    senders,
    sequences,
    shown,
    tests_to_oneself,
    version_moves,
)
from app.web.outreach.blueprint import blueprint

__all__ = [
    "approvals",
    "blueprint",
    "campaign",
    "editor",
    "enroll",
    "enrollments",
    "rules",
    "senders",
    "sequences",
    "shown",
    "tests_to_oneself",
    "version_moves",
]
