"""Received mail: what kind it is, whom it concerns, and what is new in it."""

from outreach.inbound.classify import Classified, InboundKind, classify

__all__ = ["Classified", "InboundKind", "classify"]
