"""What the provider tells afterwards: signed events, late, twice, shuffled, some under new ids."""

import base64
import http.client
import json
import random
import secrets
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.cli.crash.provider import TakenMail
from app.clock import now

_PATH = "/webhooks/sendgrid/events"
# Shares of the mails taken: most are delivered, few bounce, so that no sender pauses itself in the middle of the test.
BOUNCED, DEFERRED, REPEATED, RENAMED = 0.003, 0.1, 0.3, 0.2
LATE_BY_S = 4.0
AT_ONCE = 40


@dataclass(order=True, slots=True)
class _Due:
    at: float
    number: int
    event: dict[str, Any]


class EventPoster:
    """Posts what becomes of each mail to the product's webhook until told to stop."""

    def __init__(self, *, seed: int) -> None:
        """Sign with a fresh key; its public half goes into the product's settings."""
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._random = random.Random(seed)  # noqa: S311 - dice, no secrets
        self._lock = threading.Lock()
        self._due: list[_Due] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="events", daemon=True)
        self._url = ""
        self.posted = 0

    @property
    def public_key(self) -> str:
        """Return the verification key as SendGrid shows it: base64 of the key's DER."""
        der = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(der).decode()

    @property
    def waiting(self) -> int:
        """Return how many events are not posted yet."""
        with self._lock:
            return len(self._due)

    def start(self, url: str) -> None:
        """Begin to post to the product at this address."""
        self._url = url
        self._thread.start()

    def stop(self) -> None:
        """Stop posting."""
        self._stopping.set()
        self._thread.join(timeout=10)

    def hear_of(self, mail: TakenMail) -> None:
        """Make up what becomes of a mail: most of it soon, some of it late and again."""
        with self._lock:
            dice = self._random
            kinds = ["processed"]
            if dice.random() < DEFERRED:
                kinds.append("deferred")
            kinds.append("bounce" if dice.random() < BOUNCED else "delivered")
            for kind in kinds:
                event = _event(kind, mail)
                times = 1 + (dice.random() < REPEATED)
                for repeat in range(times):
                    again = event | {"sg_event_id": secrets.token_hex(11)} if dice.random() < RENAMED else event
                    due = time.monotonic() + dice.random() * LATE_BY_S * (repeat + 1)
                    self._due.append(_Due(due, len(self._due), again))

    def _run(self) -> None:
        while not self._stopping.is_set():
            events = self._take()
            if not events:
                self._stopping.wait(0.05)
            elif not self._post(events):
                with self._lock:
                    self._due += [_Due(time.monotonic() + 0.5, 0, event) for event in events]
                self._stopping.wait(0.3)
            else:
                self.posted += len(events)

    def _take(self) -> list[dict[str, Any]]:
        """Return some of the events whose time has come, shuffled."""
        with self._lock:
            moment = time.monotonic()
            ready = [due for due in self._due if due.at <= moment]
            self._random.shuffle(ready)
            taken = ready[:AT_ONCE]
            chosen = {id(due) for due in taken}
            self._due = [due for due in self._due if id(due) not in chosen]
        return [due.event for due in taken]

    def _post(self, events: list[dict[str, Any]]) -> bool:
        body = json.dumps(events).encode()
        timestamp = str(int(now().timestamp()))
        signature = self._key.sign(timestamp.encode() + body, ec.ECDSA(SHA256()))
        headers = {
            "Content-Type": "application/json",
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
        }
        try:
            with closing(http.client.HTTPConnection(urlsplit(self._url).netloc, timeout=10)) as connection:
                connection.request("POST", _PATH, body, headers)
                status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return False  # the database may be away just now; it is posted again, as a provider does
        return 200 <= status < 300


def _event(kind: str, mail: TakenMail) -> dict[str, Any]:
    event = {
        "event": kind,
        "email": mail.to_address,
        "timestamp": int(now().timestamp()),
        "sg_event_id": secrets.token_hex(11),
        "sg_message_id": f"{mail.provider_id}.recvd-0000-0",
        "pf_reference": mail.reference,
    }
    if kind == "bounce":
        event |= {"type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 no such user"}
    return event
