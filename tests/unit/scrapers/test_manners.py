"""robots.txt, turns and requests to wait."""

import threading
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.fetcher import Fetched
from scrapers.pacing import InProcessTurns
from scrapers.robots import parse_robots, product_token, rules_for_status
from scrapers.visitor import retry_after_s

AGENT = "Scoutboard/1.2 (+https://x.test/bot)"


def rules(text: str):
    return parse_robots(text.encode(), user_agent=AGENT)


def test_the_token_is_the_name_alone() -> None:
    assert product_token(AGENT) == "Scoutboard"
    assert product_token("Scoutboard (x)") == "Scoutboard"


def test_our_group_outranks_the_star_and_foreign_groups_do_not_count() -> None:
    ours = "User-agent: scoutboard\nDisallow: /x\nCrawl-delay: 7\n\n"
    found = rules("User-agent: *\nDisallow: /\n\n" + ours + "User-agent: Y\nDisallow: /z")
    assert found.allows("https://a.com/")
    assert not found.allows("https://a.com/x1")
    assert found.allows("https://a.com/z")
    assert found.delay_s() == 7


def test_the_longest_rule_wins() -> None:
    found = rules("User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /*.php$\nSitemap: https://a.com/s.xml")
    assert not found.allows("https://a.com/a/c")
    assert found.allows("https://a.com/a/b/c")
    assert not found.allows("https://a.com/q/i.php")
    assert found.sitemaps() == ("https://a.com/s.xml",)


@pytest.mark.parametrize(
    ("status", "allowed"),
    [(200, False), (404, True), (403, True), (410, True), (429, False), (500, False), (503, False)],
)
def test_what_the_status_of_robots_means(status: int, allowed: bool) -> None:
    found = rules_for_status(status, b"User-agent: *\nDisallow: /", user_agent=AGENT)
    assert found.allows("https://a.com/") is allowed
    assert (found.refusal is not None) == (status in (429, 500, 503))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_rules_hold_in_the_encodings_that_editors_write(encoding: str) -> None:
    found = parse_robots("User-agent: *\r\nDisallow: /x".encode(encoding), user_agent=AGENT)
    assert (found.allows("https://a.com/x"), found.allows("https://a.com/y")) == (False, True)


@pytest.mark.parametrize(
    ("value", "seconds"), [("7", 7), ("1.5", 1.5), ("9" * 20, 1e20), ("soon", None), ("-5", None), ("", None)]
)
def test_how_long_a_host_asks_to_wait(value: str, seconds: float | None) -> None:
    told = Fetched("u", "u", 429, {"retry-after": value}, b"", False, datetime.now(UTC), 0)
    assert retry_after_s(told) == seconds


def test_hostile_files_cost_little() -> None:
    agents = "\n".join(f"User-agent: bot{n}" for n in range(20_000)) + "\n" + "Disallow: /x\n" * 10_000
    stars = "User-agent: *\nDisallow: /" + "*a" * 900 + "b\n"
    started = time.process_time()
    assert rules(agents).allows("https://a.com/x")
    assert rules(stars).allows("https://a.com/" + "a" * 1500)
    assert time.process_time() - started < 20


@given(st.binary(max_size=300))
def test_any_bytes_are_rules(body: bytes) -> None:
    found = parse_robots(b"User-agent: *\nCrawl-delay: " + body, user_agent=AGENT)
    assert isinstance(found.allows("https://a.com/"), bool)
    assert found.delay_s() is None or found.delay_s() >= 0


def test_turns_keep_requests_to_a_host_apart() -> None:
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    turns = InProcessTurns(clock=lambda: now[0], sleep=sleep)
    with turns.turn("a.com", delay_s=2):
        now[0] += 0.5
    with turns.turn("b.com", delay_s=2):
        pass
    with turns.turn("a.com", delay_s=2):
        pass
    assert slept == [2.0]


def test_one_turn_at_a_time() -> None:
    turns, inside, most = InProcessTurns(), [0], [0]

    def visit() -> None:
        with turns.turn("a.com", delay_s=0):
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0.005)
            inside[0] -= 1

    threads = [threading.Thread(target=visit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 1
