"""Servers that mean harm or are broken, over real sockets, from the address to what the prospect's page says."""

import datetime
import encodings.aliases
import gzip
import random
import socket
import ssl
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scrapers.crawl import CrawlPolicy, SiteOutcome, SiteReport, crawl_site
from scrapers.extract import extract_page
from scrapers.fetcher import Fetcher, FetchLimits
from scrapers.pacing import InProcessTurns
from scrapers.problems import FetchFailed, FetchProblem
from tests.integration.test_scrapers_limits import FakeNetwork
from tests.unit.scrapers.loopback import Site, answer, html_page, scripted_server

QUICK = FetchLimits(connect_s=1, read_s=0.5, total_s=1.5)
TEXT = "We are an agency of twelve people who build online shops for merchants, and we stay for many years. " * 4


def read_site(pages: dict[str, bytes]) -> tuple[SiteReport, SiteReport]:
    """Read a site, and a good one after it with the same fetcher: what one does must not touch the next."""
    good = {"good.test/": answer(html_page(TEXT))}
    with scripted_server(Site({f"bad.test{path}": body for path, body in pages.items()} | good)) as origin:
        fetcher = Fetcher(user_agent="Test/1", limits=QUICK, host_map={"*.test": origin})
        policy, turns = CrawlPolicy(default_delay_s=0.0), InProcessTurns()
        bad, fine = (
            crawl_site(f"{name}.test", fetcher=fetcher, turns=turns, policy=policy) for name in ("bad", "good")
        )
        return bad, fine


def robots(body: bytes, **headers: str) -> bytes:
    return answer(body, headers={"Content-Type": "text/plain", **headers})


