"""Limits of one fetch, held against real sockets that misbehave."""

import gzip
import socket
import time
from collections.abc import Sequence

import pytest

from scrapers.fetcher import Fetcher, FetchLimits
from scrapers.problems import FetchError, FetchFailed, FetchProblem, FetchRefused
from tests.unit.scrapers.loopback import Script, Site, answer, scripted_server

QUICK = FetchLimits(connect_s=1, read_s=0.5, total_s=1.2, max_bytes=50_000)
MEGABYTE = 1024 * 1024


def fetch_from(script: Script, *, limits: FetchLimits = QUICK, url: str = "http://a.test/"):
    with scripted_server(script) as origin:
        return Fetcher(user_agent="Test/1", limits=limits, host_map={"a.test": origin}).fetch(url)


def failure_of(script: Script, *, limits: FetchLimits = QUICK) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch_from(script, limits=limits)
    assert caught.value.detail
    return caught.value


def drip(prefix: bytes, *, pause_s: float = 0.1, piece: bytes = b"x") -> Script:
    def script(connection: socket.socket, head: bytes) -> None:
        connection.sendall(prefix)
        for _ in range(600):
            time.sleep(pause_s)
            connection.sendall(piece)

    return script


def send(data: bytes) -> Script:
    return lambda connection, head: connection.sendall(data)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n"


@pytest.mark.parametrize(
    "prefix",
    [HEAD, b"HTTP/1.1 200 OK\r\nX: ", b"", HEAD.replace(b"Content-Length: 1000", b"Transfer-Encoding: chunked")],
)
def test_a_dripping_server_is_cut_off_by_the_wall_clock(prefix: bytes) -> None:
    started = time.monotonic()
    error = failure_of(drip(prefix))
    assert error.reason in (FetchProblem.TOO_SLOW, FetchProblem.BAD_ANSWER)
    assert time.monotonic() - started < 30


def test_endless_interim_answers_are_cut_off() -> None:
    started = time.monotonic()
    assert failure_of(drip(b"", piece=b"HTTP/1.1 100 Continue\r\n\r\n")).reason is FetchProblem.TOO_SLOW
    assert time.monotonic() - started < 30


def test_silence_is_a_timeout() -> None:
    assert failure_of(lambda connection, head: time.sleep(1)).reason is FetchProblem.TIMEOUT


