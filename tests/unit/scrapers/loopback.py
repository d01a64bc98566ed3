"""Real servers on loopback: one that plays scripted bytes, one that is a small site."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Mapping

Script = Callable[[socket.socket, bytes], None]


@contextlib.contextmanager
def scripted_server(script: Script) -> Iterator[str]:
    """Serve every connection by `script(connection, request_head)`; yields the origin."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.2)
    closing = threading.Event()
    workers: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(10)
            head = b""
            while b"\r\n\r\n" not in head:
                piece = connection.recv(4096)
                if not piece:
                    break
                head += piece
            script(connection, head)

    def accept() -> None:
        while not closing.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            worker = threading.Thread(target=serve, args=(connection,), daemon=True)
            worker.start()
            workers.append(worker)

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        closing.set()
        listener.close()
        acceptor.join(2)
        for worker in workers:
            worker.join(2)


def answer(body: bytes = b"", *, status: str = "200 OK", headers: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a whole HTTP answer."""
    fields = {"Content-Type": "text/html", "Content-Length": str(len(body)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body


class Site:
    """Hosts and paths with canned answers, a log of what was asked, and the most requests open at once per host."""

    def __init__(self, pages: Mapping[str, bytes]) -> None:
        self.pages = dict(pages)
        self.asked: list[str] = []
        self.heads: list[bytes] = []
        self.open: dict[str, int] = {}
        self.most_open: dict[str, int] = {}
        self._lock = threading.Lock()

    def __call__(self, connection: socket.socket, head: bytes) -> None:
        """Answer one request from `pages` (key: host + path), 404 for the rest."""
        path = head.split(b" ", 2)[1].decode()
        host = head.lower().split(b"\r\nhost: ", 1)[1].split(b"\r\n", 1)[0].decode()
        with self._lock:
            self.asked.append(host + path)
            self.heads.append(head)
            self.open[host] = self.open.get(host, 0) + 1
            self.most_open[host] = max(self.most_open.get(host, 0), self.open[host])
        connection.sendall(self.pages.get(host + path, answer(b"not here", status="404 Not Found")))
        with self._lock:
            self.open[host] -= 1


def html_page(text: str, *, title: str = "A page", links: Mapping[str, str] | None = None) -> bytes:
    """An ordinary page: a menu of links and a paragraph of text."""
    menu = "".join(f'<li><a href="{href}">{words}</a></li>' for href, words in (links or {}).items())
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title></head><body><nav><ul>{menu}</ul></nav>"
        f"<main><h1>{title}</h1><p>{text}</p></main></body></html>"
    ).encode()
