"""Whether the unsubscribe page that every mail links to is there for its receivers: over https, at once, with our page.

RFC 8058 wants the address of List-Unsubscribe to be https and to answer without a redirect. The page is only looked at:
GET shows what its button would do and changes nothing.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from outreach.preflight import Finding, Verdict

TIMEOUT_S = 10.0
_MOST_BYTES = 100_000


class NoAnswer(Exception):
    """The page could not be fetched; the text names the cause."""


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """What a page answered: status, where a redirect leads ("" for none), and the beginning of its text."""

    status: int
    location: str
    text: str


Ask = Callable[[str], PageAnswer]


def ask_page(url: str, *, tls: ssl.SSLContext | None = None, timeout_s: float = TIMEOUT_S) -> PageAnswer:
    """Fetch one https page as a mail program would, following nothing. Raises NoAnswer."""
    parts = urlsplit(url)
    context = tls or ssl.create_default_context()
    connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=timeout_s, context=context)
    try:
        connection.request("GET", parts.path, headers={"Accept": "text/html"})
        answer = connection.getresponse()
        text = answer.read(_MOST_BYTES).decode("utf-8", "replace")
        return PageAnswer(answer.status, answer.getheader("Location", ""), text)
    except ssl.SSLCertVerificationError as error:
        raise NoAnswer(f"its certificate is not in order: {error.verify_message}") from error
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(str(error) or type(error).__name__) from error
    finally:
        connection.close()


def check_way_out(url: str, *, marker: str, ask: Ask = ask_page) -> Finding:
    """Look at the unsubscribe page under `url`, whose text must hold `marker` to be ours."""
    shown = url.rpartition("/u/")[0] + "/u/…"
    if not url.startswith("https://"):
        return _bad(shown, "is not https, which mailbox providers ask of one-click links. Set PUBLIC_URL to https://…")
    try:
        answer = ask(url)
    except NoAnswer as error:
        return _bad(
            shown,
            f"did not answer this server ({error}). Check PUBLIC_URL and the proxy before it; where it does answer "
            "people outside, an admin may unlock the sender.",
        )
    if 300 <= answer.status < 400:
        cause = f"leads on to {answer.location[:100] or 'another page'}; receivers must reach it without a redirect."
        return _bad(shown, f"{cause} Set PUBLIC_URL to the address the product itself answers under.")
    if answer.status != http.client.OK or marker not in answer.text:
        said = f"answered {answer.status}" if answer.status != http.client.OK else "shows another page"
        return _bad(
            shown, f"{said} in place of the unsubscribe page. Check that PUBLIC_URL leads to this installation."
        )
    return Finding(Verdict.GOOD, "The unsubscribe page answers over https.", shown)


def _bad(shown: str, what: str) -> Finding:
    return Finding(Verdict.BAD, f"The unsubscribe page {what}", shown)
