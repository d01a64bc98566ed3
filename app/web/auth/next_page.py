"""Where to go after the sign-in: a page of this site that was asked for, and nothing else."""

import re
from urllib.parse import unquote

HOME = "/"
MAX_LENGTH = 1000
# An allow-list, because browsers forgive much: they read "\" as "/", and drop tabs and line breaks inside an address.
_PLAIN_PATH = re.compile(r"/[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*(\?[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*)?", re.ASCII)
_NEVER = ("/login", "/logout")


def safe_next(wanted: str | None) -> str:
    """Return the wanted page if it surely is one of ours, else the home page.

    Refused are other sites in every spelling ("//", "/\\", encoded twice, with control characters), climbing paths,
    and pages that would only lead back to the sign-in.
    """
    if not wanted or len(wanted) > MAX_LENGTH or not _PLAIN_PATH.fullmatch(wanted):
        return HOME
    path = _decoded(wanted.partition("?")[0])
    if path is None or "//" in path or "\\" in path or not (path.isprintable() and " " not in path):
        return HOME
    if any(part in {".", ".."} for part in path.split("/")) or path.startswith(_NEVER):
        return HOME
    return wanted


def _decoded(path: str) -> str | None:
    """Undo percent-encoding until nothing changes; None where it is no text or wrapped again and again."""
    for _ in range(4):
        plain = unquote(path)
        if plain == path:
            return None if "\N{REPLACEMENT CHARACTER}" in path else path
        path = plain
    return None
