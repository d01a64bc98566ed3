"""Score companies against a fit profile: the part of the engine the app calls.

Score = sum of its parts; part = sum of the passages or facts it cites. What is shown is what was computed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from scoring.background import Background, built_in_background
from scoring.embedder import Embedder
from scoring.errors import WrongModel
from scoring.evidence import SignalFact, SiteEvidence
from scoring.passages import Passage
from scoring.profile import FitProfile, Stance
from scoring.readers import Reader, match, pool, shares
from scoring.result import Citation, FitScore, Part, no_score, total
from scoring.words import terms

__all__ = ["Background", "Citation", "FitScore", "Part", "Scorer", "SignalFact", "SiteEvidence"]

ENGINE = "fit-1"
MIN_DISTINCT_TERMS = 4


class Scorer:
    """A profile made ready for one embedding model; scoring a company never depends on the others in the batch."""

    def __init__(
        self,
        profile: FitProfile,
        *,
        embedder: Embedder,
        background: Background | None = None,
        exemplars: Sequence[SiteEvidence] = (),
    ) -> None:
        """Embed the topics; `exemplars` are the evidence of the profile's exemplar companies, where known."""
        self.profile = profile
        self.embedder = embedder
        self.background = background or built_in_background(embedder)
        if self.background.model_id != embedder.model_id:
            raise WrongModel(
                f"the background was measured with {self.background.model_id}, the scorer uses {embedder.model_id}; "
                "measure it again with Background.from_vectors"
            )
        self.model = f"{embedder.model_id}/{ENGINE}"
        self._readers = [*self._topic_readers(), *self._exemplar_readers(exemplars)]
        rules = [rule.weight for rule in profile.signals if rule.weight > 0]
        self._wanted = math.fsum([*(reader.weight for reader in self._readers if reader.wants), *rules])

    def score(self, site: SiteEvidence) -> FitScore:
        """Return the fit of one company, or no number and the reason."""
        why = reason_for_silence(site)
        if why or not self._wanted:
            why = why or "none of the profile's exemplar companies has been read yet; crawl one or add a topic"
            return no_score(site.domain, why=why, model=self.model)
        centered = self.background.centered(self._vectors(site))
        found = [(reader, reader.strengths(centered)) for reader in self._readers]
        parts = [self._part(reader, strengths, site.passages) for reader, strengths in found]
        parts.extend(self._signal_parts(site))
        balanced = _never_below_zero(parts)
        score = min(100.0, max(0.0, total(balanced)))
        return FitScore(score, None, None, balanced, _confidence(site), self.model, site.domain)

    def score_many(self, sites: Iterable[SiteEvidence]) -> list[FitScore]:
        """Return one score per company, in order."""
        return [self.score(site) for site in sites]

    def _vectors(self, site: SiteEvidence) -> NDArray[np.float16]:
        if site.vectors is None:
            return self.embedder.encode([passage.text for passage in site.passages])
        if site.vector_model not in (None, self.embedder.model_id):
            raise WrongModel(
                f"the vectors of {site.domain} were made by {site.vector_model}, this scorer uses "
                f"{self.embedder.model_id}; embed its passages again"
            )
        if len(site.vectors) != len(site.passages):
            raise WrongModel(f"{site.domain} has {len(site.passages)} passages but {len(site.vectors)} vectors")
        return site.vectors

    def _topic_readers(self) -> list[Reader]:
        topics = self.profile.topics
        if not topics:
            return []
        vectors = self.background.centered(self.embedder.encode([topic.text for topic in topics]))
        return [
            Reader.on(
                self.background,
                vector,
                id=topic.id,
                label=topic.text,
                weight=topic.weight,
                wants=topic.stance is Stance.WANTS,
            )
            for topic, vector in zip(topics, vectors, strict=True)
        ]

    def _exemplar_readers(self, exemplars: Sequence[SiteEvidence]) -> list[Reader]:
        known = [site for site in exemplars if not reason_for_silence(site)]
        if not known:
            return []
        means = [self.background.centered(self._vectors(site)).mean(axis=0) for site in known]
        direction = np.mean(means, axis=0)
        direction = (direction / max(float(np.linalg.norm(direction)), 1e-6)).astype(np.float32)
        label = "Resembles " + ", ".join(site.domain for site in known[:3]) + ("…" if len(known) > 3 else "")
        weight = self.profile.exemplar_weight
        return [Reader.on(self.background, direction, id="exemplars", label=label, weight=weight, wants=True)]

    def _part(self, reader: Reader, strengths: NDArray[np.float64], passages: Sequence[Passage]) -> Part:
        of = 100.0 * reader.weight / self._wanted * (1.0 if reader.wants else -1.0)
        return _part(reader.id, reader.label, of=of, points=of * match(pool(strengths)), cited=(strengths, passages))

    def _signal_parts(self, site: SiteEvidence) -> list[Part]:
        parts = []
        for rule in self.profile.signals:
            of = 100.0 * rule.weight / self._wanted
            facts = [fact for fact in site.signals if fact.name == rule.name]
            cited = tuple(Citation(f.url, 0, len(f.quote), f.quote, of / len(facts)) for f in facts)
            points = math.fsum(citation.points for citation in cited)
            parts.append(Part(f"signal:{rule.name}", rule.name.replace("_", " "), points, of, cited))
        return parts


def reason_for_silence(site: SiteEvidence) -> str | None:
    """Return in words why a company gets no number, or None when there is enough to read."""
    if site.unreadable:
        return site.unreadable
    if not site.passages:
        return "no readable text was found; crawl the site again or add a page that says what the company does"
    distinct: set[str] = set()
    for passage in site.passages:
        distinct.update(terms(passage.text))
        if len(distinct) >= MIN_DISTINCT_TERMS:
            return None
    return (
        f"too little text: {len(distinct)} meaningful words, at least {MIN_DISTINCT_TERMS} are needed; "
        "add a page that says what the company does"
    )


def _part(
    id: str,
    label: str,
    *,
    of: float,
    points: float,
    cited: tuple[NDArray[np.float64], Sequence[Passage]],
) -> Part:
    strengths, passages = cited
    portions = shares(strengths)
    order = [int(i) for i in np.argsort(-portions, kind="stable") if portions[i] > 0]
    citations = tuple(
        Citation(passages[i].url, passages[i].start, passages[i].end, passages[i].text, points * float(portions[i]))
        for i in order
    )
    return Part(id, label, math.fsum(citation.points for citation in citations), of, citations)


def _never_below_zero(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Scale down what is taken away so that it never exceeds what was earned; the sum stays the score."""
    earned = math.fsum(part.points for part in parts if part.points > 0)
    taken = -math.fsum(part.points for part in parts if part.points < 0)
    if taken <= earned:
        return tuple(parts)
    factor = earned / taken
    return tuple(_scaled(part, factor) if part.points < 0 else part for part in parts)


def _scaled(part: Part, factor: float) -> Part:
    citations = tuple(Citation(c.url, c.start, c.end, c.quote, c.points * factor) for c in part.citations)
    return Part(part.id, part.label, math.fsum(c.points for c in citations), part.of, citations)


def _confidence(site: SiteEvidence) -> float:
    words = sum(len(passage.text.split()) for passage in site.passages)
    return float(1.0 - math.exp(-words / 150.0))
