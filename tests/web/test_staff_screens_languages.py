"""The staff's screens say nothing past the catalogs: drawn in a made-up language, what is left over is looked at.

A folder of templates stands in SPOKEN_FOLDERS once its screens pass here.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Enum, select, update

from app import languages
from app.db import Base, reading, transaction
from app.models import ProgramTerms, Role, User
from app.services.ready_made import READY_MADE
from app.services.terms_checks import sentences_of
from app.web.speaking import SPOKEN_FOLDERS
from tests.web.access_world import AccessWorld
from tests.web.staff_screens import SCREENS
from tests.web.test_apply_languages import Marked, unsaid

pytestmark = pytest.mark.any_servers
# Names of ours, keys and what Babel writes by itself.
_SAME = re.compile(
    r"services_page|example\.com|gmail\.com|\bEUR\b|"
    r"\b(?:text|image|application)/[\w.+-]+|Scoutboard|example|zzzzzz|company|\bOla\b|English|Polski|Deutsch|\b(?:UTC|kB|MB|CSV|URL|DNS|SPF|DKIM|DMARC|IMAP|SMTP|API|HTML|PDF)\b"
    r"|(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember) \d{4}"
    r"|\d+ (?:J\b|Mon\.|Wo\.|Tg\.|Std\.|Min\.)|\d+\. \w+\.?(?: \d{4})?|\b(?:Mo|Di|Mi|Do|Fr|Sa|So)\b"
    r"|\S+@\S+|https?://\S+|\b[\w-]+(?:\.[\w-]+)+\b|/[\w/-]+"
)
# Mails are in the language they are written in, footer included, and the documentation is in English; what stands in
# code is for typing, and details of the audit log are what was stored.
_APART = re.compile(
    r'(?s)<script.*?</script>|<article class="gd-text">.*?</article>|<li lang="en">.*?</li>|<code>.*?</code>'
    r'|<div class="or-mail-body">.*?</div>|<pre class="(?:or-pre|ac-mail)">.*?</pre>'
    r'|<div class="wv-sample" lang="..">.*?</div>'
)


def written() -> list[str]:
    """Return everything people wrote: the texts of all rows, the longest first."""
    with reading() as session:
        found: set[str] = set()
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if not isinstance(column.type, Enum)]
            for row in session.execute(select(*columns)) if columns else ():
                found.update(text for value in row for text in _texts(value))
        # A decline offers the sentences of the terms one by one.
        found.update(each for text in session.scalars(select(ProgramTerms.text)) for each in sentences_of(text))
    found.update(_texts([each.content() for each in READY_MADE.values()]))
    # Of a template with fields in it, what stands between them.
    found.update(part.strip() for text in tuple(found) if "{" in text for part in re.split(r"\{[{%].*?[%}]\}", text))
    # Deeds of the audit log are its own codes, in whatever language one reads it.
    found.update(text.replace(".", ": ").replace("_", " ") for text in tuple(found) if re.fullmatch(r"\w+\.\w+", text))
    return sorted((text for text in found if re.search(r"[^\W\d_]{2}", text)), key=len, reverse=True)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield " ".join(value.split())
    elif isinstance(value, (list, dict)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def left_over(page: str, known: list[str]) -> str:
    """Return the words of a page that came neither out of the catalog nor from a row."""
    left = unsaid(_APART.sub("", page))
    for words in known:
        left = left.replace(words, " ")
    return " ".join(re.findall(r"[^\W\d_]{2,}", _SAME.sub(" ", left)))


@pytest.fixture
def made_up(world: AccessWorld, monkeypatch: pytest.MonkeyPatch) -> AccessWorld:
    with transaction() as session:
        session.execute(update(User).where(User.role == Role.ADMIN).values(language="de"))
    monkeypatch.setattr(languages, "staff_catalog_of", lambda _language: Marked())
    return world


def test_every_translated_folder_is_drawn() -> None:
    assert set(SCREENS) == SPOKEN_FOLDERS


def test_screens_say_nothing_past_the_catalogs(made_up: AccessWorld) -> None:
    browser, known, found = made_up.clients[Role.ADMIN], written(), {}
    for address in (each for screens in SCREENS.values() for each in screens):
        answer = browser.get(address.format_map(made_up.own))
        assert answer.status_code < 500, address
        if left := left_over(answer.text, known):
            found[f"{answer.status_code} {address}"] = left
    assert found == {}


@pytest.mark.parametrize("address", ["/login", "/forgot-password", "/reset/nonsense", "/invitation/nonsense"])
def test_before_the_sign_in_the_browser_chooses(made_up: AccessWorld, address: str) -> None:
    stranger = made_up.clients[Role.ADMIN].application.test_client()
    answer = stranger.get(address, headers={"Accept-Language": "de-DE,de;q=0.9,en;q=0.5"})
    assert '<html lang="de"' in answer.text
    assert left_over(answer.text, []) == ""
    assert '<html lang="en"' in stranger.get(address, headers={"Accept-Language": "fr"}).text
