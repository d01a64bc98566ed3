"""Web addresses as people type them: with or without a scheme, and never anything but http and https."""

from urllib.parse import urlsplit

from app.services.plain_text import clean_line

MAX_ADDRESS = 1_000


def web_address(text: str) -> str:
    """Return a typed web address with its scheme; "" for what a browser should not follow."""
    address = clean_line(text)
    if "://" not in address:
        address = f"https://{address.lstrip('/')}"
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return ""
    is_web = parts.scheme.lower() in ("http", "https") and "." in host.strip(".") and parts.username is None
    return address if is_web and " " not in address and len(address) <= MAX_ADDRESS else ""
