"""The pre-flight of a sender: its domain's records and the way out of its mail, recorded, overridden by an admin.

DNS and the unsubscribe page are asked with no transaction open.
"""

from collections.abc import Mapping
from dataclasses import replace

import dns.exception
import dns.resolver
from sqlalchemy.orm import Session

from app.clock import now
from app.config import Settings
from app.languages import gettext as _
from app.models import Sender, User
from app.services.audit import record_audit
from app.services.errors import InvalidInput
from app.services.links import unsubscribe_page
from app.services.unsubscribes import unsubscribe_token
from outreach.preflight import DnsSilent, Finding, Preflight, Resolve, Verdict, check_domain
from outreach.way_out import Ask, ask_page, check_way_out

LIFETIME_S = 5.0
# Stands in the page that the link of a mail opens (templates/unsubscribe/ask.html).
WAY_OUT_MARKER = 'data-page="unsubscribe"'


def resolve_dns(name: str, kind: str) -> list[str]:
    """Ask DNS for records of a type and return their texts; the resolver that outreach.preflight is given."""
    try:
        answer = dns.resolver.resolve(name, kind, lifetime=LIFETIME_S)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise DnsSilent(str(error) or type(error).__name__) from error
    return [b"".join(row.strings).decode("utf-8", "replace") if kind == "TXT" else row.to_text() for row in answer]


def look_up(
    address: str, selectors: list[str], resolve: Resolve = resolve_dns, *, way_out: Finding | None = None
) -> Preflight:
    """Check the domain of a sender's address; takes seconds, so no transaction may be open."""
    return replace(check_domain(address.rpartition("@")[2], resolve, selectors=selectors), way_out=way_out)


def look_at_way_out(address: str, settings: Settings, *, ask: Ask = ask_page) -> Finding | None:
    """Check the unsubscribe page as a receiver of this sender's mail finds it; None outside production.

    Looking changes nothing. Takes seconds, so no transaction may be open.
    """
    if not settings.is_production:
        return None
    return check_way_out(unsubscribe_page(unsubscribe_token(address, "")), marker=WAY_OUT_MARKER, ask=ask)


def record_preflight(session: Session, sender: Sender, found: Preflight, *, actor: User) -> bool:
    """Keep what was found with its time, and open or lock the sender accordingly; return whether it may send.

    A silent DNS changes nothing: neither does it lock a sender that was green, nor open one.
    """
    checks = found.findings
    sender.checks = {
        name: {"verdict": each.verdict.value, "sentence": each.sentence, "record": each.record}
        for name, each in checks.items()
    }
    sender.checked_at = now()
    if all(each.verdict is not Verdict.UNKNOWN for each in checks.values()) and sender.cleared_by_id is None:
        sender.is_cleared = found.is_green
    details = {name: each.verdict.value for name, each in checks.items()}
    _audit(session, "sender.checked", sender, actor, details)
    return sender.is_cleared


def override_preflight(session: Session, sender: Sender, *, reason: str, actor: User) -> None:
    """Let a sender send although its domain's check is not green; the audit log keeps who and why."""
    if not reason.strip():
        raise InvalidInput({"reason": _("Say why it may send all the same: it stands in the audit log.")})
    sender.is_cleared, sender.cleared_by_id = True, actor.id
    _audit(session, "sender.cleared", sender, actor, {"reason": reason.strip()[:500], "checks": sender.checks})


def withdraw_override(session: Session, sender: Sender, *, actor: User) -> None:
    """Take an override back: what the check found counts again."""
    sender.cleared_by_id = None
    sender.is_cleared = bool(sender.checks) and all(
        each.get("verdict") == Verdict.GOOD for each in sender.checks.values()
    )
    _audit(session, "sender.override_withdrawn", sender, actor, {})


def _audit(session: Session, action: str, sender: Sender, actor: User, details: Mapping[str, object]) -> None:
    record_audit(
        session,
        action,
        subject=f"sender:{sender.id}",
        actor_id=actor.id,
        program_id=sender.program_id,
        details=dict(details),
    )
