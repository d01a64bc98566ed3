"""What applicants read is whole in every language: nothing missing, nothing left over, nothing filled in wrongly."""

import re
from datetime import UTC, datetime

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from sqlalchemy.orm import Session

from app import languages
from app.models import CaseKind
from app.services.application_mails import Saying, letter_of
from app.services.languages import choose_language, current_language, gettext, in_language, long_day, ngettext, number
from app.services.partner_words import SHOWN_KINDS, found_words
from app.web.speaking import SPOKEN_FOLDERS
from tests.application_world import an_application
from tests.architecture.tree import files, name_of
from tools.catalogs import DOMAINS, catalog_paths, texts_in_code

PLACE = re.compile(r"%\(\w+\)s|</?\w+>")
_ALONE = ("news.html", "moving.html", "moving_gone.html")
TEMPLATES = [
    *files("app/templates/apply", "app/templates/portal", suffix=".html"),
    *(path for path in files("app/templates", suffix=".html") if path.name in _ALONE),
    *(path for folder in sorted(SPOKEN_FOLDERS) for path in files(f"app/templates/{folder}", suffix=".html")),
]


def test_every_language_has_a_catalog() -> None:
    assert {path.parents[1].name for path in catalog_paths()} == set(languages.LANGUAGES) - {languages.SOURCE}


@pytest.mark.parametrize("domain", DOMAINS)
def test_catalogs_say_everything_and_nothing_else(domain: str) -> None:
    in_code = {message.id for message in texts_in_code(domain) if message.id}
    assert len(in_code) > 150, "hardly any text found: does tools.catalogs look in the right place?"
    for path in catalog_paths(domain):
        with path.open("rb") as file:
            catalog = read_po(file, locale=path.parents[1].name)
        assert {message.id for message in catalog if message.id} == in_code, "run: python -m tools.catalogs"
        assert_is_whole(catalog)


def assert_is_whole(catalog: Catalog) -> None:
    for message in catalog:
        said = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        asked = message.id if isinstance(message.id, (tuple, list)) else [message.id]
        if not any(said) and all(waits_for_its_turn(place) for place, _line in message.locations):
            continue
        assert all(said), f"not translated: {message.id!r}"
        forms = {"pl": 3}.get(str(catalog.locale), 2)
        assert len(said) == (forms if isinstance(message.id, (tuple, list)) else 1), message.id
        assert not message.fuzzy, message.id
        for each in said:
            assert set(PLACE.findall(each)) <= {place for one in asked for place in PLACE.findall(one)}, message.id
            assert re.findall("</?[a-z]+>", each) == re.findall("</?[a-z]+>", asked[-1]), message.id


def waits_for_its_turn(place: str) -> bool:
    folder, *rest = place.removeprefix("app/templates/").split("/")
    return place.startswith("app/templates/") and bool(rest) and folder not in SPOKEN_FOLDERS | {"macros"}


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_template_for_strangers_says_anything_by_itself(path: object) -> None:
    text = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    text = re.sub(r"\{% block (?:controller|body_class) %\}[^{]*", "", text)  # names for scripts and styles
    text = re.sub(r"(?s)\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", text)
    for attribute in re.findall(r"""(?:aria-label|title|alt|placeholder)=["']([^"']*)["']""", text):
        assert not re.search(r"[^\W\d_]{2}", attribute), attribute
    # A macro may hold attributes alone, outside any tag; their words were looked at above.
    left = re.sub(r"[\w-]+=\"[^\"]*\"", "", re.sub(r"(?s)<[^>]*>", " ", text))
    assert not re.search(r"[^\W\d_]{2}", left), left.split()


def test_words_numbers_and_days_follow_the_language() -> None:
    day = datetime(2026, 11, 22, tzinfo=UTC)
    with in_language("pl"):
        assert (long_day(day), number(4000)) == ("22 listopada 2026", "4\xa0000")
        one, many = "One minute. Answer within %(num)s day.", "One minute. Answer within %(num)s days."
        assert ngettext(one, many, 1).endswith("%(num)s dnia.")
        assert ngettext(one, many, 5).endswith("%(num)s dni.")
        assert gettext("Keep your name to %(most)s characters.", most=number(120)).endswith("120 znaków.")
    with in_language("de"):
        assert (long_day(day), number(4000), gettext("Save")) == ("22. November 2026", "4.000", "Speichern")
    assert (long_day(day), gettext("Save"), long_day(None)) == ("22 November 2026", "Save", "–")
    choose_language("tlh")
    assert current_language() == "en"


def test_labels_that_partners_read_are_in_the_catalogs() -> None:
    in_code = {message.id for message in texts_in_code() if message.id}
    labels = {each.label for kind in SHOWN_KINDS for each in kind}
    assert labels - in_code == set(), "mark them in app/services/partner_words.py"
    assert {found_words(kind) for kind in CaseKind} <= in_code


@pytest.mark.parametrize("language", languages.LANGUAGES)
@pytest.mark.parametrize("kind", ["confirm", "received", "question", "approved", "declined"])
def test_every_mail_can_be_written_in_every_language(language: str, kind: str) -> None:
    application = an_application(language=language)
    saying = Saying(reason_codes=["cannot_verify"], message="100 % so", reapply_at=application.due_at, link="https://x")
    letter = letter_of(Session(), f"application_{kind}", application, saying, program_name="Harbor %s")
    assert "Harbor %s" in letter.subject
    assert "https://x" in letter.text
    assert "%(" not in letter.subject + letter.text
