"""Domains as people read them: in their own letters, unless these could be taken for others."""

import idna
import pytest

from scrapers.domain_names import shown_domain, shown_on_screen


@pytest.mark.parametrize(
    "name",
    [
        "żółw.example",
        "bücher.de",
        "shop.bücher.de",
        "пример.рф",
        "παράδειγμα.gr",
        "日本語テスト.jp",
        "한국.kr",
        "đường.vn",
        "straße.de",
    ],
)
def test_names_of_one_script_are_shown_in_their_letters(name: str) -> None:
    ascii_name = idna.encode(name).decode()
    assert ascii_name != name
    assert shown_domain(ascii_name) == name
    assert shown_domain(ascii_name.upper()).lower() == name


@pytest.mark.parametrize(
    "name",
    [
        "pаypal.com",  # one Cyrillic letter among Latin ones
        "аррӏе.com",  # all Cyrillic, each like a Latin letter
        "ραypal.com",  # Greek among Latin
        "сосо.com",  # all Cyrillic again
        "νικο.com",  # all Greek, each like a Latin letter
        "gоogle日.jp",  # Cyrillic beside Japanese
        "ɡoogle.com",  # a phonetic sign for g
        "wıki.com",  # i without its dot
        "مثال.com",  # right to left, which would change places with its neighbors
    ],
)
def test_names_that_mislead_stay_as_the_network_knows_them(name: str) -> None:
    ascii_name = ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode").decode() for label in name.split(".")
    )
    assert shown_domain(ascii_name) == ascii_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("مثال.com", "\u2068مثال\u2069.com"),
        ("shop.דוגמה.co.il", "shop.\u2068דוגמה\u2069.co.il"),
        ("شركة.السعودية", "\u2068شركة\u2069.\u2068السعودية\u2069"),
        ("żółw.مثال.com", "żółw.\u2068مثال\u2069.com"),
    ],
)
def test_names_from_right_to_left_are_shown_apart_with_the_networks_name_behind(name: str, shown: str) -> None:
    ascii_name = idna.encode(name).decode()
    assert shown_on_screen(ascii_name) == f"\u2066{shown} ({ascii_name})\u2069"


@pytest.mark.parametrize(
    "name",
    [
        "مثالa.com",  # Latin in Arabic
        "מثال.com",  # Hebrew in Arabic
        "كتاب\u0650.com",  # a vowel sign that is hardly seen
        "كتابک.com",  # two letters that nobody tells apart
        "pаypal.com",  # Cyrillic in Latin
        "مثال١.com",  # a digit of the script
    ],
)
def test_mixtures_stay_as_the_network_knows_them_on_screens_too(name: str) -> None:
    ascii_name = ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode").decode() for label in name.split(".")
    )
    assert shown_on_screen(ascii_name) == ascii_name


@pytest.mark.parametrize("name", ["tea.example", "żółw.example", "日本語テスト.jp"])
def test_other_names_are_on_screens_as_everywhere(name: str) -> None:
    assert shown_on_screen(idna.encode(name).decode()) == name


@pytest.mark.parametrize(
    "name", ["tea.example", "", "xn--", "xn--a\u0301.example", "xn--99999999999.example", f"xn--{'a' * 300}"]
)
def test_whatever_is_no_such_name_comes_back_as_it_was(name: str) -> None:
    assert shown_domain(name) == name
