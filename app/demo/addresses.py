"""The ways real sites print an e-mail address, from a plain link to the tricks meant to stop harvesters.

A crawler that only knows ``mailto:`` misses half of the contact pages, so the demo has them all.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

PROTECTION_PATH = "/cdn-cgi/l/email-protection"


def _mailto(address: str, label: str) -> str:
    return f'<a href="mailto:{address}">{address}</a>'


def _plain(address: str, label: str) -> str:
    return address


def _at(address: str, label: str) -> str:
    return address.replace("@", " [at] ").replace(".test", " [dot] test")


def _entity(address: str, label: str) -> str:
    coded = "".join(f"&#{ord(letter)};" for letter in address)
    return f'<a href="&#109;ailto:{coded}">{coded}</a>'


def _cloudflare(address: str, label: str) -> str:
    """Code the address the way Cloudflare's "Scrape Shield" does: a key byte, then every byte xor the key."""
    key = 0x2F
    coded = f"{key:02x}" + "".join(f"{ord(letter) ^ key:02x}" for letter in address)
    shown = escape(label)
    return f'<a href="{PROTECTION_PATH}" class="__cf_email__" data-cfemail="{coded}">{shown}</a>'


STYLES: dict[str, Callable[[str, str], str]] = {
    "mailto": _mailto,
    "plain": _plain,
    "at": _at,
    "entity": _entity,
    "cloudflare": _cloudflare,
}


def print_address(address: str, *, style: str) -> str:
    """Return HTML that shows ``address`` in one of STYLES; raises KeyError for a style that is none of them."""
    return STYLES[style](address, "[email\u00a0protected]")
