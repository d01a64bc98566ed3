"""From a profile to rules: topics become directions, and each is measured against ordinary texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scoring.background import Background
from scoring.embedder import Embedder
from scoring.lexicon import Lexicon
from scoring.phrasing import topic_directions
from scoring.profile import FitProfile, Stance, Topic
from scoring.readers import Reader, along
from scoring.rules import Rules

ENGINE = "fit-2"
EXEMPLARS_ID = "exemplars"
# One exemplar counts a fifth of what it is weighed, four a half: measured on stand-in corpora, heard in full one
# exemplar beside a topic made rankings worse than the topic alone.
DOUBT_OF_EXEMPLARS = 4.0


def compile_rules(
    profile: FitProfile,
    *,
    embedder: Embedder,
    background: Background,
    lexicon: Lexicon,
    exemplars: Sequence[tuple[str, NDArray[np.float32]]] = (),
) -> Rules:
    """Return the rules of a profile; `exemplars` are domain and whole-text direction (d,) of known companies."""
    readers = _topic_readers(profile.topics, embedder=embedder, background=background, lexicon=lexicon)
    if exemplars:
        weight = profile.exemplar_weight * heard(len(exemplars)) if profile.wants else profile.exemplar_weight
        reader = _exemplar_reader(exemplars, background, weight=weight)
        readers.append(replace(reader, mean_length=lexicon.mean_length))
    return Rules(
        model=f"{embedder.model_id}/{ENGINE}",
        mean=background.mean,
        readers=tuple(readers),
        signals=profile.signals,
        languages=profile.languages,
        countries=profile.countries,
    )


def heard(exemplars: int) -> float:
    """Return how far exemplars are heard beside topics, 0-1: a single company is many things besides what is wanted."""
    return exemplars / (exemplars + DOUBT_OF_EXEMPLARS)


def _topic_readers(
    topics: Sequence[Topic], *, embedder: Embedder, background: Background, lexicon: Lexicon
) -> list[Reader]:
    if not topics:
        return []
    directions = topic_directions([topic.text for topic in topics], embedder=embedder, mean=background.mean)
    readers = []
    for topic, direction in zip(topics, directions, strict=True):
        usual, spread = along(background.sample, direction)
        weights = lexicon.weights(topic.text)
        readers.append(
            Reader(
                id=topic.id,
                label=topic.text,
                weight=topic.weight,
                wants=topic.stance is Stance.WANTS,
                direction=direction,
                terms=weights,
                usual=usual,
                spread=spread,
                usual_coverage=lexicon.usual_coverage(weights),
                mean_length=lexicon.mean_length,
            )
        )
    return readers


def _exemplar_reader(
    exemplars: Sequence[tuple[str, NDArray[np.float32]]], background: Background, *, weight: float
) -> Reader:
    middle: NDArray[np.float64] = np.stack([whole for _, whole in exemplars]).astype(np.float64).mean(axis=0)
    direction: NDArray[np.float32] = (middle / max(float(np.linalg.norm(middle)), 1e-6)).astype(np.float32)
    usual, spread = along(background.sample, direction)
    names = ", ".join(domain for domain, _ in exemplars[:3]) + ("…" if len(exemplars) > 3 else "")
    return Reader(
        id=EXEMPLARS_ID,
        label=f"Resembles {names}",
        weight=weight,
        wants=True,
        direction=direction,
        terms=(),
        usual=usual,
        spread=spread,
        usual_coverage=0.0,
        mean_length=1.0,
    )
