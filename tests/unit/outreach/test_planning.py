"""Which step, when, and what blocks it: a rule a case."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.outreach.plancases import DONE_FIRST, MONDAY_11, SEQUENCE, blocked, contact, plan, sender


def test_a_step_that_may_go_is_due_now() -> None:
    assert plan() == {"step": "first", "due_at": "2025-03-03T10:00:00+00:00", "blocked_by": []}


def test_a_step_that_waits_for_its_time_is_not_blocked() -> None:
    assert plan(steps=DONE_FIRST) == {"step": "second", "due_at": "2025-03-06T09:00:00+00:00", "blocked_by": []}


def test_a_finished_sequence_has_no_step() -> None:
    over = [{"step": step, "state": "done", "at": MONDAY_11} for step in ("first", "second", "call")]

    assert plan(steps=over) == {"step": None, "due_at": None, "blocked_by": []}


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("reply", "reply"),
        ("opt_out", "opt_out"),
        ("unsubscribe", "opt_out"),
        ("bounce_hard", "bounce"),
        ("complaint", "complaint"),
        ("application", "application"),
    ],
)
def test_a_stop_ends_the_sequence(kind: str, rule: str) -> None:
    stopped = plan(events=[{"kind": kind, "at": "2025-03-03T10:30:00+01:00"}])

    assert stopped == {"step": "first", "due_at": None, "blocked_by": [blocked(rule)]}


@pytest.mark.parametrize(
    "event",
    [
        {"kind": "auto_reply", "at": "2025-03-03T10:30:00+01:00"},
        {"kind": "bounce_soft", "at": "2025-03-03T10:30:00+01:00"},
        {"kind": "reply", "at": "2025-02-03T10:30:00+01:00"},
        {"kind": "reply", "at": "2025-03-03T11:30:00+01:00"},
        {"kind": "reply", "at": "2025-03-03T10:30:00+01:00", "of_company": True},
    ],
    ids=["auto-reply", "soft bounce", "before enrolling", "not yet happened", "a colleague's"],
)
def test_what_does_not_stop(event: dict[str, Any]) -> None:
    assert plan(events=[event])["blocked_by"] == []


@pytest.mark.parametrize("kind", ["opt_out", "complaint", "bounce"])
def test_an_older_opt_out_complaint_or_bounce_stops_too(kind: str) -> None:
    assert plan(events=[{"kind": kind, "at": "2024-01-01T00:00:00Z"}])["blocked_by"] == [blocked(kind)]


def test_a_colleagues_opt_out_stops_where_the_sequence_says_so() -> None:
    event = {"kind": "opt_out", "at": "2025-03-03T10:30:00+01:00", "of_company": True}

    assert plan(events=[event])["blocked_by"] == [blocked("opt_out")]


@pytest.mark.parametrize("stage", ["declined", "withdrawn", "dormant"])
def test_a_stage_off_the_board_stops(stage: str) -> None:
    assert plan(stage=stage)["blocked_by"] == [blocked("stage_off_board")]


def test_a_dormant_prospect_sleeps_until_it_wakes() -> None:
    slept = plan(stage="dormant", wakes_at="2025-03-03T15:00:00+01:00")

    assert slept["blocked_by"] == [blocked("stage_off_board", "2025-03-03T14:00:00+00:00")]
    assert slept["due_at"] == "2025-03-03T14:00:00+00:00"
    assert plan(stage="dormant", wakes_at="2025-03-03T10:30:00+01:00")["blocked_by"] == []


@pytest.mark.parametrize(
    ("value", "blocks"),
    [
        ("ola@agency.example", True),
        ("OLA@Agency.example", True),
        ("agency.example", True),
        ("@agency.example", True),
        ("example", True),
        ("gency.example", False),
        ("other@agency.example", False),
    ],
)
def test_suppression_of_address_and_domain(value: str, blocks: bool) -> None:
    assert plan(suppressions=[{"value": value}])["blocked_by"] == ([blocked("suppressed")] if blocks else [])


def test_a_task_is_not_mail_so_suppression_consent_and_caps_leave_it() -> None:
    over = [{"step": step, "state": "done", "at": "2025-03-02T10:00:00+01:00"} for step in ("first", "second")]
    held = plan(
        steps=over,
        suppressions=[{"value": "agency.example"}],
        contact=contact(consented=False),
        sender=sender(daily_cap=0),
    )

    assert (held["step"], held["blocked_by"]) == ("call", [])


@pytest.mark.parametrize("scope", ["all", "sequence", "sender", "enrollment"])
def test_pauses_hold_until_their_end(scope: str) -> None:
    paused = plan(pauses=[{"scope": scope, "until": "2025-03-03T16:00:00+01:00"}])

    assert paused["blocked_by"] == [blocked(f"paused_{scope}", "2025-03-03T15:00:00+00:00")]
    assert paused["due_at"] == "2025-03-03T15:00:00+00:00"
    assert plan(pauses=[{"scope": scope}]) == {
        "step": "first",
        "due_at": None,
        "blocked_by": [blocked(f"paused_{scope}")],
    }
    assert plan(pauses=[{"scope": scope, "until": "2025-03-03T10:59:00+01:00"}])["blocked_by"] == []


def test_a_pause_past_the_limit_leaves_the_step_to_a_person() -> None:
    paused = plan(pauses=[{"scope": "all", "until": "2025-03-07T09:00:00+01:00"}])

    assert paused["due_at"] is None
    assert [block["rule"] for block in paused["blocked_by"]] == ["paused_all", "too_late"]


@pytest.mark.parametrize(("state", "rule"), [("open", "step_open"), ("uncertain", "step_uncertain")])
def test_an_unsettled_step_holds_all_that_follow(state: str, rule: str) -> None:
    assert plan(steps=[{"step": "first", "state": state, "at": MONDAY_11}])["blocked_by"] == [blocked(rule)]


def test_cold_mail_needs_lane_country_basis_and_source_and_each_is_named() -> None:
    cold = contact(consented=False)

    assert [block["rule"] for block in plan(contact=cold)["blocked_by"]] == [
        "consent_lane",
        "country_no_cold_mail",
        "no_legal_basis",
        "no_source_url",
    ]


def test_cold_mail_goes_by_smtp_where_the_country_allows_it() -> None:
    cold = contact(consented=False, legal_basis="legitimate interest", source_url="https://agency.example")
    allowed = {"cold_countries": ["PL"]}

    assert plan(contact=cold, sender=sender(transport="smtp"), rules=allowed)["blocked_by"] == []
    assert plan(contact=cold, sender=sender(transport="smtp"))["blocked_by"] == [blocked("country_no_cold_mail")]
    assert plan(contact=cold, rules=allowed)["blocked_by"] == [blocked("consent_lane")]
    assert plan(contact=cold, rules={**allowed, "cold_override": True})["blocked_by"] == []
    nowhere = {**cold, "country": ""}
    assert plan(contact=nowhere, sender=sender(transport="smtp"), rules=allowed)["blocked_by"] == [
        blocked("country_no_cold_mail")
    ]


def test_a_full_day_moves_the_step_to_the_next_opening() -> None:
    full = plan(sender=sender(daily_cap=20, sent_today=20))

    assert full["blocked_by"] == [blocked("daily_cap", "2025-03-03T23:00:00+00:00")]
    assert full["due_at"] == "2025-03-04T08:00:00+00:00"
    assert plan(sender=sender(daily_cap=20, sent_today=19))["blocked_by"] == []


def test_the_ramp_lowers_the_cap_of_a_new_sender() -> None:
    ramp = {"since_on": "2025-03-01", "start": 10, "per_day": 5}

    assert plan(sender=sender(daily_cap=100, sent_today=19, ramp=ramp))["blocked_by"] == []
    assert plan(sender=sender(daily_cap=100, sent_today=20, ramp=ramp))["blocked_by"] != []
    assert plan(sender=sender(daily_cap=15, sent_today=15, ramp=ramp))["blocked_by"] != []


def test_mails_to_one_domain_keep_their_distance() -> None:
    spaced = plan(sender=sender(last_to_domain_at="2025-03-03T10:55:00+01:00", domain_spacing_s=600))

    assert spaced["blocked_by"] == [blocked("domain_spacing", "2025-03-03T10:05:00+00:00")]
    assert spaced["due_at"] == "2025-03-03T10:05:00+00:00"


def test_a_cap_or_distance_that_ends_before_the_step_is_due_blocks_nothing() -> None:
    crowded = sender(last_to_domain_at=MONDAY_11, domain_spacing_s=600, daily_cap=1, sent_today=1)

    assert plan(steps=DONE_FIRST, sender=crowded)["blocked_by"] == []


def test_a_due_step_outside_its_window_waits_for_the_opening() -> None:
    evening = plan(now="2025-03-03T18:00:00+01:00")

    assert evening["blocked_by"] == [blocked("window", "2025-03-04T08:00:00+00:00")]
    assert evening["due_at"] == "2025-03-04T08:00:00+00:00"


def test_a_holiday_of_the_country_is_no_working_day() -> None:
    on_holiday = {"enrolled_at": "2025-05-01T10:00:00+02:00"}

    assert plan(now="2025-05-01T10:00:00+02:00", **on_holiday)["due_at"] == "2025-05-02T07:00:00+00:00"
    assert plan(now="2025-05-01T10:00:00+02:00", **on_holiday, contact=contact(country="DE"))["due_at"] == (
        "2025-05-01T08:00:00+00:00"
    )


def test_too_late_waits_for_a_person_and_goes_once_released() -> None:
    late = plan(now="2025-03-05T10:30:00+01:00")
    released = plan(now="2025-03-05T10:30:00+01:00", rescheduled={"first": "2025-03-05T10:00:00+01:00"})

    assert late == {"step": "first", "due_at": None, "blocked_by": [blocked("too_late")]}
    assert released == {"step": "first", "due_at": "2025-03-05T09:30:00+00:00", "blocked_by": []}


def test_a_weekend_makes_nothing_late() -> None:
    friday = {"enrolled_at": "2025-03-07T16:30:00+01:00"}

    assert plan(now="2025-03-10T10:00:00+01:00", **friday)["blocked_by"] == []
    assert plan(now="2025-03-11T10:00:00+01:00", **friday)["blocked_by"] == [blocked("too_late")]


def test_all_rules_that_block_are_named_at_once() -> None:
    held = plan(
        events=[{"kind": "reply", "at": MONDAY_11}, {"kind": "complaint", "at": MONDAY_11}],
        suppressions=[{"value": "agency.example"}],
        pauses=[{"scope": "sender"}],
        stage="declined",
    )

    assert [block["rule"] for block in held["blocked_by"]] == [
        "reply",
        "complaint",
        "stage_off_board",
        "paused_sender",
        "suppressed",
    ]


@pytest.mark.parametrize(
    ("start", "delay", "due"),
    [
        ("2025-03-28T10:00:00+01:00", {"days": 3}, "2025-03-31T08:00:00+00:00"),
        ("2025-10-24T10:00:00+02:00", {"days": 3}, "2025-10-27T09:00:00+00:00"),
        ("2025-10-24T10:00:00+02:00", {"hours": 72}, "2025-10-27T08:00:00+00:00"),
        ("2024-02-26T10:00:00+01:00", {"days": 3}, "2024-02-29T09:00:00+00:00"),
        ("2025-01-28T10:00:00+01:00", {"days": 3}, "2025-01-31T09:00:00+00:00"),
        ("2025-01-30T10:00:00+01:00", {"days": 1}, "2025-01-31T09:00:00+00:00"),
        ("2025-03-06T10:00:00+01:00", {"working_days": 3}, "2025-03-11T09:00:00+00:00"),
        ("2025-04-30T10:00:00+02:00", {"working_days": 1}, "2025-05-02T08:00:00+00:00"),
        ("2025-03-06T10:00:00+01:00", {"days": 2}, "2025-03-10T08:00:00+00:00"),
    ],
    ids=[
        "clocks forward",
        "clocks back",
        "hours, clocks back",
        "leap day",
        "month end",
        "31st",
        "weekend",
        "holiday",
        "sat",
    ],
)
def test_delays_over_clock_changes_and_calendar_edges(start: str, delay: dict[str, int], due: str) -> None:
    sequence = {**SEQUENCE, "steps": [SEQUENCE["steps"][0], {"id": "second", "kind": "email", "delay": delay}]}

    assert plan(now=start, sequence=sequence, steps=[{"step": "first", "state": "done", "at": start}])["due_at"] == due
