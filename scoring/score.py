"""Score companies against a fit profile: the part of the engine the app calls.

Score = sum of its parts; part = sum of the passages or facts it cites. What is shown is what was computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scoring.background import Background, built_in_background
from scoring.compile import compile_rules
from scoring.confidence import confidence_of
from scoring.corpus import MIN_COMPANIES, Corpus, Texts, texts_of, with_vectors
from scoring.decisions import Decision
from scoring.embedder import Embedder
from scoring.errors import WrongModel
from scoring.evidence import SignalFact, SiteEvidence
from scoring.feedback import refine
from scoring.learn import Lesson, learn_head
from scoring.lexicon import Lexicon, built_in_lexicon
from scoring.profile import FitProfile
from scoring.result import Citation, FitScore, Part, no_score
from scoring.rules import Rules, judge, quick_score
from scoring.scale import on_scale_of
from scoring.silence import reason_for_silence
from scoring.view import SiteView, view_site, whole_text

__all__ = ["Background", "Citation", "Decision", "FitScore", "Part", "Scorer", "SignalFact", "SiteEvidence"]


class Scorer:
    """A profile made ready for one embedding model; scoring a company never depends on the others in the batch."""

    def __init__(
        self,
        profile: FitProfile,
        *,
        embedder: Embedder,
        background: Background | None = None,
        lexicon: Lexicon | None = None,
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
        known = [
            (site.domain, whole_text(self.vectors(site).astype(np.float32), self.background.mean))
            for site in exemplars
            if self.silence(site) is None
        ]
        self.rules: Rules = compile_rules(
            profile,
            embedder=embedder,
            background=self.background,
            lexicon=lexicon or built_in_lexicon(),
            exemplars=known,
        )
        self.model = self.rules.model

    @classmethod
    def for_corpus(
        cls,
        profile: FitProfile,
        sites: Sequence[SiteEvidence],
        *,
        embedder: Embedder,
        exemplars: Sequence[SiteEvidence] = (),
    ) -> Scorer:
        """Return a scorer that takes the given companies as what is ordinary and learns from each topic's first hits.

        With fewer than 50 readable companies it is the plain scorer: too few to say what is ordinary.
        """
        plain = cls(profile, embedder=embedder, exemplars=exemplars)
        readable = [with_vectors(site, plain.vectors(site)) for site in sites if plain.silence(site) is None]
        if len(readable) < MIN_COMPANIES:
            return plain
        corpus = Corpus.of(readable, model_id=embedder.model_id)
        return cls.among(profile, corpus, texts=texts_of(readable), embedder=embedder, exemplars=exemplars)

    @classmethod
    def among(
        cls,
        profile: FitProfile,
        corpus: Corpus,
        *,
        texts: Texts,
        embedder: Embedder,
        exemplars: Sequence[SiteEvidence] = (),
    ) -> Scorer:
        """Return the same for a corpus made before; `texts` gives the words of its companies by their row."""
        tuned = cls(
            profile, embedder=embedder, background=corpus.background, lexicon=corpus.lexicon, exemplars=exemplars
        )
        rules = refine(tuned.rules, corpus, texts=texts, embedder=embedder)
        rules = on_scale_of(cls(profile, embedder=embedder, exemplars=exemplars).rules, rules, corpus)
        return tuned.with_rules(replace(rules, model=f"{rules.model}@{len(corpus)}"))

    def with_rules(self, rules: Rules) -> Scorer:
        """Return a copy of this scorer that uses other rules, for instance learned or frozen ones."""
        copy = object.__new__(Scorer)
        copy.profile, copy.embedder, copy.background = self.profile, self.embedder, self.background
        copy.rules, copy.model = rules, rules.model
        return copy

    def learned(self, decisions: Sequence[Decision], *, corpus: Sequence[SiteEvidence] = ()) -> Scorer:
        """Return a scorer that also weighs what the program decided; raises NotEnoughDecisions below the minimum.

        `corpus` are other companies of the program, decided or not: they say what was not chosen.
        """
        lessons = [
            Lesson(view, quick_score(self.rules, view), decision.approved)
            for decision in decisions
            if (view := self.view(decision.site))
        ]
        others = [view for site in corpus if (view := self.view(site))]
        head = learn_head(lessons, corpus=[(view, quick_score(self.rules, view)) for view in others])
        return self.with_rules(replace(self.rules, head=head, model=f"{self.model}+{head.decisions}"))

    def score(self, site: SiteEvidence) -> FitScore:
        """Return the fit of one company, or no number and the reason."""
        why = self.silence(site)
        if why is None and not self.rules.wanted:
            why = "none of the profile's exemplar companies has been read yet; crawl one or add a topic"
        if why is not None:
            return no_score(site.domain, why=why, model=self.model)
        view = view_site(site, self.vectors(site), mean=self.rules.mean)
        judged = judge(self.rules, view)
        probability = self.rules.head.probability(judged.log_odds) if self.rules.head else None
        confidence = confidence_of(self.rules, view)
        return FitScore(judged.score, None, probability, judged.parts, confidence, self.model, site.domain)

    def score_many(self, sites: Iterable[SiteEvidence]) -> list[FitScore]:
        """Return one score per company, in order."""
        return [self.score(site) for site in sites]

    def silence(self, site: SiteEvidence) -> str | None:
        """Return why a company gets no number, or None."""
        return reason_for_silence(site, model_id=self.embedder.model_id)

    def view(self, site: SiteEvidence) -> SiteView | None:
        """Return a company as the rules see it, or None when there is too little to read."""
        if self.silence(site) is not None:
            return None
        return view_site(site, self.vectors(site), mean=self.rules.mean)

    def vectors(self, site: SiteEvidence) -> NDArray[np.float16]:
        """Return the vectors of a site's passages (n, d); raises WrongModel where they are another model's."""
        if site.vectors is None:
            return self.embedder.encode([passage.text for passage in site.passages])
        if site.vector_model not in (None, self.embedder.model_id):
            raise WrongModel(
                f"the vectors of {site.domain} were made by {site.vector_model}, this scorer uses "
                f"{self.embedder.model_id}; embed its passages again"
            )
        if site.vectors.shape != (len(site.passages), self.embedder.dimension):
            raise WrongModel(
                f"{site.domain} has {len(site.passages)} passages, but vectors of shape {site.vectors.shape} where "
                f"{self.embedder.model_id} makes {self.embedder.dimension} numbers each; embed its passages again"
            )
        return site.vectors