def test_an_endless_body_is_cut_at_the_limit() -> None:
    def endless(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            connection.sendall(b"x" * 10_000)

    page = fetch_from(endless)
    assert page.truncated
    assert len(page.body) == QUICK.max_bytes


def test_a_thirty_megabyte_page_is_cut_at_two() -> None:
    page = fetch_from(send(answer(b"<p>word</p>" * 2_800_000)), limits=FetchLimits())
    assert page.truncated
    assert len(page.body) == 2 * MEGABYTE


def test_a_page_of_just_the_limit_is_whole() -> None:
    page = fetch_from(send(answer(b"x" * QUICK.max_bytes)))
    assert (len(page.body), page.truncated) == (QUICK.max_bytes, False)


def test_one_layer_of_gzip_is_undone() -> None:
    packed = gzip.compress(b"<p>hello</p>")
    assert fetch_from(send(answer(packed, headers={"Content-Encoding": "gzip"}))).body == b"<p>hello</p>"


def test_a_page_packed_in_pieces_is_whole_and_empty_pieces_have_an_end() -> None:
    pieces = gzip.compress(b"<p>hello ") + gzip.compress(b"world</p>") + b"\x00" * 8
    assert fetch_from(send(answer(pieces, headers={"Content-Encoding": "gzip"}))).body == b"<p>hello world</p>"
    nothing = gzip.compress(b"") * (QUICK.max_bytes // 4)
    assert fetch_from(send(answer(nothing, headers={"Content-Encoding": "gzip"}))).truncated


def test_a_gzip_bomb_is_named() -> None:
    bomb = gzip.compress(b"0" * 50 * MEGABYTE)
    error = failure_of(send(answer(bomb, headers={"Content-Encoding": "gzip"})), limits=FetchLimits())
    assert error.reason is FetchProblem.BOMB


def test_stacked_gzip_is_not_unpacked() -> None:
    bomb = gzip.compress(gzip.compress(b"0" * 20 * MEGABYTE))
    error = failure_of(send(answer(bomb, headers={"Content-Encoding": "gzip, gzip"})))
    assert error.reason is FetchProblem.BOMB


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_lie_about_packing_is_named(encoding: str) -> None:
    error = failure_of(send(answer(b"<p>plain</p>", headers={"Content-Encoding": encoding})))
    assert error.reason is FetchProblem.BAD_ENCODING


def test_an_encoding_never_asked_for_is_named() -> None:
    error = failure_of(send(answer(b"\x0b\x05\x80", headers={"Content-Encoding": "br"})))
    assert error.reason is FetchProblem.BAD_ENCODING


NOT_HTTP = [
    b"",
    b"garbage\r\n\r\n",
    b"HTTP/9.9 abc\r\n\r\n",
    b"\x00" * 200_000,
    b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n",
    b"HTTP/1.1 200 OK\r\n" + b"A" * 100_000 + b"\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
]


@pytest.mark.parametrize("data", NOT_HTTP, ids=range(len(NOT_HTTP)))
def test_an_answer_that_is_not_http_is_named(data: bytes) -> None:
    assert failure_of(send(data)).reason in (FetchProblem.BAD_ANSWER, FetchProblem.DISCONNECTED)


@pytest.mark.parametrize("kind", ["image/png", "application/pdf", "application/octet-stream", "video/mp4"])
def test_what_is_not_text_is_not_read(kind: str) -> None:
    assert failure_of(send(answer(b"\x89PNG", headers={"Content-Type": kind}))).reason is FetchProblem.NOT_HTML


def test_a_closed_port_is_named() -> None:
    fetcher = Fetcher(user_agent="Test/1", host_map={"a.test": "http://127.0.0.1:1"})
    with pytest.raises(FetchFailed) as caught:
        fetcher.fetch("http://a.test/")
    assert caught.value.reason is FetchProblem.CONNECT


def redirect(to: str, **headers: str) -> bytes:
    return answer(status="302 Found", headers={"Location": to, **headers})


def test_redirects_are_followed_within_the_limit() -> None:
    site = Site({f"a.test/{n}": redirect(f"/{n + 1}") for n in range(5)} | {"a.test/5": answer(b"there")})
    with scripted_server(site) as origin:
        page = Fetcher(user_agent="Test/1", host_map={"a.test": origin}).fetch("http://a.test/0")
    assert (page.url, page.body, len(page.redirects)) == ("http://a.test/5", b"there", 5)


@pytest.mark.parametrize(
    ("pages", "reason"),
    [
        ({f"a.test/{n}": redirect(f"/{n + 1}") for n in range(9)}, FetchProblem.TOO_MANY_REDIRECTS),
        ({"a.test/0": redirect("/1"), "a.test/1": redirect("/0")}, FetchProblem.REDIRECT_LOOP),
        ({"a.test/0": redirect("http://127.0.0.1/")}, FetchProblem.PRIVATE_ADDRESS),
        ({"a.test/0": redirect("http://169.254.169.254/latest/meta-data/")}, FetchProblem.PRIVATE_ADDRESS),
        ({"a.test/0": redirect("http://0x7f000001/")}, FetchProblem.PRIVATE_ADDRESS),
        ({"a.test/0": redirect("http://[::ffff:127.0.0.1]/")}, FetchProblem.PRIVATE_ADDRESS),
        ({"a.test/0": redirect("http://b@a.test/")}, FetchProblem.USERINFO),
        ({"a.test/0": redirect("file:///etc/passwd")}, FetchProblem.BAD_SCHEME),
        ({"a.test/0": redirect("http://a.test:6379/")}, FetchProblem.BAD_PORT),
        ({"a.test/0": redirect("http://[::1")}, FetchProblem.BAD_REDIRECT),
    ],
)
def test_where_redirects_must_not_lead(pages: dict[str, bytes], reason: FetchProblem) -> None:
    with scripted_server(Site(pages)) as origin:
        fetcher = Fetcher(user_agent="Test/1", host_map={"a.test": origin})
        with pytest.raises(FetchError) as caught:
            fetcher.fetch("http://a.test/0")
    assert caught.value.reason is reason


def test_cookies_return_to_their_host_and_to_no_other() -> None:
    site = Site(
        {
            "a.test/": redirect("/in", **{"Set-Cookie": "id=7; Path=/"}),
            "a.test/in": redirect("http://b.test/"),
            "b.test/": answer(b"done"),
        }
    )
    with scripted_server(site) as origin:
        Fetcher(user_agent="Test/1", host_map={"*.test": origin}).fetch("http://a.test/")
    assert [b"Cookie: id=7" in head for head in site.heads] == [False, True, False]


def test_the_agent_is_honest_and_nothing_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    site = Site({"a.test/": answer(b"hi")})
    with scripted_server(site) as origin:
        Fetcher(user_agent="Scoutboard/9 (+https://x.test/bot)", host_map={"a.test": origin}).fetch("https://a.test/")
    assert b"User-Agent: Scoutboard/9 (+https://x.test/bot)\r\n" in site.heads[0]
    assert b"Host: a.test\r\n" in site.heads[0]


class FakeNetwork:
    """A resolver that answers from a list, one answer per question, and connects to loopback whatever it is told."""

    def __init__(self, *answers: Sequence[str], port: int = 0) -> None:
        self.answers = list(answers)
        self.asked = 0
        self.connected: list[str] = []
        self.port = port

    def resolve(self, host: str, port: int, *, timeout_s: float) -> Sequence[str]:
        self.asked += 1
        return self.answers.pop(0)

    def connect(self, address: str, port: int, *, timeout_s: float) -> socket.socket:
        self.connected.append(address)
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout_s)


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::ffff:10.0.0.1"], ["fec0::1"], ["nonsense"]]
)
def test_a_name_with_any_private_address_is_refused_unconnected(addresses: list[str]) -> None:
    network = FakeNetwork(addresses)
    with pytest.raises(FetchRefused) as caught:
        Fetcher(user_agent="Test/1", network=network).fetch("http://evil.example/")
    assert caught.value.reason is FetchProblem.PRIVATE_ADDRESS
    assert network.connected == []


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    with scripted_server(send(answer(b"hi"))) as origin:
        network = FakeNetwork(["93.184.216.34"], ["127.0.0.1"], port=int(origin.rpartition(":")[2]))
        fetcher = Fetcher(user_agent="Test/1", network=network)
        assert fetcher.fetch("http://rebind.example/").body == b"hi"
        assert (network.asked, network.connected) == (1, ["93.184.216.34"])
        with pytest.raises(FetchRefused):
            fetcher.fetch("http://rebind.example/")
    assert network.connected == ["93.184.216.34"]


def test_a_server_without_proper_tls_is_named() -> None:
    with scripted_server(send(b"this is no TLS")) as origin:
        network = FakeNetwork(["93.184.216.34"], port=int(origin.rpartition(":")[2]))
        with pytest.raises(FetchFailed) as caught:
            Fetcher(user_agent="Test/1", limits=QUICK, network=network).fetch("https://plain.example/")
    assert caught.value.reason in (FetchProblem.TLS, FetchProblem.TOO_SLOW, FetchProblem.DISCONNECTED)
