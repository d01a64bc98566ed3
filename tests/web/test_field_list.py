"""Rows of lists in forms: keys that no browser makes are passed over, and never a fault of ours."""

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form, FormField, StringField

from app.web.field_list import NumberedList


class Row(Form):  # type: ignore[misc]
    text = StringField()


class Rows(Form):  # type: ignore[misc]
    topics = NumberedList(FormField(Row), max_entries=3)


@pytest.mark.parametrize("row", ["²", "٣", "-1", "", "9" * 5_000, "1e3", "x", " 1", "½"])
def test_a_row_without_a_plain_number_is_passed_over(row: str) -> None:
    form = Rows(MultiDict({f"topics-{row}-text": "odd", "topics-7-text": "kept", "topicsy-2-text": "of another field"}))
    assert [entry["text"] for entry in form.topics.data] == ["kept"]


def test_rows_come_in_their_order_and_never_more_than_are_read() -> None:
    form = Rows(MultiDict({f"topics-{number}-text": str(number) for number in (12, 3, 1, 7)}))
    assert [entry["text"] for entry in form.topics.data] == ["1", "3", "7"]
