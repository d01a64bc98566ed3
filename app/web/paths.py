"""Where to go after a form: only ever a page of this product."""

from urllib.parse import urlsplit


def local_path(target: str | None, *, default: str) -> str:
    """Return the target if it is a path on this host, else the default.

    A form's `next` comes from the browser; `//host`, `/\\host` and `https://host` would send people elsewhere.
    """
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc or "\n" in target or "\r" in target else target
