"""The engine's own errors; every message names the thing, the cause and the next step."""

from __future__ import annotations

from collections.abc import Sequence


class OutreachError(Exception):
    """Base of everything the outreach engine raises on purpose."""


class InputProblem(OutreachError):
    """A file given to a command cannot be used; `problems` names every reason, not only the first."""

    def __init__(self, name: str, problems: Sequence[str]) -> None:
        """Keep each problem as its own sentence."""
        self.problems = list(problems)
        super().__init__(f"{name} cannot be used: " + "; ".join(self.problems))
