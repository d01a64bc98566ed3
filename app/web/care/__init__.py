"""Looking after partners: results, terms changes, compliance cases, broadcasts, and one page a partner."""

from app.web.care import broadcasts, cases, imports, introductions, joint, overview, partner, terms
from app.web.care.blueprint import blueprint

__all__ = ["blueprint", "broadcasts", "cases", "imports", "introductions", "joint", "overview", "partner", "terms"]
