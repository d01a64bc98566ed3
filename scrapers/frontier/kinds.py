"""Telling from a link's words and address what kind of page it leads to, in five languages."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote, urlsplit

from scrapers.report import PageKind

_WORDS: dict[PageKind, str] = {
    PageKind.PARTNERS: r"partners?|partnership|affiliates?|resellers?|werbepartner|partnerzy|partnerski|afiliacja"
    r"|wspolpraca|partenaires?|affiliation|socios|colaboradores|afiliados|work with us|media kit|advertise",
    PageKind.DISCLOSURE: r"disclosure|disclaimer|affiliate policy|advertising policy|werbehinweis|transparenz",
    PageKind.SERVICES: r"services?|solutions?|what we do|products?|leistungen|angebot|loesungen|uslugi|oferta"
    r"|prestations|servicios|soluciones|expertise|capabilities|work|portfolio|case stud(?:y|ies)",
    PageKind.ABOUT: r"about|about us|who we are|team|company|story|ueber uns|uber uns|unternehmen|o nas|o firmie|zespol"
    r"|a propos|qui sommes nous|equipe|sobre|quienes somos|nosotros|equipo",
    PageKind.CONTACT: r"contact|contact us|contacts|kontakt|kontakty|get in touch|nous contacter|contacto|contactenos",
    PageKind.IMPRINT: r"imprint|impressum|legal notice|mentions legales|aviso legal|dane firmy",
    PageKind.BLOG: r"blog|news|insights|articles|magazine|magazin|aktualnosci|aktuelles|neuigkeiten|actualites"
    r"|noticias|journal|resources",
}
_PATTERNS = {kind: re.compile(rf"\b(?:{words})\b") for kind, words in _WORDS.items()}


def kind_of_link(url: str, text: str) -> PageKind:
    """Return the kind of page a link promises; `other` when neither words nor address tell."""
    parts = urlsplit(url)
    if parts.path in ("", "/"):
        return PageKind.HOME
    plain_text, plain_path = _plain(text)[:60], _plain(unquote(parts.path))
    for where in (plain_text, plain_path):
        for kind, pattern in _PATTERNS.items():
            if pattern.search(where):
                return kind
    return PageKind.OTHER


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.lower().replace("ł", "l").replace("ß", "ss"))
    kept = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(re.split(r"[\W_]+", kept))
