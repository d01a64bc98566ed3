"""Addresses that strangers wrote, before they become links: only web addresses may."""

from urllib.parse import urlsplit


def outside_link(url: str) -> str | None:
    """Return the address if a browser may follow it (http or https with a host), else None.

    Escaping keeps foreign text out of the markup but lets `javascript:` through, so the scheme is checked here.
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme in ("http", "https") and parts.hostname else None


def shown_address(url: str, *, most: int = 70) -> str:
    """Return an address as people read it: without scheme and `www.`, shortened in the middle."""
    text = url.strip().removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    half = (most - 1) // 2
    return text if len(text) <= most else f"{text[:half]}…{text[-half:]}"
