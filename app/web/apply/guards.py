"""What keeps programs off the form: a signed start, a least time, and limits per address and mailbox."""

import hashlib
import hmac

from flask import request
from werkzeug.wrappers import Response

from app.clock import now
from app.services.keys import key_for

# Nobody reads the offer and types five fields in less; a person who does is told and presses again.
MIN_FILL_S = 3
ADDRESS_LIMIT = "30 per 10 minutes; 100 per day"
MAILBOX_LIMIT = "5 per day"
LINK_LIMIT = "60 per 10 minutes"


def new_start() -> str:
    """Return the moment the form was first shown, signed."""
    stamp = str(int(now().timestamp()))
    return f"{stamp}.{_mac(stamp)}"


def is_ours(start: str) -> bool:
    """Say whether a start was handed out here and came back unaltered."""
    stamp, _, mac = start.partition(".")
    return stamp.isdecimal() and len(stamp) <= 12 and hmac.compare_digest(mac.encode(), _mac(stamp).encode())


def is_too_quick(start: str) -> bool:
    """Say whether a form came back sooner than a person could; also where its start is missing or altered."""
    return not is_ours(start) or now().timestamp() - int(start.partition(".")[0]) < MIN_FILL_S


def mailbox_key() -> str:
    """Name the mailbox a mail would go to by a hash: limits are logged, addresses are not."""
    email = request.form.get("email", "").strip().lower()[:320]
    return "mailbox:" + hashlib.sha256(email.encode(errors="replace")).hexdigest()[:32]


def was_taken(response: Response) -> bool:
    """Count only what was accepted: a form that came back with errors mailed nobody."""
    return response.status_code == 303


def _mac(stamp: str) -> str:
    return hmac.new(key_for("apply form"), stamp.encode(), hashlib.sha256).hexdigest()[:32]
