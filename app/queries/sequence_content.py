"""What a version of a sequence says, read once: its plan for the engine, its words, and the days it keeps free.

`SequenceVersion.content` is {"plan": …, "words": …, "keeps_holidays": true}. The engine wants days; the product knows
public holidays by country, so that no version has to list them.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from app.models import SequenceVersion
from outreach.plan_json import sequence_of
from outreach.public_holidays import OwnDay, PublicHolidays
from outreach.sequence import Sequence


@dataclass(frozen=True, slots=True)
class StepWords:
    """The wording of one step in one variant; of a task, `subject` is its title."""

    subject: str
    body: str
    channel: str = ""


def plan_of(version: SequenceVersion, own: tuple[OwnDay, ...] = ()) -> Sequence:
    """Return the plan of a version for outreach.planning; raises outreach.errors.InputProblem for a bad draft.

    `own` are the days that the program and the sender add to the holidays or take out of them.
    """
    content = version.content
    keeps = bool(content.get("keeps_holidays", True))
    return _plan(json.dumps(content.get("plan", {}), sort_keys=True), keeps, own if keeps else ())


def own_days_of(rows: Iterable[Mapping[str, Any]], sender_id: int | None = None) -> tuple[OwnDay, ...]:
    """Return a program's own days (`Program.own_days`) that hold for a sender: everybody's, and the sender's own."""
    return tuple(
        OwnDay(date.fromisoformat(row["day"]), row["country"], row["is_free"])
        for row in rows
        if row["sender_id"] in (None, sender_id)
    )


@lru_cache(maxsize=512)
def _plan(plan: str, keeps_holidays: bool, own: tuple[OwnDay, ...]) -> Sequence:
    sequence = sequence_of(json.loads(plan))
    if not keeps_holidays:
        return sequence
    return replace(sequence, holidays=PublicHolidays(sequence.holidays, own))


def words_of(content: Mapping[str, Any], step_id: str, variant_id: str = "") -> StepWords | None:
    """Return the words of a step: of the variant, else of the step without variants, else of its first variant."""
    by_variant = content.get("words", {}).get(step_id) or {}
    found = by_variant.get(variant_id) or by_variant.get("") or next(iter(by_variant.values()), None)
    if found is None:
        return None
    subject = str(found.get("subject", found.get("title", "")))
    return StepWords(subject, str(found.get("body", "")), str(found.get("channel", "")))
