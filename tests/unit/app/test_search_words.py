"""Words of a search: folding, the stretch of a text that is shown, and how much a mistyped name looks like one."""

from app.queries.search_words import MAX_WORDS, Piece, excerpt, fold, marked, place_of, similarity, words_of


def test_folding_takes_marks_and_other_keyboards_letters_off() -> None:
    assert fold("ŁÓDŹ Straße Ørsted ﬁn") == "lodz strasse orsted fin"


def test_words_are_letters_and_digits_only_and_few() -> None:
    assert words_of(' "North-Wind", GmbH_2 ') == ("north", "wind", "gmbh", "2")
    assert len(words_of(" ".join(f"w{number}" for number in range(50)))) == MAX_WORDS


def test_hits_are_marked_and_every_piece_stays_text() -> None:
    assert marked("<b>Café</b> noir", ("caf",)) == (Piece("<b>"), Piece("Café", is_hit=True), Piece("</b> noir"))


def test_the_excerpt_shows_where_the_words_stand_together() -> None:
    text = "Shops are nice. " * 40 + "A partner program pays for shops that refer. " + "End of it. " * 40
    pieces = excerpt(text, ("partner", "shops"))
    shown = "".join(piece.text for piece in pieces)
    assert "partner program pays for shops" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 260
    start, _ = place_of(text, ("partner", "shops"))
    assert abs(start - text.index("partner")) < 20


def test_similarity_forgives_letters_not_words() -> None:
    assert similarity("nortwind", "Northwind Traders") > 0.5
    assert similarity("northwind", "Southbridge") < 0.3
    assert similarity("", "x") == 0