HOME = answer(html_page(TEXT))
PIECE = html_page(TEXT)
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    + b"%x\r\n%b\r\n" % (len(PIECE), PIECE) * (30_000_000 // len(PIECE))
    + b"0\r\n\r\n"
)
NOISE = random.Random(3).randbytes(20_000)
SITES = {
    "picture as page": ({"/": answer(b"\x89PNG\r\n\x1a\n" + NOISE)}, SiteOutcome.NOT_HTML, "binary"),
    "noise as page": ({"/": answer(NOISE)}, SiteOutcome.NOT_HTML, "binary"),
    "archive in gzip": (
        {"/": answer(gzip.compress(gzip.compress(b"0" * 9_000_000)), headers={"Content-Encoding": "gzip"})},
        SiteOutcome.NOT_HTML, "binary",
    ),
    "bomb": (
        {"/": answer(gzip.compress(b"0" * 30_000_000), headers={"Content-Encoding": "gzip"})},
        SiteOutcome.HOSTILE, "decompression bomb",
    ),
    "huge robots": ({"/robots.txt": robots(b"# x\n" * 1_300_000), "/": HOME}, SiteOutcome.READABLE, "words"),
    "huge robots that forbids": (
        {"/robots.txt": robots(b"User-agent: *\nDisallow: /\n" + b"# x\n" * 1_300_000), "/": HOME},
        SiteOutcome.FORBIDDEN_BY_ROBOTS, "robots.txt",
    ),
    "binary robots": ({"/robots.txt": robots(NOISE), "/": HOME}, SiteOutcome.READABLE, "words"),
    "picture for robots": (
        {"/robots.txt": answer(NOISE, headers={"Content-Type": "image/png"}), "/": HOME},
        SiteOutcome.READABLE, "words",
    ),
    "packed bomb as robots": (
        {"/robots.txt": robots(gzip.compress(b"0" * 30_000_000), **{"Content-Encoding": "gzip"}), "/": HOME},
        SiteOutcome.READABLE, "words",
    ),
    "robots in trouble": (
        {"/robots.txt": answer(b"", status="500 Oops"), "/": HOME}, SiteOutcome.SERVER_ERROR, "do not crawl",
    ),
    "script only": (
        {"/": answer(b"<html><title>App</title><div id=root>Please switch on scripts to see our lovely new shop for "
                     b"garden tools today.</div><script src=/a.js></script></html>")},
        SiteOutcome.NEEDS_BROWSER, "needs a browser; 14 words readable",
    ),
    "empty": ({"/": answer(b"")}, SiteOutcome.TOO_LITTLE_TEXT, "an empty page"),
    "soft 404": (
        {"/": answer(html_page("We could not find it.", title="404 Page not found"))}, SiteOutcome.NOT_FOUND, "no page",
    ),
    "cookie wall": (
        {"/": answer(html_page("We use cookies and need your consent before you read on. " * 6, title="Consent"))},
        SiteOutcome.BLOCKED, "cookie notice",
    ),
    "cookie wall in partners' words": (
        {"/": answer(html_page(
            "We and our 842 partners store and access information on a device.</p><p>You may accept or manage your "
            "choices, and object where legitimate interest is used.</p><p>Your preferences will apply to this website."
            "</p><p>Precise geolocation data and device scanning.</p><script src=/c.js></script>",
            title="We value your privacy",
        ))},
        SiteOutcome.BLOCKED, "cookie notice",
    ),
    "short cookie wall": (
        {"/": answer(html_page("Używamy plików cookie. Klikając Akceptuję, wyrażasz zgodę.", title="Acme"))},
        SiteOutcome.BLOCKED, "cookie notice",
    ),
    "long cookie wall": (
        {"/": answer(html_page("Wir verwenden Cookies. Bitte zustimmen oder ablehnen. " * 60, title="Acme"))},
        SiteOutcome.BLOCKED, "cookie notice",
    ),
    "soft 404 in its text": (
        {"/": answer(html_page("Sorry, the page you requested could not be found here.", title="Acme"))},
        SiteOutcome.NOT_FOUND, "could not be found",
    ),
    "soft 404 in German": (
        {"/": answer(html_page("Leider konnte die Seite nicht gefunden werden.", title="Fehler"))},
        SiteOutcome.NOT_FOUND, "nicht gefunden",
    ),
    "soft 404 within the site's frame": (
        {"/": answer(html_page(f"Nothing here.</p><p>{TEXT * 2}", title="Page not found - Acme"))},
        SiteOutcome.NOT_FOUND, "Page not found - Acme",
    ),
    "404 as an area code": (
        {"/": answer(html_page("We fix sinks in area code 404. " * 12, title="Plumbers for area code 404, Atlanta"))},
        SiteOutcome.READABLE, "words",
    ),
    "page without text": (
        {"/": answer(b"<!doctype html><title></title><body></body>")}, SiteOutcome.TOO_LITTLE_TEXT, "holds no text",
    ),
    "status without a page": ({"/": answer(b"", status="204 No Content")}, SiteOutcome.TOO_LITTLE_TEXT, "empty page"),
    "only zeros": ({"/": answer(bytes(5_000))}, SiteOutcome.NOT_HTML, "binary"),
    "few words": (
        {"/": answer(html_page("Enter store using password.", title="Opening soon"))},
        SiteOutcome.TOO_LITTLE_TEXT, "only 6 words are readable on the site: “Opening soon Enter",
    ),
    "frames": (
        {"/": answer(b"<title>Acme</title><frameset><frame src=/main.html></frameset>"),
         "/main.html": answer(html_page(TEXT))},
        SiteOutcome.READABLE, "words",
    ),
    "refresh": (
        {"/": answer(b"<meta http-equiv=Refresh content='0; URL=\"/en/\"'>"), "/en/": answer(html_page(TEXT))},
        SiteOutcome.READABLE, "words",
    ),
    "parked": (
        {"/": answer(html_page("This domain is for sale. Buy this domain from its owner. " * 4, title="bad.test"))},
        SiteOutcome.PARKED, "parked",
    ),
    "loop": (
        {"/": answer(status="302 Found", headers={"Location": "/a"}),
         "/a": answer(status="302 Found", headers={"Location": "/"})},
        SiteOutcome.SERVER_ERROR, "redirects to itself",
    ),
    "million tags": ({"/": answer(b"<div>" * 400_000 + TEXT.encode())}, None, ""),
    "thirty megabytes of script": (
        {"/": answer(b"<title>Big</title><script>" + b"var a=1;\n" * 3_400_000 + b"</script><p>" + TEXT.encode())},
        SiteOutcome.NEEDS_BROWSER, "needs a browser; 0 words readable",
    ),
    "thirty megabytes in chunks": ({"/": CHUNKED}, SiteOutcome.READABLE, "words"),
    "thirty megabytes": ({"/": answer(html_page(TEXT * 70_000))}, SiteOutcome.READABLE, "words"),
}  # fmt: skip


