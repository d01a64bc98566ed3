"""Candidate companies from directories, partner pages, "best of" lists, sitemaps and pasted links."""

from __future__ import annotations

from scrapers.sources.candidates import Candidate, candidates_from_page, candidates_from_text
from scrapers.sources.competitors import CompetitorMention, who_links_to
from scrapers.sources.discover import DiscoverPolicy, Discovery, discover

__all__ = [
    "Candidate",
    "CompetitorMention",
    "DiscoverPolicy",
    "Discovery",
    "candidates_from_page",
    "candidates_from_text",
    "discover",
    "who_links_to",
]
