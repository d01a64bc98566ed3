"""Countries as people write them, turned into ISO 3166-1 alpha-2 codes.

The table beside this module holds a line per country: alpha-2, alpha-3, then names in English, German, Polish and the
country's own language, parted by `|`. What it does not know is reported, never guessed.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).with_name("countries.txt")


def country_code(text: str) -> str | None:
    """Return the alpha-2 code of a code or name in any case, `None` for an empty or unknown one."""
    return _codes().get(_key(text))


@cache
def _codes() -> dict[str, str]:
    codes: dict[str, str] = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        alpha2, alpha3, names = line.split(" ", 2)
        for name in (alpha2, alpha3, *names.split("|")):
            codes[_key(name)] = alpha2
    return codes


def _key(text: str) -> str:
    """Fold case, accents and punctuation away: `Österreich`, `OSTERREICH` and `osterreich.` are one name."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    return re.sub(r"[\W_]+", "", "".join(letter for letter in plain if not unicodedata.combining(letter)))
