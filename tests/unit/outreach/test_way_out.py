"""The unsubscribe page as receivers find it: https, at once, ours; each fault named with what to do."""

import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from outreach.preflight import Verdict
from outreach.way_out import NoAnswer, PageAnswer, ask_page, check_way_out

URL = "https://partners.example/u/token"
MARKER = 'data-page="unsubscribe"'


def answering(status: int = 200, location: str = "", text: str = MARKER) -> Callable[[str], PageAnswer]:
    return lambda _url: PageAnswer(status, location, text)


def silent(_url: str) -> PageAnswer:
    raise NoAnswer("timed out")


def test_our_page_over_https_is_good() -> None:
    found = check_way_out(URL, marker=MARKER, ask=answering())
    assert (found.verdict, found.record) == (Verdict.GOOD, "https://partners.example/u/…")


@pytest.mark.parametrize(
    ("url", "ask", "said"),
    [
        ("http://partners.example/u/token", answering(), "is not https"),
        (URL, answering(301, "https://www.partners.example/u/token"), "leads on to https://www.partners.example"),
        (URL, answering(404), "answered 404"),
        (URL, answering(text="It works!"), "shows another page"),
        (URL, silent, "did not answer this server (timed out)"),
    ],
)
def test_each_fault_is_named_with_what_to_do(url: str, ask: Callable[[str], PageAnswer], said: str) -> None:
    found = check_way_out(url, marker=MARKER, ask=ask)
    assert found.verdict is Verdict.BAD
    assert said in found.sentence
    assert "PUBLIC_URL" in found.sentence
    assert "token" not in found.record


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(302 if self.path.startswith("/moved") else 200)
        self.send_header("Location", "https://elsewhere.example/")
        self.end_headers()
        self.wfile.write(MARKER.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Serve over https on loopback; return the address and the certificate to trust."""
    certificate = _self_signed(tmp_path)
    httpd = HTTPServer(("127.0.0.1", 0), _Page)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, tmp_path / "key.pem")
    httpd.socket = tls.wrap_socket(httpd.socket, server_side=True)
    thread = threading.Thread(target=httpd.serve_forever, args=(0.05,))
    thread.start()
    yield f"https://127.0.0.1:{httpd.server_port}", certificate
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def _self_signed(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    return folder / "cert.pem"


def test_a_page_is_asked_for_as_receivers_do(server: tuple[str, Path]) -> None:
    address, certificate = server
    trusting = ssl.create_default_context(cafile=str(certificate))
    assert ask_page(f"{address}/u/x", tls=trusting) == PageAnswer(200, "https://elsewhere.example/", MARKER)
    assert ask_page(f"{address}/moved", tls=trusting).status == 302
    with pytest.raises(NoAnswer, match="certificate is not in order"):
        ask_page(f"{address}/u/x")


def test_nobody_there_is_no_answer() -> None:
    with pytest.raises(NoAnswer, match="refused"):
        ask_page("https://127.0.0.1:9/u/x")
