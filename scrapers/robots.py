"""robots.txt by RFC 9309: what our agent may read of a host, how often, and where its sitemaps are.

A 4xx answer means there are no rules; a 5xx answer or no answer means we do not crawl. Parsing is protego's, on a
text reduced to the groups that concern us, so that a hostile file of 100,000 agents costs nothing.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from protego import Protego

_MAX_LINE_CHARS = 2_000
_MAX_SITEMAPS = 20
_AGENT_LINE = re.compile(r"\s*user[- ]?agent\s*:?\s*(.*)", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z_-]+")


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """The rules of one host for one agent. `refusal` is set when nothing may be read, and says why."""

    agent: str
    rules: Protego | None = None
    refusal: str | None = None

    def allows(self, url: str) -> bool:
        """Tell whether the agent may read this URL."""
        if self.refusal is not None:
            return False
        return self.rules is None or bool(self.rules.can_fetch(url, self.agent))

    def delay_s(self) -> float | None:
        """Seconds the host asks for between requests (Crawl-delay), or None."""
        delay = self.rules.crawl_delay(self.agent) if self.rules is not None else None
        return None if delay is None or not delay >= 0 else float(delay)

    def sitemaps(self) -> tuple[str, ...]:
        """Addresses of sitemaps the file names, as written, at most 20."""
        return tuple(self.rules.sitemaps)[:_MAX_SITEMAPS] if self.rules is not None else ()


def product_token(user_agent: str) -> str:
    """The name by which robots.txt addresses an agent: cut at the first space, then at the first `/`."""
    return user_agent.partition(" ")[0].partition("/")[0]


def parse_robots(body: bytes, *, user_agent: str) -> RobotsRules:
    """Read a robots.txt body, whatever it holds: binary and HTML have no rules in them and forbid nothing."""
    agent = product_token(user_agent)
    wide = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = body.decode("utf-16" if wide else "utf-8-sig", errors="replace").replace("\x00", "")
    return RobotsRules(agent, Protego.parse("\n".join(_relevant_lines(text, agent.lower()))))


def rules_for_status(status: int, body: bytes, *, user_agent: str) -> RobotsRules:
    """Turn an answer for robots.txt into rules: 2xx is read, 4xx allows, anything else refuses."""
    if 200 <= status < 300:
        return parse_robots(body, user_agent=user_agent)
    agent = product_token(user_agent)
    if 400 <= status < 500 and status != 429:
        return RobotsRules(agent)
    return RobotsRules(agent, refusal=f"its robots.txt answers {status}, which means do not crawl now")


def _relevant_lines(text: str, agent: str) -> list[str]:
    """Keep rule lines; name every foreign agent `other`, so that a run of them collapses into one."""
    kept: list[str] = []
    for line in re.split(r"\r\n|\r|\n", text):
        found = _AGENT_LINE.match(line[:_MAX_LINE_CHARS])
        if found:
            line = f"User-agent: {_agent_name(found.group(1), agent)}"
            if kept and kept[-1] == line:
                continue
        if len(line) <= _MAX_LINE_CHARS:
            kept.append(line)
    return kept


def _agent_name(value: str, agent: str) -> str:
    named = value.partition("#")[0].strip().lower()
    if named == "*":
        return "*"
    token = _TOKEN.match(named)
    return agent if token and token.group() == agent else "other-agent"
