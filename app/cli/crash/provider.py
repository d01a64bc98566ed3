"""A mail provider to crash against: SendGrid's door, on loopback, that answers as badly as a provider can.

It keeps the one true list of the mails it took, which the ledger is compared with in the end.
"""

import json
import random
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from app.clock import now


class Manner(StrEnum):
    """How one request is treated."""

    ACCEPT = "accept"
    ACCEPT_SLOWLY = "accept slowly"
    ACCEPT_AND_FALL_SILENT = "accept, then time out"
    ACCEPT_AND_RESET = "accept, then reset"
    ACCEPT_AND_FAIL = "accept, then 500"
    ACCEPT_AND_TALK_GARBAGE = "accept, then garbage"
    DROP = "drop before"
    FAIL = "500"
    SLOW_DOWN = "429 with reset"


TAKEN = frozenset(manner for manner in Manner if manner.value.startswith("accept"))
# Of a thousand requests; what is left of it is accepted at once.
SHARES = {
    Manner.ACCEPT_SLOWLY: 30,
    Manner.ACCEPT_AND_FALL_SILENT: 5,
    Manner.ACCEPT_AND_RESET: 15,
    Manner.ACCEPT_AND_FAIL: 10,
    Manner.ACCEPT_AND_TALK_GARBAGE: 10,
    Manner.DROP: 15,
    Manner.FAIL: 10,
    Manner.SLOW_DOWN: 20,
}
QUICK_S, SLOW_S = 0.02, 0.6
MAX_BODY_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class TakenMail:
    """One mail the provider took: to whom, by which of our references, and its own id."""

    to_address: str
    reference: str
    provider_id: str


@dataclass
class Books:
    """What the provider knows: the mails it took, in order, and how often it was how rude."""

    taken: list[TakenMail] = field(default_factory=list)
    manners: dict[Manner, int] = field(default_factory=lambda: dict.fromkeys(Manner, 0))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, manner: Manner, mail: TakenMail) -> None:
        """Count a request, and its mail where it was taken."""
        with self.lock:
            self.manners[manner] += 1
            if manner in TAKEN:
                self.taken.append(mail)

    def copy(self) -> list[TakenMail]:
        """Return the mails taken so far."""
        with self.lock:
            return list(self.taken)


class FakeProvider:
    """Listens on loopback; `on_taken` hears of each mail that was taken. The manners come from the seed."""

    def __init__(
        self,
        *,
        seed: int,
        silence_s: float,
        on_taken: Callable[[TakenMail], None],
        shares: Mapping[Manner, int] = SHARES,
        quick_s: float = QUICK_S,
    ) -> None:
        """Stay silent for `silence_s` where it falls silent: longer than the client waits.

        `shares` of a thousand requests are treated badly; the others are answered well after `quick_s`.
        """
        self.books = Books()
        self._shares = shares
        self._quick_s = quick_s
        self._random = random.Random(seed)  # noqa: S311 - dice, no secrets
        self._dice = threading.Lock()
        self._silence_s = silence_s
        self._on_taken = on_taken
        self._server = _Server(("127.0.0.1", 0), _handler_of(self))
        self._thread = threading.Thread(target=self._server.serve_forever, name="provider", daemon=True)

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def throw(self) -> tuple[Manner, str]:
        """Return how the next request is treated, and a provider's id for it."""
        with self._dice:
            place, number = self._random.randrange(1_000), self._random.getrandbits(80)
        for manner, share in self._shares.items():
            if place < share:
                return manner, f"{number:020x}"
            place -= share
        return Manner.ACCEPT, f"{number:020x}"

    def treat(self, handler: BaseHTTPRequestHandler, payload: dict[str, Any]) -> None:
        """Take one mail or not, and answer it in the manner that was thrown."""
        manner, provider_id = self.throw()
        [personalization] = payload["personalizations"]
        mail = TakenMail(
            to_address=personalization["to"][0]["email"],
            reference=personalization.get("custom_args", {}).get("pf_reference", ""),
            provider_id=provider_id,
        )
        self.books.note(manner, mail)
        if manner in TAKEN:
            self._on_taken(mail)
        _ANSWERS[manner](self, handler, provider_id)

    def accept(self, handler: BaseHTTPRequestHandler, provider_id: str) -> None:
        """Answer as a good provider does, after a moment."""
        time.sleep(self._quick_s)
        _answer(handler, 202, b"", {"X-Message-Id": provider_id})

    def accept_slowly(self, handler: BaseHTTPRequestHandler, provider_id: str) -> None:
        """Answer well, but late."""
        time.sleep(SLOW_S)
        self.accept(handler, provider_id)

    def fall_silent(self, handler: BaseHTTPRequestHandler, _provider_id: str) -> None:
        """Say nothing until the client has given up."""
        time.sleep(self._silence_s)
        handler.close_connection = True

    def reset(self, handler: BaseHTTPRequestHandler, _provider_id: str) -> None:
        """Break the connection off in the middle."""
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.close_connection = True

    def fail(self, handler: BaseHTTPRequestHandler, _provider_id: str) -> None:
        """Answer 500."""
        _answer(handler, 500, b'{"errors":[{"message":"internal error"}]}', {})

    def talk_garbage(self, handler: BaseHTTPRequestHandler, _provider_id: str) -> None:
        """Answer something that is no HTTP."""
        handler.wfile.write(b"\x00\xff<garbage>\r\n\r\n")
        handler.close_connection = True

    def slow_down(self, handler: BaseHTTPRequestHandler, _provider_id: str) -> None:
        """Answer 429 and when to come back."""
        reset_at = str(int(now().timestamp()) + 1)
        _answer(handler, 429, b'{"errors":[{"message":"too many requests"}]}', {"X-RateLimit-Reset": reset_at})


_ANSWERS: dict[Manner, Callable[[FakeProvider, BaseHTTPRequestHandler, str], None]] = {
    Manner.ACCEPT: FakeProvider.accept,
    Manner.ACCEPT_SLOWLY: FakeProvider.accept_slowly,
    Manner.ACCEPT_AND_FALL_SILENT: FakeProvider.fall_silent,
    Manner.ACCEPT_AND_RESET: FakeProvider.reset,
    Manner.ACCEPT_AND_FAIL: FakeProvider.fail,
    Manner.ACCEPT_AND_TALK_GARBAGE: FakeProvider.talk_garbage,
    Manner.DROP: FakeProvider.reset,
    Manner.FAIL: FakeProvider.fail,
    Manner.SLOW_DOWN: FakeProvider.slow_down,
}


class _Server(ThreadingHTTPServer):
    """Takes many connections at once and cares for none that breaks: its clients are killed all the time."""

    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a killed worker's connection breaks, as it should."""


def _handler_of(provider: FakeProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            body = self.rfile.read(min(length, MAX_BODY_BYTES))
            # A worker that was killed while it wrote leaves half a request, which no provider would take.
            if len(body) == length and length:
                provider.treat(self, json.loads(body))

        def log_message(self, *_arguments: Any) -> None:
            """Keep the terminal for the figures."""

    return Handler


def _answer(handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)
