"""How moments, spans, numbers and names are written for people."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.clock import now, today
from app.web import filters


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "now"), (59, "now"), (60, "1 min"), (7_200, "2 h"), (86_400 * 6, "6 d"),
                          (86_400 * 15, "2 w"), (86_400 * 61, "2 mo"), (86_400 * 800, "2 y")],
)  # fmt: skip
def test_a_span_is_told_by_its_largest_unit(seconds: float, text: str) -> None:
    assert filters.span(seconds) == text


def test_a_domain_is_written_in_its_own_letters_where_that_misleads_nobody() -> None:
    assert filters.domain_name("xn--w-uga1v8h.example") == "żółw.example"
    assert filters.domain_name("xn--pypal-4ve.com") == "xn--pypal-4ve.com"
    assert filters.domain_name(None) == ""


def test_moments_past_and_missing() -> None:
    assert filters.ago(now() - timedelta(hours=5)) == "5 h ago"
    assert filters.ago(now()) == "just now"
    assert filters.ago(None) == "never"
    assert (filters.age(None), filters.days(None), filters.days(now() - timedelta(days=3))) == ("", 0, 3)
    assert filters.days_until(today() + timedelta(days=4)) == 4


def test_dates_and_numbers() -> None:
    assert filters.day(date(2025, 11, 2)) == "2 Nov 2025"
    assert filters.moment(datetime(2025, 11, 2, 9, 5, tzinfo=UTC)) == "2 Nov 2025, 09:05 UTC"
    assert filters.number(1234.56, 1) == "1,234.6"
    assert (filters.number(None), filters.day(None), filters.moment(None)) == ("–", "–", "–")
    assert (filters.plural(1, "site"), filters.plural(1200, "company", "companies")) == ("1 site", "1,200 companies")


@pytest.mark.parametrize(("size", "text"), [(1, "1 byte"), (812, "812 bytes"), (2_057, "2 kB"), (2_200_000, "2.1 MB")])
def test_sizes_of_files(size: int, text: str) -> None:
    assert filters.file_size(size) == text


@pytest.mark.parametrize(
    ("name", "letters"), [("Mia Okafor", "MO"), ("cher", "C"), ("Anna-Maria de Wit", "AW"), ("123", "?"), ("", "?")]
)
def test_initials(name: str, letters: str) -> None:
    assert filters.initials(name) == letters
