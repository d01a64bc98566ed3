"""Telling from a link's words and address what kind of page it leads to, in five languages."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote, urlsplit

from scrapers.report import PageKind

# Folded to ASCII: "über uns" is "uber uns" or "ueber uns", "usługi" is "uslugi". First match wins.
_WORDS: dict[PageKind, str] = {
    PageKind.DISCLOSURE: r"disclosures?|affiliate (?:policy|disclaimer|notice)|advertis\w+ (?:policy"
    r"|disclosure)|disclaimer"
    r"|how we make money|werbehinweis|transparenz|ujawnienie|polityka afiliacyjna|transparence|divulgacion"
    r"|aviso de afiliados",
    PageKind.PARTNERS: r"partners?|partnerships?|affiliates?|affiliate program\w*|resellers?|referrals?"
    r"|ambassadors?|work with us"
    r"|collaborat\w+|media ?kit|advertise|advertising|write for us|guest post\w*|sponsor\w*|partnerprogramm"
    r"|werbepartner|werben"
    r"|mediadaten|partnerzy|partnerski|partnerow|afiliacja|wspolpraca|reklama|partenaires?|partenariats?|annonceurs?"
    r"|socios|afiliados|colabora\w*|anunciate|become a partner",
    PageKind.IMPRINT: r"imprint|impressum|legal notice|legal|mentions legales|aviso legal|dane firmy|nota prawna",
    PageKind.CONTACT: r"contact|contacts|contact us|get in touch|reach us|kontakt|kontakty|nous contacter"
    r"|contactez|contacto"
    r"|contactenos|contactanos|napisz do nas|lets talk|let s talk|book a call",
    PageKind.SERVICES: r"services?|solutions?|what we do|capabilities|expertise|offerings?|how we help"
    r"|leistungen|angebote?"
    r"|loesungen|losungen|dienstleistungen|uslugi|oferta|co robimy|rozwiazania|prestations|offre|nos metiers|servicios"
    r"|soluciones|que hacemos|case stud(?:y|ies)|our work|portfolio|projects|referenzen|realizacje|realisations"
    r"|proyectos"
    r"|features|products?|produkte|produkty|produits|productos|pricing|industries",
    PageKind.ABOUT: r"about|about us|about me|who we are|our story|our team|meet the team|team|company|mission"
    r"|ueber uns"
    r"|uber uns|ueber mich|unternehmen|wir ueber uns|o nas|o mnie|o firmie|zespol|kim jestesmy|a propos|qui sommes nous"
    r"|notre equipe|equipe|sobre|sobre nosotros|quienes somos|nosotros|equipo|acerca de",
    PageKind.BLOG: r"blog|news|newsroom|insights|articles|magazine|journal|stories|reviews|guides|podcast"
    r"|magazin|aktuelles"
    r"|neuigkeiten|ratgeber|aktualnosci|artykuly|poradnik|porady|actualites|articles|noticias|articulos|resources|learn",
}
_PATTERNS = {kind: re.compile(rf"\b(?:{words})\b") for kind, words in _WORDS.items()}
_POST_PATH = re.compile(
    r"/(?:blog|news|insights|articles?|posts?|stories|magazine?|journal|reviews?|guides?|aktuelles|ratgeber|aktualnosci"
    r"|porady|actualites|noticias|learn|resources)/[^/]*[a-z]{3}[^/]*|/(?:19|20)\d\d/\d\d/[^/]*[a-z]{3}"
)
_POST_SLUG_HYPHENS = 3
_TEXT_CHARS = 60


def kind_of_link(url: str, text: str) -> PageKind:
    """Return the kind of page a link promises; `other` when neither words nor address tell.

    The words of the link outrank its address, and an address names a kind by its last step only: `/services/contact` is
    about contact.
    """
    path = unquote(urlsplit(url).path)
    if is_home(path):
        return PageKind.HOME
    if _POST_PATH.search(path.lower()) or path.count("-") > _POST_SLUG_HYPHENS:
        return PageKind.POST
    steps = [fold(step) for step in path.split("/") if step]
    words = fold(text) if len(text) <= _TEXT_CHARS else ""
    for where in (words, *reversed(steps[-2:])):
        for kind, pattern in _PATTERNS.items():
            if where and pattern.search(where):
                return kind
    return PageKind.OTHER


def is_home(path: str) -> bool:
    """Tell whether a path is a site's front door, with or without a language."""
    return bool(re.fullmatch(r"/(?:index\.\w{3,5})?|/[a-z]{2}(?:[-_][a-zA-Z]{2})?/?|/home/?", path))


def fold(text: str) -> str:
    """Lower case, no accents, words apart by single spaces."""
    lowered = text.lower().replace("ł", "l").replace("ß", "ss")
    plain = unicodedata.normalize("NFKD", lowered)
    return " ".join(
        re.split(r"[\W_]+", "".join(letter for letter in plain if not unicodedata.combining(letter)))
    ).strip()
