"""What a program allows: the countries in which it may write first, the admin's override, and a sender's lock."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import CountryRule, Sender, SenderTransport
from outreach.enrollment import Rules
from outreach.plan_json import window_of
from outreach.sequence import Window

# Stands in a rule's country for "cold mail may leave through the provider's API": an admin's override, audited.
LANE_OVERRIDE = "*"


def rules_of(session: Session, program_id: int) -> Rules:
    """Return the program's rules on cold mail for outreach.planning; without rows nothing cold is sent."""
    allowed = set(
        session.scalars(
            select(CountryRule.country).where(CountryRule.program_id == program_id, CountryRule.allows_cold_mail)
        )
    )
    return Rules(frozenset(allowed - {LANE_OVERRIDE}), LANE_OVERRIDE in allowed)


def sender_hours(sender: Sender) -> Window | None:
    """Return the hours a sender keeps on its own clock, None where it sends at any time."""
    return window_of(sender.hours, f"the hours of {sender.address}") if sender.hours else None


def sending_lock(sender: Sender) -> str:
    """Return in a sentence why nothing may leave from a sender, "" where it may.

    Pauses are not among it: they stand in their own table.
    """
    if sender.archived_at is not None:
        return f"{sender.name} <{sender.address}> was put away. Move its contacts to another sender."
    if sender.transport is not SenderTransport.OUTBOX and not sender.is_cleared:
        return (
            f"The domain of {sender.address} has not passed its check (SPF, DKIM, DMARC). Run the check under Senders, "
            "or ask an admin to clear it."
        )
    if not sender.postal_address.strip():
        return f"{sender.address} has no postal address, and every mail must show one. Add it under Senders."
    return ""
