"""Whether a domain is fit to send: SPF, DKIM and DMARC, read from DNS the way mailbox providers read them.

The resolver is given, so that tests need no network. What is looked for stands in RFC 7208 (SPF), 6376 (DKIM) and 7489
(DMARC); which of it Gmail, Yahoo and Outlook.com ask of senders, in their own sender guidelines.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from publicsuffixlist import PublicSuffixList

MAX_SPF_LOOKUPS = 10
# Asked when the sender names no selector of its own: what large providers use.
USUAL_SELECTORS = ("default", "google", "selector1", "selector2", "s1", "s2", "k1", "k2", "mail", "dkim", "smtp", "fm1")
_suffixes = PublicSuffixList()

# Name and record type ("TXT", "CNAME") to the texts found; [] where there are none. Raises DnsSilent without an answer.
Resolve = Callable[[str, str], list[str]]


class DnsSilent(Exception):
    """DNS gave no answer, which says nothing about the record; the text names the cause."""


class Verdict(StrEnum):
    """What a check came to; `unknown` where DNS gave no answer."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was found, and what to do about it."""

    verdict: Verdict
    sentence: str
    record: str = ""


@dataclass(frozen=True, slots=True)
class Preflight:
    """The checks before a sender may send: its domain's three records, and the page every mail links to.

    `way_out` is None where there is nothing to look at: nobody outside reaches a product in development.
    """

    spf: Finding
    dkim: Finding
    dmarc: Finding
    way_out: Finding | None = None

    @property
    def findings(self) -> dict[str, Finding]:
        """Return the checks that were made, by name."""
        found = {"spf": self.spf, "dkim": self.dkim, "dmarc": self.dmarc}
        return found if self.way_out is None else {**found, "way_out": self.way_out}

    @property
    def is_green(self) -> bool:
        """Say whether all that was checked is good."""
        return all(each.verdict is Verdict.GOOD for each in self.findings.values())


def check_domain(domain: str, resolve: Resolve, *, selectors: Iterable[str] = ()) -> Preflight:
    """Check a sending domain; `selectors` are the DKIM selectors its mail is signed with, where known."""
    return Preflight(
        spf=_asked(lambda: _spf(domain, resolve)),
        dkim=_asked(lambda: _dkim(domain, resolve, tuple(selectors))),
        dmarc=_asked(lambda: _dmarc(domain, resolve)),
    )


def _asked(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except DnsSilent as error:
        return Finding(Verdict.UNKNOWN, f"DNS gave no answer ({error}). Try again in a few minutes.")


def _spf(domain: str, resolve: Resolve) -> Finding:
    records = [text for text in resolve(domain, "TXT") if text.lower().split(" ")[0] == "v=spf1"]
    if not records:
        return Finding(Verdict.BAD, f"{domain} has no SPF record. Add a TXT record that names who sends for it.")
    if len(records) > 1:
        return Finding(
            Verdict.BAD, f"{domain} has {len(records)} SPF records, which counts as none. Merge them.", records[0]
        )
    record = records[0]
    lookups = _lookups(record, resolve, seen={domain})
    if lookups > MAX_SPF_LOOKUPS:
        cause = f"needs more than {MAX_SPF_LOOKUPS} DNS look-ups, so receivers give up. Take out includes."
        return Finding(Verdict.BAD, f"The SPF record of {domain} {cause}", record)
    if re.search(r"(?:^|\s)\+?all(?:\s|$)", record.lower()):
        return Finding(Verdict.BAD, f"The SPF record of {domain} lets everybody send (+all). End it with ~all.", record)
    return Finding(Verdict.GOOD, f"SPF is there and needs {lookups} of {MAX_SPF_LOOKUPS} look-ups.", record)


def _lookups(record: str, resolve: Resolve, *, seen: set[str]) -> int:
    """Count the DNS look-ups an SPF record costs (RFC 7208, 4.6.4), its includes' too; stops above the limit."""
    count = 0
    for term in record.lower().split()[1:]:
        name, _, value = term.lstrip("+-~?").partition(":")
        if term.startswith("redirect="):
            name, value = "include", term.removeprefix("redirect=")
        mechanism = name.partition("/")[0]
        if mechanism not in ("include", "a", "mx", "ptr", "exists"):
            continue
        count += 1
        if mechanism == "include" and value and value not in seen and count <= MAX_SPF_LOOKUPS:
            inner = [text for text in resolve(value, "TXT") if text.lower().startswith("v=spf1")]
            count += _lookups(inner[0], resolve, seen=seen | {value}) if inner else 0
        if count > MAX_SPF_LOOKUPS:
            break
    return count


def _dkim(domain: str, resolve: Resolve, selectors: tuple[str, ...]) -> Finding:
    problems = []
    for selector in selectors or USUAL_SELECTORS:
        records = resolve(f"{selector}._domainkey.{domain}", "TXT")
        record = next((text for text in records if "p=" in text.replace(" ", "")), "")
        if not record:
            problems.append(f"{selector}._domainkey.{domain} holds no key.")
        elif not _has_key(record):
            problems.append(
                f"The key of {selector}._domainkey.{domain} is empty or broken, which means it was revoked."
            )
        else:
            return Finding(Verdict.GOOD, f"DKIM: the key of the selector {selector} is there.", record)
    if selectors:
        return Finding(Verdict.BAD, f"{problems[0]} Publish the key that your mail provider gave you.")
    return Finding(
        Verdict.BAD,
        f"No DKIM key of {domain} was found under the usual selectors. Enter the one that your mail provider uses.",
    )


def _has_key(record: str) -> bool:
    tags = dict(part.strip().partition("=")[::2] for part in record.split(";") if "=" in part)
    try:
        return len(base64.b64decode("".join(tags.get("p", "").split()), validate=True)) > 30
    except (binascii.Error, ValueError):
        return False


def _dmarc(domain: str, resolve: Resolve) -> Finding:
    parent = _suffixes.privatesuffix(domain) or domain
    for name in dict.fromkeys((domain, parent)):
        records = [text for text in resolve(f"_dmarc.{name}", "TXT") if text.lower().startswith("v=dmarc1")]
        if len(records) > 1:
            return Finding(Verdict.BAD, f"_dmarc.{name} has {len(records)} records, which counts as none. Keep one.")
        if records:
            return _policy(name, domain, records[0])
    return Finding(
        Verdict.BAD, f"{domain} has no DMARC record. Add the TXT record _dmarc.{parent} with v=DMARC1; p=none."
    )


def _policy(name: str, domain: str, record: str) -> Finding:
    tags = {
        key.strip().lower(): value.strip().lower()
        for key, _, value in (part.partition("=") for part in record.split(";"))
    }
    policy = tags.get("sp", tags.get("p", "")) if name != domain else tags.get("p", "")
    if policy not in ("none", "quarantine", "reject"):
        return Finding(
            Verdict.BAD, f"The DMARC record of {name} names no policy (p=none, quarantine or reject).", record
        )
    return Finding(Verdict.GOOD, f"DMARC is there with the policy {policy}.", record)
