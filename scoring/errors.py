"""The engine's own errors; every message names the thing, the cause and the next step."""

from __future__ import annotations

from collections.abc import Sequence


class ScoringError(Exception):
    """Base of everything the scoring engine raises on purpose."""


class ModelMissing(ScoringError):
    """The embedding model cannot be loaded from this machine."""


class WrongModel(ScoringError):
    """A vector was made by another model than the one that scores it."""


class InputProblem(ScoringError):
    """A profile, site or label file holds something that cannot be used."""


class ProfileError(ScoringError):
    """A fit profile cannot be used; `problems` names every reason, not only the first."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Keep each problem as its own sentence, so that a form can show them one by one."""
        self.problems = list(problems)
        super().__init__("The fit profile cannot be used: " + "; ".join(self.problems))


class NotEnoughDecisions(ScoringError):
    """Too few decisions to learn from; `missing` says how many more are needed."""

    def __init__(self, message: str, *, missing: int) -> None:
        """Keep the number apart from the words, for a progress line."""
        self.missing = missing
        super().__init__(message)
