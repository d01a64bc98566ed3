"""Passwords: argon2id hashes, the rules for a new one, and a check that takes as long for an unknown person.

Hashing takes tens of milliseconds on purpose, so nothing here touches the database: views hash before they open a
transaction. Parameters lie above OWASP's minimum (19 MiB, 2 passes, 1 lane; Password Storage Cheat Sheet) and one
check needs 32 MiB, so that a dozen of them at once stay below half a gigabyte.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from app.services.errors import InvalidInput
from app.services.languages import gettext as _

MIN_LENGTH = 12
MAX_LENGTH = 256
MIN_DIFFERENT = 5
NO_PASSWORD = "!"  # noqa: S105 - fits no password: the account has not chosen one

_hasher = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1, type=Type.ID)
_WORN_OUT = frozenset(
    (
        "123456789012 1234567890123 12345678910 qwertyuiop12 qwertyuiop123 qwertyuiopasdf 1qaz2wsx3edc 1q2w3e4r5t6y "
        "password1234 password12345 password123! passwordpassword iloveyou1234 administrator letmein12345 "
        "welcome12345 changeme1234 abcdefghijkl abcd12345678 q1w2e3r4t5y6 zaq12wsxcde3 scoutboard123 scoutboard2026"
    ).split()
)


@dataclass(frozen=True, slots=True)
class PasswordCheck:
    """The outcome of a check: whether it fits, and the new hash where the stored one is of older parameters."""

    fits: bool
    new_hash: str | None = None


def hash_password(password: str) -> str:
    """Return the argon2id hash to store."""
    return _hasher.hash(_normal(password))


def check_password(stored_hash: str | None, password: str) -> PasswordCheck:
    """Compare a password with a stored hash.

    Without a hash (nobody has that e-mail) a decoy is verified instead, so that the answer takes the same time.
    """
    known = stored_hash is not None and stored_hash != NO_PASSWORD
    target = stored_hash if known and stored_hash is not None else _decoy()
    try:
        _hasher.verify(target, _normal(password[:MAX_LENGTH]))
    except (VerificationError, InvalidHashError):
        return PasswordCheck(fits=False)
    if not known:
        return PasswordCheck(fits=False)
    return PasswordCheck(fits=True, new_hash=hash_password(password) if _hasher.check_needs_rehash(target) else None)


def require_good_password(password: str, *, email: str = "", field: str = "password") -> None:
    """Raise InvalidInput, in words, unless a person may choose this password.

    Length and not being guessable are what counts (NIST SP 800-63B); no rule asks for special characters.
    """
    problem = _problem(_normal(password), email)
    if problem:
        raise InvalidInput({field: problem})


def _problem(password: str, email: str) -> str | None:
    if len(password) < MIN_LENGTH:
        return _("Too short: use at least %(least)s characters. A few unrelated words work well.", least=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        return _("Too long: use at most %(most)s characters.", most=MAX_LENGTH)
    lowered = password.casefold()
    if lowered in _WORN_OUT or len(set(lowered)) < MIN_DIFFERENT:
        return _("Too easy to guess: use a few unrelated words instead.")
    mailbox = email.casefold().partition("@")[0]
    if lowered == email.casefold() or (len(mailbox) >= MIN_DIFFERENT and lowered.strip("0123456789!") == mailbox):
        return _("Too easy to guess: do not use your e-mail address as the password.")
    return None


def _normal(password: str) -> str:
    """Bring letters that look the same to one form: keyboards differ in how they write an accent."""
    return unicodedata.normalize("NFKC", password)


@cache
def _decoy() -> str:
    return _hasher.hash("decoy, so that an unknown address takes as long as a known one")


def prepare_decoy() -> None:
    """Make the decoy ahead of the first sign-in; that one would take twice as long otherwise, which tells."""
    _decoy()
