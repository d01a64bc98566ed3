"""Hand mail to SendGrid's v3 API (POST /v3/mail/send), one message a request, with a clear outcome for each.

The API has no idempotency key, so what a timeout or a 5xx leaves behind is `Uncertain` and never repeated blindly. The
reference travels in custom_args inside the personalization and comes back in every event about this mail.
Source: SendGrid's v3 mail-send description and errors page.
"""

import base64
import http.client
import json
import logging
import socket
import ssl
import time
from typing import Any
from urllib.error import URLError

import python_http_client.exceptions  # type: ignore[import-untyped]
import sendgrid  # type: ignore[import-untyped]

from outreach.transports.message import Accepted, Mailbox, Message, NotSent, Refused, Uncertain

TIMEOUT_S = 20.0
REFERENCE_KEY = "pf_reference"
_CERTAIN_BEFORE_SENDING = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)


class SendgridTransport:
    """Sends each mail with one API call."""

    def __init__(self, api_key: str, *, host: str = "https://api.sendgrid.com", timeout_s: float = TIMEOUT_S) -> None:
        """Send with this key; the client library waits for ever unless told otherwise."""
        # At level DEBUG the library logs the request's headers, and the key is one of them.
        logging.getLogger("python_http_client").setLevel(logging.WARNING)
        self._client = sendgrid.SendGridAPIClient(api_key, host=host).client
        self._client.timeout = timeout_s

    def send(self, message: Message) -> Accepted:
        """Hand one mail in. Raises NotSent, Refused or Uncertain."""
        try:
            response = self._client.mail.send.post(request_body=payload_of(message))
        except python_http_client.exceptions.HTTPError as error:
            raise _judged(error) from None
        except URLError as error:
            raise _judged_connection(error) from error
        except (OSError, http.client.HTTPException) as error:
            raise Uncertain(f"SendGrid had the mail and gave no answer ({error}): it may have been sent.") from error
        if response.status_code not in (200, 202):
            raise Uncertain(f"SendGrid answered {response.status_code}, which it never should: it may have been sent.")
        return Accepted(provider_id=response.headers.get("X-Message-Id") or "")


def payload_of(message: Message) -> dict[str, Any]:
    """Return the request's body for one message."""
    personalization: dict[str, Any] = {"to": [_mailbox(message.to)]}
    headers = dict(message.headers)
    if message.message_id:
        headers["Message-ID"] = message.message_id
    if headers:
        personalization["headers"] = headers
    if message.reference:
        personalization["custom_args"] = {REFERENCE_KEY: message.reference}
    content = [{"type": "text/plain", "value": message.text}]
    if message.html:
        content.append({"type": "text/html", "value": message.html})
    payload: dict[str, Any] = {
        "personalizations": [personalization],
        "from": _mailbox(message.sender),
        "subject": message.subject,
        "content": content,
        # Links of ours are personal and work once: rewritten to a tracking host they would leave a copy there.
        "tracking_settings": {"click_tracking": {"enable": False}, "open_tracking": {"enable": False}},
    }
    if message.pictures:
        payload["attachments"] = [
            {
                "content": base64.b64encode(picture.content).decode(),
                "type": "image/png",
                "filename": f"{picture.name}.png",
                "disposition": "inline",
                "content_id": picture.name,
            }
            for picture in message.pictures
        ]
    if message.reply_to is not None:
        payload["reply_to"] = _mailbox(message.reply_to)
    return payload


def _mailbox(mailbox: Mailbox) -> dict[str, str]:
    # SendGrid refuses ";" and "," in names.
    name = mailbox.name.replace(";", " ").replace(",", " ").strip()
    return {"email": mailbox.address, "name": name} if name else {"email": mailbox.address}


def _judged(error: Any) -> NotSent | Refused | Uncertain:
    status = int(error.status_code)
    reason = f"SendGrid answered {status}: {_words_of(error.body)}"
    if status == 429:
        return NotSent(reason, retry_after_s=_seconds_until_reset(error.headers))
    if status in (401, 403):
        return NotSent(f"{reason}. Check SENDGRID_API_KEY and that MAIL_FROM is a verified sender.")
    if status >= 500:
        return Uncertain(f"{reason}. It may have been sent.")
    return Refused(reason)


def _judged_connection(error: URLError) -> NotSent | Uncertain:
    cause = error.reason
    if isinstance(cause, _CERTAIN_BEFORE_SENDING):
        return NotSent(f"SendGrid cannot be reached: {cause}. Check the network and SENDGRID_API_HOST.")
    return Uncertain(f"The connection to SendGrid broke ({cause}): the mail may have been sent.")


def _words_of(body: bytes | str | None) -> str:
    text = body.decode(errors="replace") if isinstance(body, bytes) else body or ""
    try:
        errors = json.loads(text)["errors"]
        return "; ".join(str(found["message"]) for found in errors)[:300]
    except (ValueError, KeyError, TypeError):
        return " ".join(text.split())[:300] or "no reason given"


def _seconds_until_reset(headers: Any) -> float | None:
    reset_at = (headers or {}).get("X-RateLimit-Reset", "")
    return max(1.0, float(reset_at) - time.time()) if str(reset_at).isdigit() else None
