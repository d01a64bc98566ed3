"""What a mail provider says of many mails, as it really comes: repeated, shuffled, under new ids, without ids."""

import json
import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.clock import now

NEW_ID, NO_ID, MOST_REPEATS = 0.2, 0.05, 46
# What becomes of mails, by how often: the last event of each life is the strongest.
LIVES = (
    (60, ("processed", "delivered")),
    (12, ("processed", "deferred", "delivered")),
    (8, ("processed", "delivered", "open", "click")),
    (6, ("processed", "deferred", "bounce")),
    (4, ("processed", "delivered", "spamreport")),
    (4, ("processed", "delivered", "unsubscribe")),
    (3, ("processed", "delivered", "bounce")),
    (2, ("delivered", "unsubscribe", "spamreport")),
    (1, ("dropped",)),
)


@dataclass(frozen=True, slots=True)
class Storm:
    """The posts of a storm, and the same events once each in the order they happened."""

    posts: list[bytes]
    in_order: list[bytes]
    events: int


def make_storm(references: dict[str, str], *, seed: int, at_once: int = 100) -> Storm:
    """Make the events of mails, by reference of the mail and of its twin that hears everything in order."""
    dice = random.Random(seed)
    stormy: list[dict[str, Any]] = []
    calm: list[dict[str, Any]] = []
    for reference, twin in references.items():
        for event in _life(dice, reference):
            calm.append(event | {"pf_reference": twin, "sg_event_id": f"calm-{event['sg_event_id']}"})
            stormy += _repeated(dice, event)
    dice.shuffle(stormy)
    return Storm(_posts(stormy, at_once), _posts(calm, at_once), len(stormy))


def _life(dice: random.Random, reference: str) -> list[dict[str, Any]]:
    [kinds] = dice.choices([life for _, life in LIVES], weights=[weight for weight, _ in LIVES])
    began = now() - timedelta(hours=29)
    return [
        {
            "event": kind,
            "timestamp": int((began + timedelta(seconds=40 * step + dice.randrange(30))).timestamp()),
            "sg_event_id": f"{reference}-{step}",
            "email": "",
            "pf_reference": reference,
            **({"type": "bounce", "status": "5.1.1", "reason": "550 no such user"} if kind == "bounce" else {}),
        }
        for step, kind in enumerate(kinds)
    ]


def _repeated(dice: random.Random, event: dict[str, Any]) -> list[dict[str, Any]]:
    """Return an event as often as it comes: mostly once or twice, rarely dozens of times."""
    times = min(MOST_REPEATS, 1 + int(dice.paretovariate(1.3)) - 1)
    found = []
    for repeat in range(max(1, times)):
        copy = dict(event)
        place = dice.random()
        if place < NO_ID:
            del copy["sg_event_id"]
        elif place < NO_ID + NEW_ID:
            copy["sg_event_id"] = f"{event['sg_event_id']}-again-{repeat}"
        found.append(copy)
    return found


def _posts(events: list[dict[str, Any]], at_once: int) -> list[bytes]:
    return [json.dumps(events[start : start + at_once]).encode() for start in range(0, len(events), at_once)]
