"""A database that goes away for a while: PostgreSQL behind a door that is shut, SQLite in a lock that is held."""

import socket
import sqlite3
import threading
import time
from contextlib import closing, suppress
from typing import Protocol

from sqlalchemy import URL, make_url


class Outage(Protocol):
    """A way to take the database away from everybody but us."""

    url: str

    def take_away(self, seconds: float) -> None:
        """Let nobody use the database for this long."""
        ...

    def close(self) -> None:
        """Give it back for good."""
        ...


class LockedFile:
    """SQLite: a writer's lock that is held, longer than most clients like to wait."""

    def __init__(self, url: str) -> None:
        """Hold the lock of this database's file."""
        self.url = url
        self._path = make_url(url).database or ""

    def take_away(self, seconds: float) -> None:
        """Hold the lock."""
        with closing(sqlite3.connect(self._path, timeout=60, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            connection.execute("ROLLBACK")

    def close(self) -> None:
        """Nothing is held."""


class Door:
    """PostgreSQL: a TCP door that all clients come through. Shutting it breaks every connection, as a stop does."""

    def __init__(self, url: str) -> None:
        """Open a door to the server of this URL; `url` leads through it."""
        target = make_url(url)
        self._target = (target.host or "127.0.0.1", target.port or 5432)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._is_open = threading.Event()
        self._is_open.set()
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self.url = _through(target, self._listener.getsockname()[1])
        threading.Thread(target=self._accept, name="door", daemon=True).start()

    def take_away(self, seconds: float) -> None:
        """Break every connection and refuse new ones."""
        self._is_open.clear()
        self._break_all()
        time.sleep(seconds)
        self._is_open.set()

    def close(self) -> None:
        """Shut the door for good."""
        self._is_open.clear()
        self._listener.close()
        self._break_all()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            if not self._is_open.is_set():
                client.close()
                continue
            try:
                server = socket.create_connection(self._target, timeout=10)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            with self._lock:
                self._sockets |= {client, server}
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
        for each in (source, sink):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            with self._lock:
                self._sockets.discard(each)
            each.close()

    def _break_all(self) -> None:
        with self._lock:
            found, self._sockets = self._sockets, set()
        for each in found:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def outage_of(url: str) -> Outage:
    """Return the way to take this database away."""
    return LockedFile(url) if url.startswith("sqlite") else Door(url)


def _through(target: URL, port: int) -> str:
    return target.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
