"""What the reader of sites, imports and discoveries keep in English is said again in the reader's language."""

import errno
import re
import socket
from collections.abc import Iterator

import pytest

from app.languages import in_language, staff_catalog_of
from app.services.imports.columns import Field
from app.services.imports.values import BadRow, read_values
from app.services.retelling import retold
from app.services.site_sentences import SITE_PATTERNS, SITE_PLAIN
from scrapers.problems import in_words
from scrapers.report import SiteOutcome


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    with in_language("de", is_staff=True):
        yield


@pytest.mark.parametrize("pattern", SITE_PATTERNS)
def test_every_sentence_with_values_is_found_again(pattern: str) -> None:
    names = re.findall(r"%\((\w+)\)s", pattern)
    values = {name: f"x{number}y" for number, name in enumerate(names)}
    said = staff_catalog_of("de").gettext(pattern)
    assert retold(pattern % values) == said % values != pattern % values
    if not pattern.endswith("."):
        assert retold(f"{pattern % values}. Try again later.").startswith(f"{said % values}. ")


@pytest.mark.parametrize("sentence", SITE_PLAIN)
def test_every_sentence_without_values_is_found_again(sentence: str) -> None:
    assert retold(sentence) == staff_catalog_of("de").gettext(sentence) != sentence


def test_what_was_wrong_with_a_site_is_told_with_what_to_do() -> None:
    kept = f"shop.example does not accept connections: nothing answers there. {SiteOutcome.UNREACHABLE.next_step}"
    told = retold(kept)
    assert told.startswith("shop.example nimmt keine Verbindungen an: dort antwortet nichts. Prüfen Sie die Domain")
    quoted = "only 3 words are readable on the site: “Hi. How are you?”. Check the address."
    assert retold(quoted) == "nur 3 Wörter der Website sind lesbar: „Hi. How are you?“. Prüfen Sie die Adresse."


@pytest.mark.parametrize("number", [errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.EMFILE, errno.ECONNRESET, None])
def test_every_fault_of_the_network_is_told(number: int | None) -> None:
    for error in (OSError(number, "x"), TimeoutError(), socket.gaierror(socket.EAI_NONAME, "x")):
        assert retold(in_words(error)) != in_words(error)


@pytest.mark.parametrize("cells", [{}, {"domain": "=A1"}, {"domain": "facebook.com/x"}, {"domain": "gmail.com"}])
def test_why_a_row_cannot_come_in_is_told(cells: dict[str, str]) -> None:
    with pytest.raises(BadRow) as refused:
        read_values({"other": "x", **cells}, {"domain": Field.SITE}, source="list.csv")
    told = retold(str(refused.value))
    assert told.endswith("Geben Sie die eigene Website der Firma an.")
    assert not re.search(r"\b(?:the|is|that|row)\b", told)


def test_remarks_of_a_row_are_told_one_by_one() -> None:
    line = "Same company as line 2; a new contact or note is added to that one."
    kept = f"{line} 'Foo' is no country we know. The value is kept under “land” in the extra columns."
    assert retold(kept) == (
        "Dieselbe Firma wie in Zeile 2; ein neuer Kontakt oder eine Notiz kommt dort hinzu. 'Foo' ist kein Land, das "
        "wir kennen. Der Wert bleibt unter „land“ in den Zusatzspalten."
    )
