"""Two versions of a fit profile side by side, and in words what lies between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import mark
from app.models import FitProfile
from app.queries.profile import changes_between


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicPair:
    """A topic in both versions; None where one has it not."""

    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def state(self) -> str:
        """Return added, removed, changed or same."""
        if self.before is None or self.after is None:
            return mark("added") if self.before is None else mark("removed")
        return mark("same") if dict(self.before) == dict(self.after) else mark("changed")


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDiff:
    """What changed from `before` to `after`: in sentences, and topic by topic."""

    before: int
    after: int
    changes: tuple[str, ...]
    topics: tuple[TopicPair, ...]


def version_diff(session: Session, program_id: int, *, before: int, after: int) -> VersionDiff | None:
    """Return the difference of two versions by number, or None where the program lacks one of them."""
    rows = session.execute(
        select(FitProfile.version, FitProfile.content).where(
            FitProfile.program_id == program_id, FitProfile.version.in_((before, after))
        )
    )
    found: dict[int, dict[str, Any]] = {row.version: row.content for row in rows}
    if before not in found or after not in found:
        return None
    old, new = _topics(found[before]), _topics(found[after])
    keys = [*new, *(key for key in old if key not in new)]
    return VersionDiff(
        before=before,
        after=after,
        changes=tuple(changes_between(found[before], found[after])),
        topics=tuple(TopicPair(before=old.get(key), after=new.get(key)) for key in keys),
    )


def _topics(content: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {str(topic["id"]): topic for topic in content.get("topics") or ()}
