"""How often one may try: per network address and per account, counted on the queue server (memory without one).

Every try counts before it is judged, so that a burst of parallel tries cannot slip through; a sign-in that succeeds
gives its tries back, so that an office behind one address is not locked out by its own people.
"""

import hashlib

from flask import request
from flask_login import current_user

from app.extensions import limiter

ADDRESS_LIMIT = "10 per minute; 60 per hour"
ACCOUNT_LIMIT = "10 per 10 minutes"
RESET_ADDRESS_LIMIT = "10 per 10 minutes"
RESET_ACCOUNT_LIMIT = "3 per 10 minutes"
LINK_LIMIT = "30 per 10 minutes"
PROOF_LIMIT = "10 per 10 minutes"


def account_key() -> str:
    """Name the account that is tried by a hash of its e-mail: limits are logged, addresses are not."""
    email = request.form.get("email", "").strip().lower()[:320]
    return "account:" + hashlib.sha256(email.encode(errors="replace")).hexdigest()[:32]


def give_tries_back() -> None:
    """Forget this request's tries: the person has proved who they are."""
    for tried in limiter.current_limits:
        tried.limiter.clear(tried.limit, *tried.request_args)


def user_key() -> str:
    """Name the signed-in person."""
    return f"user:{current_user.id}"
