"""Keys for signing, hashing and sealing, each derived from SECRET_KEY for one purpose.

Named once at the start of a process, like the database: services know no Flask and read no environment. A key of its
own per purpose means that what one part hands out proves nothing to another.
"""

import hashlib
import hmac

_secret: dict[str, bytes] = {}


class NotConfigured(Exception):
    """A key was asked for before configure() named the secret they all come from."""


def configure(secret_key: str) -> None:
    """Derive every key from this secret from now on; a second call replaces the first."""
    _secret["default"] = secret_key.encode()


def key_for(purpose: str) -> bytes:
    """Return the 32 bytes that belong to a purpose. Raises NotConfigured before configure()."""
    try:
        secret = _secret["default"]
    except KeyError:
        raise NotConfigured("call app.services.keys.configure(secret_key) first") from None
    return hmac.new(secret, b"scoutboard:" + purpose.encode(), hashlib.sha256).digest()
