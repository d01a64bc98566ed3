"""A fit profile: what a program looks for in a partner, checked in full before anything is scored with it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from scoring.errors import ProfileError
from scoring.words import count_words, terms

MAX_TOPICS = 40
MAX_TOPIC_WORDS = 200
MAX_EXEMPLARS = 100
MAX_WEIGHT = 100.0


class Stance(StrEnum):
    """Whether a topic speaks for a company or against it."""

    WANTS = "wants"
    AVOIDS = "avoids"


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing wanted (or not) in a partner, as a sentence a person wrote."""

    id: str
    text: str
    weight: float = 1.0
    stance: Stance = Stance.WANTS


@dataclass(frozen=True, slots=True)
class SignalRule:
    """A fact read off the site that gives points (positive weight) or takes them (negative)."""

    name: str
    weight: float


@dataclass(frozen=True, slots=True)
class FitProfile:
    """Topics, exemplar companies and gates of one program; empty gates let everyone through."""

    topics: tuple[Topic, ...]
    exemplars: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    signals: tuple[SignalRule, ...] = ()
    exemplar_weight: float = 1.0

    @property
    def wants(self) -> tuple[Topic, ...]:
        """Topics that earn points."""
        return tuple(topic for topic in self.topics if topic.stance is Stance.WANTS)


@dataclass(slots=True)
class _Reader:
    """Collects every problem of a profile while it is read."""

    problems: list[str] = field(default_factory=list)

    def texts(self, data: Mapping[str, Any], key: str, *, pattern: str, what: str) -> tuple[str, ...]:
        """Return the list of strings under `key`, folded and without repeats."""
        raw = data.get(key) or ()
        if isinstance(raw, str) or not isinstance(raw, list | tuple):
            self.problems.append(f"{key} must be a list of {what}")
            return ()
        good: dict[str, None] = {}
        for value in raw:
            folded = value.strip().casefold() if isinstance(value, str) else ""
            if re.fullmatch(pattern, folded):
                good[folded] = None
            else:
                self.problems.append(f"{key}: {value!r} is not one of {what}")
        return tuple(good)

    def weight(self, value: object, *, where: str, low: float = 0.0) -> float:
        """Return a finite weight; zero, NaN and text are problems."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.problems.append(f"{where}: weight must be a number, not {value!r}")
            return 1.0
        if value == 0 or not low <= value <= MAX_WEIGHT:
            bounds = f"above 0 and at most {MAX_WEIGHT:g}" if low == 0 else f"between {low:g} and {MAX_WEIGHT:g}, not 0"
            self.problems.append(f"{where}: weight must be {bounds}, not {value:g}; remove it to ignore it")
            return 1.0
        return float(value)

    def topic(self, raw: object, number: int) -> Topic | None:
        """Return one topic, or None when it cannot be used at all."""
        if not isinstance(raw, Mapping):
            self.problems.append(f"topic {number} must have id, text, weight and stance")
            return None
        text = raw.get("text")
        identity = raw.get("id") or (slug(text) if isinstance(text, str) else "") or f"topic-{number}"
        where = f"topic {identity!r}"
        if not isinstance(identity, str) or not isinstance(text, str) or not terms(text):
            self.problems.append(f"{where}: text must be a sentence that says what is wanted or avoided")
            return None
        if count_words(text) > MAX_TOPIC_WORDS:
            self.problems.append(
                f"{where}: text has {count_words(text):,} words, the model reads {MAX_TOPIC_WORDS} at most; "
                "shorten it or split it into several topics"
            )
        stance = raw.get("stance", Stance.WANTS)
        if stance not in set(Stance):
            self.problems.append(f"{where}: stance must be wants or avoids, not {stance!r}")
            return None
        return Topic(identity, " ".join(text.split()), self.weight(raw.get("weight", 1.0), where=where), Stance(stance))

    def topics(self, raw: object) -> tuple[Topic, ...]:
        """Return the topics, checked for number and repeats."""
        if raw is None:
            return ()
        if not isinstance(raw, list | tuple):
            self.problems.append("topics must be a list")
            return ()
        if len(raw) > MAX_TOPICS:
            self.problems.append(f"{len(raw)} topics are too many: at most {MAX_TOPICS}, merge or remove some")
            return ()
        found = [topic for number, item in enumerate(raw, start=1) if (topic := self.topic(item, number))]
        seen: set[str] = set()
        for topic in found:
            if topic.id in seen:
                self.problems.append(f"topic id {topic.id!r} is used more than once; give each topic its own id")
            seen.add(topic.id)
        return tuple(found)

    def signals(self, raw: object) -> tuple[SignalRule, ...]:
        """Return the signal rules, each `{"name", "weight"}`."""
        rules: list[SignalRule] = []
        for item in raw if isinstance(raw, list | tuple) else ():
            name = item.get("name") if isinstance(item, Mapping) else None
            if not isinstance(name, str) or not name.strip():
                self.problems.append(f"signals: {item!r} has no name")
                continue
            where = f"signal {name!r}"
            rules.append(SignalRule(name.strip(), self.weight(item.get("weight", 1.0), where=where, low=-MAX_WEIGHT)))
        return tuple(rules)


def parse_profile(data: Mapping[str, Any]) -> FitProfile:
    """Return the profile a JSON object describes; raises ProfileError naming every problem at once."""
    if not isinstance(data, Mapping):
        raise ProfileError([f"a profile is a JSON object with topics, not {type(data).__name__}"])
    reader = _Reader()
    topics = reader.topics(data.get("topics"))
    exemplars = reader.texts(data, "exemplars", pattern=r"[^\s/]+\.[^\s/]+", what="company domains such as example.com")
    languages = reader.texts(data, "languages", pattern=r"[a-z]{2,3}", what="language codes such as en")
    countries = reader.texts(data, "countries", pattern=r"[a-z]{2}", what="two-letter country codes such as de")
    signals = reader.signals(data.get("signals"))
    weight = reader.weight(data.get("exemplar_weight", 1.0), where="exemplars")
    if len(exemplars) > MAX_EXEMPLARS:
        reader.problems.append(f"{len(exemplars)} exemplars are too many: at most {MAX_EXEMPLARS}")
    if not exemplars and not any(topic.stance is Stance.WANTS for topic in topics) and not reader.problems:
        reader.problems.append("add at least one topic that says what is wanted, or name an exemplar company")
    if reader.problems:
        raise ProfileError(reader.problems)
    return FitProfile(topics, exemplars, languages, countries, signals, weight)


def slug(text: str) -> str:
    """Return a short id made of the first words of a text."""
    return "-".join(re.findall(r"[a-z0-9]+", text.casefold())[:6])
