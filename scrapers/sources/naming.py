"""What a company is called: the words of a link to it, the heading over it, the picture's text, at worst its domain."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum

from lxml import etree

from scrapers.extract.title import squeeze
from scrapers.sources.surroundings import PageText

MAX_NAME_CHARS = 80
_MAX_WORDS = 8
# A link whose words are all among these names nobody: "Visit website", "Mehr erfahren", "1".
_GENERIC = frozenset(
    """
    visit view go to see open read learn more about website websites site web page homepage home link links here click
    details detail profile full review www official the a an our your their this that for of and on at in by us we now
    info get quote contact contacts book call request demo try free start started case study studies portfolio
    directions map email message blog careers news source store shop company agency member show all next previous back
    top deal offer pricing price plans buy join apply download app register sign up login log test check out best fee
    zur zum website webseite homepage mehr erfahren weiter lesen hier besuchen profil ansehen details seite
    strona strony odwiedź odwiedz zobacz więcej wiecej czytaj dalej tutaj przejdź do kontakt
    visiter voir le la les site en savoir plus lire suite ici découvrir
    visitar sitio ver más mas leer aquí aqui
    """.split()
)
_LEADING = re.compile(
    r"^(?:visit|go to|check out|view|see|open|zur|besuchen|odwiedź|visiter|visitar)\s+", re.IGNORECASE
)
_TRAILING = re.compile(r"(?:['’]s)?\s+(?:website|web site|homepage|webseite|logo|profile)$", re.IGNORECASE)
_NUMBER = re.compile(r"^(?:#?\d{1,4}\s*[.):]|#\d{1,4}\b|[•·▪–—*-])\s*")
_HOST = re.compile(r"^(?:https?://)?(?:[\w-]+\.)+[^\W\d_]{2,24}/?\S*$", re.IGNORECASE)
_EDGES = ' \t.,;|•·–—-_*>»›→↗«"“”'


class Rank(IntEnum):
    """How good a name is, best last."""

    DOMAIN = 0
    PICTURE = 1
    HEADING = 2
    WORDS = 3
    FITTING = 4


@dataclass(frozen=True, slots=True)
class Name:
    """A name with how good it is."""

    rank: Rank
    text: str


def name_of_link(link: etree._Element, domain: str, page: PageText) -> Name:
    """Return the best name the page gives the company a link leads to."""
    words = page.of_element(link) or link.get("aria-label") or link.get("title") or ""
    label, heading = clean_name(words), clean_name(page.title_of_card(link)) or clean_name(page.heading_before(link))
    image = next(link.iter("img"), None)
    picture = clean_name(image.get("alt") or "") if image is not None else ""
    for text in (label, picture, heading):
        if text and fits_domain(text, domain):
            return Name(Rank.FITTING, text)
    if label and _is_written_as_a_name(label):
        return Name(Rank.WORDS, label)
    if heading and not label and len(words) <= MAX_NAME_CHARS and _is_written_as_a_name(heading):
        return Name(Rank.HEADING, heading)
    return Name(Rank.PICTURE, picture) if picture else Name(Rank.DOMAIN, name_of_domain(domain))


def clean_name(text: str) -> str:
    """Return the name in some words without numbering, edges and "visit"; empty where they name nobody."""
    name = _NUMBER.sub("", squeeze(text)).strip(_EDGES)
    name = _TRAILING.sub("", _LEADING.sub("", name)).strip(_EDGES)
    if name.endswith(":") or name.startswith("[") or _HOST.match(name) or "@" in name or len(name) < 2:
        return ""
    words = name.split()
    is_generic = all(word.strip(".,:;!?()").lower() in _GENERIC or not re.search(r"[^\W\d_]", word) for word in words)
    return "" if is_generic or len(words) > _MAX_WORDS or len(name) > MAX_NAME_CHARS else name


def name_of_domain(domain: str) -> str:
    """Return a readable name made from a domain: `blue-harbor.co.uk` gives `Blue Harbor`."""
    label = domain.partition(".")[0]
    if label.startswith("xn--"):
        try:
            label = label.encode("ascii").decode("idna")
        except UnicodeError:
            return domain
    return label.replace("-", " ").title()


def fits_domain(name: str, domain: str) -> bool:
    """Tell whether a name and a domain belong together: one is in the other, or its first word or initials are."""
    core = _plain(name_of_domain(domain))
    words = [_plain(word) for word in name.split()]
    whole = "".join(words)
    if len(whole) < 3 or len(core) < 2:
        return False
    initials = "".join(word[:1] for word in words)
    return whole in core or (len(core) >= 4 and core in whole) or initials == core or (
        len(words[0]) >= 4 and words[0] in core
    )  # fmt: skip


def _is_written_as_a_name(text: str) -> bool:
    """Tell a name from words of a sentence: scripts that have capitals use one in a name."""
    return text.lower() == text.upper() or text != text.lower()


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in decomposed if letter.isalnum())