@pytest.mark.parametrize("name", SITES)
def test_each_has_a_named_reason_and_leaves_the_next_site_alone(name: str) -> None:
    pages, outcome, words = SITES[name]
    bad, fine = read_site(pages)
    assert outcome is None or bad.outcome is outcome, bad.detail
    assert words in bad.detail
    assert bad.detail
    assert "Errno" not in " ".join([bad.detail, *(receipt.detail for receipt in bad.receipts)])
    assert bad.outcome is SiteOutcome.READABLE or bad.outcome.next_step
    assert fine.outcome is SiteOutcome.READABLE


def test_three_hundred_odd_and_lying_encodings_are_all_pages() -> None:
    codecs = sorted(set(encodings.aliases.aliases.values()))
    claims = ("utf-8", "iso-8859-1", "utf-16", "shift_jis")
    body = f"<html><title>Zażółć</title><main><p>{TEXT} Größe, naïve façade, żółw.</p></main></html>"
    count = 0
    for codec in codecs:
        try:
            packed = body.encode(codec, errors="replace")
        except (LookupError, UnicodeError, TypeError, ValueError):
            continue
        for claim in (codec, *claims):
            page = extract_page("https://a.test/", packed, f"text/html; charset={claim}")
            assert "\x00" not in page.main_text
            count += 1
    assert count >= 300


@pytest.fixture
def authority(tmp_path: Path) -> "Authority":
    return Authority(tmp_path)


class Authority:
    """A certificate authority of one test, and servers with certificates it signed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        builder = self._builder(self._name, self._key, days=10)
        root = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.file = folder / "authority.pem"
        self.file.write_bytes(root.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, days: int) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=30))
            .not_valid_after(now + datetime.timedelta(days=days))
        )

    def context_for(self, host: str, *, days: int) -> ssl.SSLContext:
        """Return a server's context with a certificate for a host that ends in so many days."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(x509.Name([]), key, days=days)
        signed = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=True).sign(
            self._key, hashes.SHA256()
        )
        pem = self._folder / "server.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        pem.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        return context


def fetch_over_tls(context: ssl.SSLContext, authority: Path | None, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Fetch https://shop.example/ from a TLS server on loopback; `authority` is what the fetcher trusts."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        try:
            with context.wrap_socket(connection, server_side=True) as stream:
                stream.recv(4096)
                stream.sendall(answer(b"<p>hello</p>"))
        except OSError:
            connection.close()

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    if authority is not None:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    try:
        network = FakeNetwork(["93.184.216.34"], port=listener.getsockname()[1])
        return Fetcher(user_agent="Test/1", limits=QUICK, network=network).fetch("https://shop.example/").body
    finally:
        server.join(2)
        listener.close()


def test_a_good_certificate_is_believed(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    context = authority.context_for("shop.example", days=10)
    assert fetch_over_tls(context, authority.file, monkeypatch) == b"<p>hello</p>"


@pytest.mark.parametrize(
    ("host", "days", "is_known", "words"),
    [
        ("shop.example", -1, True, "expired"),
        ("other.example", 10, True, "shop.example"),
        ("shop.example", 10, False, "unable to get local issuer certificate"),
    ],
)
def test_a_bad_certificate_is_refused_in_words(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, host: str, days: int, is_known: bool, words: str
) -> None:
    context = authority.context_for(host, days=days)
    with pytest.raises(FetchFailed) as caught:
        fetch_over_tls(context, authority.file if is_known else None, monkeypatch)
    assert caught.value.reason is FetchProblem.TLS
    assert "the certificate of shop.example is not valid" in caught.value.detail
    assert words in caught.value.detail
