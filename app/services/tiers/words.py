"""How one gets into a tier, and what a partner's results say of it: in the words of whoever reads."""

from app.models.tier import Tier
from app.queries.tier_standing import Reached, is_by_hand
from app.services.languages import counted, money, month_words
from app.services.languages import gettext as _


def entry_words(tier: Tier, *, is_first: bool = False) -> str:
    """Say what leads into a tier; the first of a program is where partners begin unless it asks for something."""
    if is_by_hand(tier):
        return _("Where partners begin.") if is_first else _("By agreement with us.")
    amount = money(tier.least_cents or 0, tier.currency)
    leads = counted("%(num)s lead", "%(num)s leads", tier.least_leads or 0)
    if tier.least_cents is None:
        return counted(
            "At least %(leads)s in a month.", "At least %(leads)s in %(num)s months.", tier.months, leads=leads
        )
    if tier.least_leads is None:
        return counted(
            "At least %(amount)s of revenue in a month.",
            "At least %(amount)s of revenue in %(num)s months.",
            tier.months,
            amount=amount,
        )
    if tier.is_either:
        return counted(
            "At least %(amount)s of revenue or %(leads)s in a month.",
            "At least %(amount)s of revenue or %(leads)s in %(num)s months.",
            tier.months,
            amount=amount,
            leads=leads,
        )
    return counted(
        "At least %(amount)s of revenue and %(leads)s in a month.",
        "At least %(amount)s of revenue and %(leads)s in %(num)s months.",
        tier.months,
        amount=amount,
        leads=leads,
    )


def reached_words(tier: Tier, reached: Reached) -> str:
    """Say what a partner's results come to, of what the tier asks for; "" where it is given by hand."""
    since = month_words(reached.since)
    leads = counted("%(num)s lead", "%(num)s leads", reached.leads)
    amount = money(reached.cents, tier.currency)
    if is_by_hand(tier):
        return ""
    if tier.least_cents is None:
        return _("%(leads)s since %(month)s", leads=leads, month=since)
    if tier.least_leads is None:
        return _("%(amount)s of revenue since %(month)s", amount=amount, month=since)
    return _("%(amount)s of revenue and %(leads)s since %(month)s", amount=amount, leads=leads, month=since)
