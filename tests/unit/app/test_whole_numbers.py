import pytest

from app.whole_numbers import MAX_ID, row_number, whole_number


@pytest.mark.parametrize("text", ["", " 7", "-1", "+7", "7.0", "1_000", "٣", "²", "x", str(MAX_ID + 1), "9" * 10_000])
def test_what_no_row_can_have_is_no_row_number(text: str) -> None:
    assert row_number(text) is None
    assert row_number(text, -1) == -1


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("007", 7), (str(MAX_ID), MAX_ID)])
def test_a_row_number_is_read_up_to_the_largest_that_a_row_can_have(text: str, number: int) -> None:
    assert row_number(text) == row_number(text, -1) == number


def test_a_whole_number_lies_between_its_bounds() -> None:
    assert [whole_number(text, least=2, most=10) for text in ("1", "2", "10", "11")] == [None, 2, 10, None]
