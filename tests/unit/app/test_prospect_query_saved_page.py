"""The saved text of a page: the cited passages are marked where they are now, or said to be lost."""

import pytest
from sqlalchemy.orm import Session

from app.queries.saved_page import Wanted, lines_with_marks, parse_span, saved_page
from tests.prospect_world import make_worked_prospect
from tests.world import make_prospect


def test_saved_page_marks_the_passage_asked_for_and_the_other_cited_ones(session: Session) -> None:
    world = make_worked_prospect(session)
    words = world.home.text.split("\n")[3]
    start = world.home.text.index(words)
    page = saved_page(
        session, company_id=world.company.id, prospect_id=world.prospect.id, page_id=world.home.id,
        wanted=Wanted(start, start + len(words)),
    )  # fmt: skip
    assert page is not None
    marked = [(piece.text, piece.mark.is_target, piece.opens) for line in page.lines for piece in line if piece.mark]
    assert (words, True, True) in marked
    assert len(marked) == 4
    assert sum(is_target for _, is_target, _ in marked) == 1
    assert "".join(piece.text for piece in page.lines[3]) == words


def test_saved_page_follows_the_words_when_the_page_was_read_again(session: Session) -> None:
    world = make_worked_prospect(session)
    words = world.home.text.split("\n")[3]
    start = world.home.text.index(words)
    wanted = Wanted(start, start + len(words))
    world.home.text = "A new first line.\n" + world.home.text
    world.home.content_hash = "f" * 64
    session.flush()
    ids = {"company_id": world.company.id, "prospect_id": world.prospect.id, "page_id": world.home.id}
    page = saved_page(session, wanted=wanted, **ids)
    assert page is not None
    assert page.changed_since_score
    assert [p.text for line in page.lines for p in line if p.mark and p.mark.is_target] == [words]
    world.home.text = "Nothing of it is left."
    session.flush()
    gone = saved_page(session, wanted=wanted, **ids)
    assert gone is not None
    assert gone.lost == words


def test_saved_page_of_another_company_is_not_shown(session: Session) -> None:
    world = make_worked_prospect(session)
    other = make_prospect(session, world.program)
    assert (
        saved_page(session, company_id=other.company_id, prospect_id=other.id, page_id=world.home.id, wanted=Wanted())
        is None
    )


def test_a_fact_is_found_by_its_words(session: Session) -> None:
    world = make_worked_prospect(session)
    page = saved_page(
        session, company_id=world.company.id, prospect_id=world.prospect.id, page_id=world.services.id,
        wanted=Wanted(words="Checkout audits"),
    )  # fmt: skip
    assert page is not None
    assert [p.text for line in page.lines for p in line if p.opens] == ["Checkout audits"]


@pytest.mark.parametrize(
    ("text", "span"),
    [("3-9", (3, 9)), ("9-3", None), ("x-9", None), ("-", None), ("1-99999999999", None), ("²-5", None)],
)
def test_spans_made_by_hand_never_break_the_page(text: str, span: tuple[int, int] | None) -> None:
    assert parse_span(text) == span


def test_lines_keep_every_character_but_empty_lines() -> None:
    assert ["".join(p.text for p in line) for line in lines_with_marks("ab\n\n cd\n", [])] == ["ab", " cd"]
