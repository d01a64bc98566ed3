"""Candidate companies from directories, partner pages, "best of" lists, sitemaps and pasted links."""

from __future__ import annotations

from scrapers.sources.candidates import MAX_CANDIDATES, Candidate, Found, candidates_from_page, find_on_page
from scrapers.sources.competitors import CompetitorMention, OutboundLink, outbound_links, who_links_to
from scrapers.sources.discover import DiscoverPolicy, Discovery, DiscoveryProgress, discover
from scrapers.sources.naming import name_of_domain
from scrapers.sources.pasted import candidates_from_text, find_in_text
from scrapers.sources.platforms import why_not_a_company

__all__ = [
    "MAX_CANDIDATES",
    "Candidate",
    "CompetitorMention",
    "DiscoverPolicy",
    "Discovery",
    "DiscoveryProgress",
    "Found",
    "OutboundLink",
    "candidates_from_page",
    "candidates_from_text",
    "discover",
    "find_in_text",
    "find_on_page",
    "name_of_domain",
    "outbound_links",
    "who_links_to",
    "why_not_a_company",
]
