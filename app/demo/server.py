"""Serves the demo sites on loopback, each under its own host name.

    python -m app.demo.server --port 8099 [--write-map var/demo-hosts.json]

A request is answered by its Host header. ``<name>.localhost`` is the same site as ``<name>.demo.test``, because
browsers take every name under ``localhost`` to this machine: so a person can open the sites too, and the server's own
address lists them. Standard library only, so that it starts before anything is installed.
"""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from app.demo.addresses import PROTECTION_PATH
from app.demo.catalog import SUFFIX, Site, load_sites
from app.demo.labels import LABELS
from app.demo.rendering import render_feed, render_missing, render_page, render_sitemap

log = logging.getLogger(__name__)

HTML = "text/html; charset=utf-8"
_DRIP_EVERY_S = 0.5
_DRIP_AT_MOST_S = 120.0
_INDEX = "<!doctype html><html lang=en><meta charset=utf-8><title>Demo sites</title><h1>Demo sites</h1><ul>{rows}</ul>"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a site says to one request."""

    status: int
    body: bytes
    content_type: str = HTML
    location: str = ""


def demo_hosts() -> list[str]:
    """Return the host name of every demo site, in order of name."""
    return sorted(load_sites())


def write_host_map(path: Path, port: int) -> None:
    """Write the JSON object that SCRAPER_HOST_MAP takes: host name to the origin to connect to."""
    origins = dict.fromkeys(demo_hosts(), f"http://127.0.0.1:{port}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(origins, indent=1) + "\n", encoding="utf-8")


def answer_request(site: Site, path: str, *, today: date) -> Answer:
    """Return what ``site`` answers for ``path`` (no query string) on ``today``."""
    if path == "/robots.txt" and site.status == 200:
        return _optional(site.robots, "text/plain; charset=utf-8")
    if site.redirect_to:
        return Answer(301, b"", location=site.redirect_to)
    if site.status != 200:
        return Answer(site.status, b"<h1>Internal Server Error</h1><p>mysql_connect(): Too many connections</p>")
    if path == "/sitemap.xml":
        return _optional(render_sitemap(site, today=today) if site.sitemap else None, "application/xml")
    if path == "/feed.xml":
        return _optional(render_feed(site, today=today) if site.feed else None, "application/rss+xml")
    if path in site.redirects:
        return Answer(302, b"", location=site.redirects[path])
    return _page(site, path, today=today)


def _page(site: Site, path: str, *, today: date) -> Answer:
    page = site.pages.get(path) or site.pages.get(path.rstrip("/"))
    if page is not None and site.content_type != HTML:
        return Answer(200, page.body.encode(), content_type=site.content_type)
    if page is not None:
        return Answer(200, render_page(site, page, today=today).encode())
    if path == PROTECTION_PATH:
        return Answer(200, f"<p>{LABELS[site.language]['protected']}</p>".encode())
    return Answer(404, render_missing(site, today=today).encode())


def _optional(text: str | None, content_type: str) -> Answer:
    if text is None:
        return Answer(404, b"not found\n", content_type="text/plain")
    return Answer(200, text.encode(), content_type=content_type)


class DemoServer(ThreadingHTTPServer):
    """One loopback server for all sites. ``stop()`` also wakes the slow and the endless answers."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.sites = load_sites()
        self.stopping = threading.Event()

    @property
    def port(self) -> int:
        """The port that was bound; useful after asking for port 0."""
        return int(self.server_address[1])

    def start(self) -> None:
        """Serve in a background thread and return at once."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def stop(self) -> None:
        """Stop serving and free the port; needs ``serve_forever`` to run in another thread."""
        self.stopping.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Leave out clients that hang up, which crawlers do on purpose; log the rest."""
        if not isinstance(sys.exception(), ConnectionError):
            log.exception("a demo site failed to answer %s", client_address)

    def find_site(self, host: str) -> Site | None:
        """Return the site of a Host header, with or without ``www.``, under either of its two names."""
        name = host.partition(":")[0].lower().removeprefix("www.").removesuffix(".localhost")
        return self.sites.get(name) or self.sites.get(f"{name}.{SUFFIX}")


class _Handler(BaseHTTPRequestHandler):
    server: DemoServer
    protocol_version = "HTTP/1.1"
    server_version = "demo"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        """Answer a page, a redirect or a fault, as the site's file says."""
        site = self.server.find_site(self.headers.get("Host", ""))
        path = urlsplit(self.path).path or "/"
        if site is None:
            self._send(self._without_site())
            return
        if path != "/robots.txt":
            self.server.stopping.wait(site.delay_s)
        if site.drip and path != "/robots.txt":
            self._drip()
            return
        self._send(answer_request(site, path, today=datetime.now(UTC).date()))

    do_HEAD = do_GET

    def do_POST(self) -> None:
        """Take a form without keeping anything: the demo's contact forms lead nowhere."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._send(Answer(200, b"<p>Thank you.</p>"))

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: sixty crawled sites would bury every other line of the terminal."""

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        if answer.location:
            self.send_header("Location", answer.location)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _drip(self) -> None:
        """Send a page that never ends, a line at a time, until the client has had enough."""
        self.send_response(200)
        self.send_header("Content-Type", HTML)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for line in range(int(_DRIP_AT_MOST_S / _DRIP_EVERY_S)):
            self.wfile.write(f"<p>Entry {line}: the almanac goes on.</p>\n".encode())
            if self.server.stopping.wait(_DRIP_EVERY_S):
                return

    def _without_site(self) -> Answer:
        host = self.headers.get("Host", "").partition(":")[0]
        if host not in {"127.0.0.1", "localhost"}:
            return Answer(404, f"no demo site is called {host}\n".encode(), content_type="text/plain")
        sites = self.server.sites.values()
        links = (f"http://{site.slug}.localhost:{self.server.port}/" for site in sites)
        rows = "".join(
            f'<li><a href="{link}">{site.name}</a> {site.host}: {site.kind}'
            for link, site in zip(links, sites, strict=True)
        )
        return Answer(200, _INDEX.format(rows=rows).encode())


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m app.demo.server", description="Serve the demo sites on loopback.")
    parser.add_argument("--port", type=int, default=8099, help="port on 127.0.0.1; 0 takes a free one (default: 8099)")
    parser.add_argument("--write-map", type=Path, metavar="FILE", help="write the host map for SCRAPER_HOST_MAP")
    options = parser.parse_args(arguments)
    try:
        server = DemoServer(options.port)
    except OSError as error:
        sys.stderr.write(
            f"demo sites: port {options.port} cannot be opened ({error.strerror}); choose another --port\n"
        )
        return 1
    _serve(server, options.write_map)
    return 0


def _serve(server: DemoServer, host_map: Path | None) -> None:
    if host_map:
        write_host_map(host_map, server.port)
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    server.start()
    sys.stdout.write(f"demo sites: {len(server.sites)} on http://127.0.0.1:{server.port}\n")
    sys.stdout.flush()
    done.wait()
    server.stop()


if __name__ == "__main__":
    raise SystemExit(main())
