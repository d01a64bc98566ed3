"""Posts of SendGrid: proven to be its own, kept as they came, answered 2xx. Reading them is a job's work.

The provider repeats a post that gets no 2xx for a day, and drops a received mail for good at any 4xx. So what is not
genuine is refused with a 4xx, and whatever fails on our side with a genuine post ends in a 5xx.
"""

import hmac
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from flask import Blueprint, abort, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.clock import now
from app.db import transaction
from app.extensions import csrf
from app.services.provider_posts import store_post
from app.services.received_mail import SENDGRID_SOURCE, store_mail
from app.web.login import settings_of_app
from app.web.webhooks.inbound_post import read_inbound_post
from outreach.events import is_genuine, load_key

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks/sendgrid")
csrf.exempt(blueprint)

# SendGrid sends 768 kB at most; a mail has 30 MB at most, and grows by a third where its files come as base64.
MAX_EVENTS_BYTES = 4 * 1024 * 1024
MAX_MAIL_BYTES = 48 * 1024 * 1024
SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"


@blueprint.post("/events")
def events() -> tuple[str, int]:
    """Keep a signed post of events; 401 for any other, 404 where no key is set."""
    key = settings_of_app().sendgrid_webhook_public_key
    if not key:
        abort(404)
    body = _body(MAX_EVENTS_BYTES)
    signature, timestamp = request.headers.get(SIGNATURE, ""), request.headers.get(TIMESTAMP, "")
    if not is_genuine(_key(key), signature=signature, timestamp=timestamp, body=body, now=now()):
        return "This is not a post that SendGrid signed lately.", 401
    with transaction() as session:
        store_post(session, body)
    return "", 204


@blueprint.post("/inbound/<secret>")
def inbound(secret: str) -> tuple[str, int]:
    """Keep a mail that Inbound Parse passes on; 404 unless the address ends with the secret."""
    expected = settings_of_app().inbound_secret
    if not expected or not hmac.compare_digest(secret.encode(), expected.encode()):
        abort(404)
    post = read_inbound_post(_body(MAX_MAIL_BYTES), request.headers.get("Content-Type", ""))
    with transaction() as session:
        store_mail(session, post.raw, source=SENDGRID_SOURCE, envelope_to=post.envelope_to)
    return "", 204


@lru_cache(maxsize=2)
def _key(text: str) -> EllipticCurvePublicKey:
    return load_key(text)


def _body(limit: int) -> bytes:
    request.max_content_length = limit
    if (request.content_length or 0) > limit:
        raise RequestEntityTooLarge
    return request.get_data(cache=False)
