"""One HTTP exchange over an already checked socket, held to the wall clock and to the decoded size.

`http.client` reads the answer; socket timeouts bound each single read, and a watchdog shuts the socket down when the
exchange as a whole has used its time, so a server that sends one byte a second cannot hold a worker.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass

from scrapers.problems import FetchFailed, FetchProblem, in_words

_CHUNK = 64 * 1024
_BOMB_RATIO = 100
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class WireLimits:
    """Limits of one exchange: seconds for a single read, seconds in all, bytes of decoded body."""

    read_s: float
    total_s: float
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Request:
    """What to send: `host_header` may differ from where the socket leads when a host map is in use."""

    path: str
    host_header: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `headers` have lower-case names; `body` is decoded and cut at the limit (`truncated`)."""

    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    body: bytes
    truncated: bool


class _Connection(http.client.HTTPConnection):
    """An `HTTPConnection` that is handed its socket and never opens one."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__("unused")
        self.sock = sock
        self.auto_open = 0


def wrap_tls(sock: socket.socket, host: str, context: ssl.SSLContext) -> socket.socket:
    """Start TLS for a host; certificate and name are verified. Raises `FetchFailed`."""
    try:
        return context.wrap_socket(sock, server_hostname=host)
    except ssl.SSLError as error:
        verdict = getattr(error, "verify_message", "")
        what = f"the certificate of {host} is not valid: {verdict}" if verdict else f"{host} speaks no TLS that we know"
        raise FetchFailed(FetchProblem.TLS, what) from error


@contextmanager
def watchdog(sock: socket.socket, seconds: float) -> Iterator[threading.Event]:
    """Shut the socket down after so many seconds; the event tells that it happened.

    A duplicate of the descriptor is kept, because wrapping a socket in TLS detaches the original.
    """
    handle = sock.dup()
    barked = threading.Event()

    def bark() -> None:
        barked.set()
        try:
            handle.shutdown(socket.SHUT_RDWR)
        except OSError:
            barked.set()  # already gone, which is what was wanted

    timer = threading.Timer(max(seconds, 0.001), bark)
    timer.daemon = True
    timer.start()
    try:
        yield barked
    finally:
        timer.cancel()
        handle.close()


def exchange(
    sock: socket.socket,
    request: Request,
    *,
    limits: WireLimits,
    wants_body: Callable[[int, Mapping[str, str]], bool],
) -> Answer:
    """Send one GET and read the answer. Raises `FetchFailed`; the caller closes the socket.

    `wants_body(status, headers)` decides from the head whether the body is read at all.
    """
    deadline = time.monotonic() + limits.total_s
    sock.settimeout(min(limits.read_s, limits.total_s))
    connection = _Connection(sock)
    try:
        connection.putrequest("GET", request.path, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", request.host_header)
        for name, value in request.headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        with closing(connection.getresponse()) as response:
            headers = _head(response)
            body, truncated = b"", False
            if wants_body(response.status, headers):
                body, truncated = _read_body(response, headers, max_bytes=limits.max_bytes, deadline=deadline)
    except TimeoutError as error:
        raise FetchFailed(FetchProblem.TIMEOUT, f"no byte for {limits.read_s:g} seconds") from error
    except (http.client.HTTPException, ValueError) as error:
        detail = f"the answer is not proper HTTP ({type(error).__name__})"
        raise FetchFailed(FetchProblem.BAD_ANSWER, detail) from error
    except OSError as error:
        raise FetchFailed(FetchProblem.DISCONNECTED, f"the connection broke: {in_words(error)}") from error
    cookies = tuple(response.headers.get_all("Set-Cookie") or ())[:20]
    return Answer(response.status, headers, cookies, body, truncated)


def _head(response: http.client.HTTPResponse) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in response.getheaders():
        headers.setdefault(name.lower(), value.strip())
    return headers


def _read_body(
    response: http.client.HTTPResponse, headers: Mapping[str, str], *, max_bytes: int, deadline: float
) -> tuple[bytes, bool]:
    unpack = _Unpacker(headers.get("content-encoding", ""), max_bytes=max_bytes)
    while not unpack.full:
        if time.monotonic() > deadline:
            raise TimeoutError
        chunk = response.read1(_CHUNK)
        if not chunk:
            break
        unpack.feed(chunk)
    return bytes(unpack.body), unpack.full


class _Unpacker:
    """Collects a body of at most `max_bytes`, undoing at most one layer of gzip or deflate as it grows."""

    def __init__(self, encoding: str, *, max_bytes: int) -> None:
        self.body = bytearray()
        self.full = False
        self._max = max_bytes
        self._received = 0
        layers = [layer for layer in encoding.lower().replace(" ", "").split(",") if layer not in ("", "identity")]
        if len(layers) > 1:
            raise FetchFailed(FetchProblem.BOMB, f"the page is packed {len(layers)} times over; one layer is read")
        if layers and layers[0] not in ("gzip", "x-gzip", "deflate"):
            raise FetchFailed(FetchProblem.BAD_ENCODING, f"the page is packed as {layers[0][:40]!r}, never asked for")
        self._packed = bool(layers)
        self._gzip = bool(layers) and layers[0] != "deflate"
        self._inflate: zlib._Decompress | None = None

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes off the wire; sets `full` when the limit is reached."""
        self._received += len(chunk)
        if not self._packed:
            self._add(chunk)
            return
        try:
            while chunk and not self.full:
                chunk = self._unpacked(chunk)
        except zlib.error as error:
            raise FetchFailed(FetchProblem.BAD_ENCODING, "the page claims to be packed, but does not unpack") from error
        if self.full and len(self.body) > self._received * _BOMB_RATIO:
            detail = f"{self._received} bytes unpack to more than {self._max}: a decompression bomb"
            raise FetchFailed(FetchProblem.BOMB, detail)
        # Packed text is no longer than plain text: what goes on for longer is made of empty pieces.
        self.full = self.full or self._received > self._max + _CHUNK

    def _unpacked(self, chunk: bytes) -> bytes:
        """Unpack up to the limit or the end of a gzip member, and return what belongs to the next one."""
        if self._inflate is None:
            self._inflate = zlib.decompressobj(self._window(chunk))
        self._add(self._inflate.decompress(chunk, self._max - len(self.body) + 1))
        rest = self._inflate.unused_data
        if not self._inflate.eof or not self._gzip or not rest.startswith(_GZIP):
            return b""
        self._inflate = None
        return rest

    def _window(self, chunk: bytes) -> int:
        if self._gzip:
            return 31
        zlib_header = len(chunk) > 1 and chunk[0] & 0x0F == 8 and (chunk[0] * 256 + chunk[1]) % 31 == 0
        return 15 if zlib_header else -15

    def _add(self, data: bytes) -> None:
        room = self._max - len(self.body)
        self.body += data[:room]
        self.full = len(data) > room
