"""Lines of a calendar file (RFC 5545): escaped, folded, ended as the standard asks."""

from collections.abc import Iterable


def escaped(text: str) -> str:
    """Escape a text value (section 3.3.11)."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def calendar_bytes(lines: Iterable[str]) -> bytes:
    """Return lines as the bytes of a calendar file."""
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _folded(line: str) -> str:
    """Fold a line to 75 bytes, never inside a letter (section 3.1)."""
    parts, part = [], b""
    for letter in line:
        more = letter.encode()
        if len(part) + len(more) > 75:
            parts.append(part)
            part = b" "
        part += more
    return "\r\n".join(each.decode() for each in [*parts, part])
