"""The demo server answers by host name, behaves as badly as a site's file says, and stops when told."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.demo.server import DemoServer, demo_hosts, main, write_host_map

Reply = tuple[int, dict[str, str], bytes]


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    server = DemoServer(port=0)
    server.start()
    yield server
    server.stop()


def ask(server: DemoServer, host: str, path: str = "/", method: str = "GET") -> Reply:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request(method, path, headers={"Host": host})
        reply = connection.getresponse()
        return reply.status, {key.lower(): value for key, value in reply.getheaders()}, reply.read()
    finally:
        connection.close()


def test_each_host_gets_its_own_site(server: DemoServer) -> None:
    for host, name in [("liftwell.demo.test", b"Liftwell"), ("cobbleworks.demo.test", b"Cobbleworks")]:
        status, headers, body = ask(server, host)
        assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert int(headers["content-length"]) == len(body)
        assert name in body


@pytest.mark.parametrize(
    "host", ["LIFTWELL.demo.test:8080", "www.liftwell.demo.test", "liftwell.localhost", "liftwell.localhost:99"]
)
def test_a_site_answers_under_its_other_names_too(server: DemoServer, host: str) -> None:
    assert b"Liftwell" in ask(server, host)[2]


def test_an_unknown_host_is_named(server: DemoServer) -> None:
    status, _, body = ask(server, "nobody.demo.test")
    assert (status, body) == (404, b"no demo site is called nobody.demo.test\n")


def test_the_servers_own_address_lists_the_sites(server: DemoServer) -> None:
    status, _, body = ask(server, "127.0.0.1")
    assert status == 200
    assert f"http://liftwell.localhost:{server.port}/".encode() in body
    assert body.count(b"<li>") == len(demo_hosts())


def test_a_missing_page_is_the_sites_own_404(server: DemoServer) -> None:
    status, _, body = ask(server, "nordkante.demo.test", "/gibt-es-nicht")
    assert status == 404
    assert "Seite nicht gefunden" in body.decode()
    assert b"Nordkante" in body


def test_queries_and_a_last_slash_do_not_matter(server: DemoServer) -> None:
    plain = ask(server, "liftwell.demo.test", "/program")
    assert plain[0] == 200
    assert ask(server, "liftwell.demo.test", "/program/?utm_source=x")[2] == plain[2]


def test_robots_are_as_the_site_wants_them(server: DemoServer) -> None:
    assert b"Crawl-delay: 0.5" in ask(server, "liftwell.demo.test", "/robots.txt")[2]
    assert b"Disallow: /\n" in ask(server, "quietharbor-agency.demo.test", "/robots.txt")[2]
    assert ask(server, "kessler-precision.demo.test", "/robots.txt")[0] == 404
    assert ask(server, "brokenkettle.demo.test", "/robots.txt")[0] == 500


def test_the_broken_site_fails_on_every_page(server: DemoServer) -> None:
    assert ask(server, "brokenkettle.demo.test", "/")[0] == 500
    assert ask(server, "brokenkettle.demo.test", "/about")[0] == 500


def test_redirects_lead_where_the_site_says(server: DemoServer) -> None:
    for host, path, status, target in [
        ("old-mill-media.demo.test", "/", 301, "http://192.168.10.5/login"),
        ("tidepool-digital.demo.test", "/", 301, "https://saltmarsh-commerce.demo.test/"),
        ("kitchen-kit-weekly.demo.test", "/go/nowhere", 404, None),
        (
            "trailgear-tested.demo.test",
            "/go/boots",
            302,
            "https://www.awin1.com/cread.php?awinmid=0000&awinaffid=000000",
        ),
    ]:
        reply = ask(server, host, path)
        assert (reply[0], reply[1].get("location")) == (status, target)


def test_sites_that_cannot_be_read_show_why(server: DemoServer) -> None:
    assert ask(server, "lookbook-press.demo.test")[1]["content-type"] == "application/pdf"
    assert ask(server, "lookbook-press.demo.test")[2].startswith(b"%PDF-")
    shell = ask(server, "shimmer-apps.demo.test")[2]
    assert b'<div id="root"></div>' in shell
    assert b"<h1>" not in shell.split(b"<script>")[0]
    assert b"for sale" in ask(server, "bestcartdeals.demo.test")[2]


def test_sitemap_and_feed_are_there_only_where_the_site_has_them(server: DemoServer) -> None:
    assert ask(server, "liftwell.demo.test", "/sitemap.xml")[1]["content-type"] == "application/xml"
    assert ask(server, "liftwell.demo.test", "/feed.xml")[1]["content-type"] == "application/rss+xml"
    assert ask(server, "palmetto-web.demo.test", "/sitemap.xml")[0] == 404
    assert ask(server, "palmetto-web.demo.test", "/feed.xml")[0] == 404


def test_head_and_post_are_answered(server: DemoServer) -> None:
    status, headers, body = ask(server, "liftwell.demo.test", method="HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 1000
    assert ask(server, "liftwell.demo.test", "/contact-form", method="POST")[0] == 200


def test_nothing_is_printed_per_request(server: DemoServer, capfd: pytest.CaptureFixture[str]) -> None:
    ask(server, "liftwell.demo.test")
    ask(server, "nobody.demo.test")
    assert capfd.readouterr() == ("", "")


def test_the_slow_site_waits_and_stopping_wakes_it() -> None:
    server = DemoServer(port=0)
    server.start()
    started_at = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: slowpoke-digital.demo.test\r\n\r\n")
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(1)
        server.stop()
        client.settimeout(3)
        assert client.recv(12) == b"HTTP/1.1 200"
    assert time.monotonic() - started_at < 3
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port))


def test_the_endless_site_goes_on_until_the_server_stops() -> None:
    server = DemoServer(port=0)
    server.start()
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: endless-almanac.demo.test\r\n\r\n")
        seen = b""
        while b"Entry 1:" not in seen:
            seen += client.recv(4096)
        assert b"content-length" not in seen.lower()
        server.stop()
        while chunk := client.recv(4096):
            seen += chunk
    assert b"Entry 9:" not in seen


def test_the_host_map_sends_every_host_to_the_server(tmp_path: Path) -> None:
    path = tmp_path / "made" / "hosts.json"
    write_host_map(path, 8099)
    origins = json.loads(path.read_text())
    assert sorted(origins) == demo_hosts()
    assert set(origins.values()) == {"http://127.0.0.1:8099"}


def test_the_server_needs_nothing_but_the_standard_library() -> None:
    # -S leaves site-packages out, as on a machine where nothing has been installed yet.
    command = [sys.executable, "-S", "-c", "import app.demo.server as server; print(len(server.demo_hosts()))"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout.strip()) == ("", str(len(demo_hosts())))


def test_a_port_in_use_is_explained(server: DemoServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--port", str(server.port)]) == 1
    assert f"port {server.port} cannot be opened" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_program_starts_writes_the_map_and_stops_on_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    path = tmp_path / "hosts.json"
    command = [sys.executable, "-m", "app.demo.server", "--port", "0", "--write-map", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        origin = json.loads(path.read_text())["liftwell.demo.test"]
        process.send_signal(number)
        _, errors = process.communicate(timeout=10)
    assert said.strip().endswith(origin)
    assert (process.returncode, errors) == (0, "")
