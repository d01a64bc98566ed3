"""Random tokens for cookies and links: the holder has the token, the database only its hash."""

import hashlib
import secrets

TOKEN_BYTES = 32


def new_token() -> str:
    """Return 256 random bits as 43 characters that are safe in a URL."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_of(token: str) -> str:
    """Return the SHA-256 of a token as 64 hex digits; plain hashing is enough, nobody guesses 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()
