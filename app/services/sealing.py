"""Secrets of others that must be used again, kept encrypted: the passwords of mailboxes.

Fernet (AES-128-CBC with HMAC-SHA256) under a key derived from SECRET_KEY. A database that leaks gives no password away;
an installation whose SECRET_KEY changed has to be told them again.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken

from app.services.keys import key_for


class Unsealable(Exception):
    """A sealed secret cannot be read with this SECRET_KEY."""


def seal(secret: str) -> str:
    """Return the secret encrypted, as text."""
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Return a sealed secret. Raises Unsealable where SECRET_KEY has changed or the text was altered."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unsealable(
            "A stored password cannot be read: SECRET_KEY was changed since. Type the password in again."
        ) from None


def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key_for("sealing")))
