"""Decisions of a program as labels: what was approved, what was declined, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scoring.evidence import SiteEvidence


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """One company and what was decided; `decided_at` (aware UTC) orders a backtest, None keeps the order given."""

    site: SiteEvidence
    approved: bool
    decided_at: datetime | None = None
