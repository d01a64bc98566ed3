"""The engines' own words have a place in the catalogs: what they are called today, no more and no less."""

from typing import get_args

from app.languages import in_language
from app.models import MoveEvent, Stage
from app.queries.engine_words import NEXT_STEPS, OUTCOMES, PAGE_KINDS, SIGNALS, signal_label
from app.queries.timeline_words import mail_in_words, move_in_words, seen_in_words
from scrapers.report import Outcome, PageKind, SiteOutcome


def test_every_word_of_the_engines_is_known() -> None:
    assert set(NEXT_STEPS) == {outcome.next_step for outcome in SiteOutcome} - {""}
    assert set(PAGE_KINDS) == {kind.value.replace("_", " ") for kind in PageKind}
    assert set(OUTCOMES) == set(get_args(Outcome))


def test_facts_are_called_by_their_name_and_unknown_ones_in_english() -> None:
    assert {name: signal_label(name) for name in SIGNALS} == SIGNALS
    assert signal_label("left_over_name") == "Left over name"
    with in_language("de", is_staff=True):
        assert (signal_label("kind_of_site"), signal_label("left_over_name")) == ("Art der Website", "Left over name")


def test_a_timeline_is_told_in_the_readers_language() -> None:
    with in_language("pl", is_staff=True):
        moved = move_in_words(MoveEvent.REPLY, Stage.CONTACTED, Stage.ENGAGED)
        assert moved.startswith("Przeniesiono z „")
        assert moved.endswith(" (odpowiedź)")
        assert mail_in_words("bounce_hard") == ("Trwale niedoręczalne", "danger")
    with in_language("de", is_staff=True):
        assert seen_in_words(Stage.SOURCED, 71.25).endswith("Eignung 71,2")


def test_every_event_but_a_hand_and_its_undo_is_named() -> None:
    for event in set(MoveEvent) - {MoveEvent.HAND, MoveEvent.UNDO}:
        assert move_in_words(event, Stage.SOURCED, Stage.ENGAGED).endswith(f"({event.value.replace('_', ' ')})")
