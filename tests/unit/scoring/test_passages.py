"""Passages are verbatim spans, never longer than asked, and a repeated line counts once."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.passages import PageText, cut_passages
from scoring.words import count_words


def page(text: str, url: str = "https://a.test/") -> PageText:
    return PageText(url, None, text)


@given(st.lists(st.text(alphabet=st.sampled_from("ab .\n\r!Ä漢\u3000#"), max_size=400), max_size=4))
def test_every_passage_is_verbatim_and_short(texts: list[str]) -> None:
    pages = [page(text, f"https://a.test/{number}") for number, text in enumerate(texts)]
    by_url = {p.url: p.text for p in pages}
    for passage in cut_passages(pages, max_words=12):
        assert passage.text == by_url[passage.url][passage.start : passage.end]
        assert passage.text.strip() == passage.text != ""
        assert count_words(passage.text) <= 12
        assert passage.content_hash == hashlib.sha256(passage.text.encode()).hexdigest()


def test_a_line_on_many_pages_counts_once() -> None:
    menu = "Home About Services Contact"
    pages = [page(f"{menu}\n\nText number {n} is here.", f"https://a.test/{n}") for n in range(5)]
    joined = [p.text for p in cut_passages(pages)]
    assert sum(menu in text for text in joined) == 1
    assert all(any(f"number {n}" in text for text in joined) for n in range(5))


def test_heading_is_kept_with_its_text() -> None:
    body = "We plan and run campaigns for online shops. " * 12
    text = f"About us\n{body}\n\nOur services\n{body.replace('plan', 'build')}"
    passages = cut_passages([page(text)])
    assert passages[0].heading == "About us"
    assert passages[-1].heading == "Our services"


def test_an_unbroken_run_is_cut_by_characters() -> None:
    passages = cut_passages([page("x" * 5_000)])
    assert len(passages) > 1
    assert "".join(p.text for p in passages) == "x" * 5_000


def test_max_words_below_one_is_an_error() -> None:
    with pytest.raises(ValueError, match="max_words"):
        cut_passages([], max_words=0)
