"""Every rule that may hold or end an enrollment, each asked on its own, so that all that block are named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from outreach.enrollment import Enrollment, StepState, Transport
from outreach.schedule import next_midnight
from outreach.sequence import Sequence, Step, StepKind, StopKind

OFF_BOARD = frozenset(("declined", "withdrawn", "dormant"))
_ALWAYS_STOP = frozenset((StopKind.OPT_OUT, StopKind.COMPLAINT, StopKind.BOUNCE))


class Rule(StrEnum):
    """The rules by name. The first five end an enrollment, the others hold it."""

    REPLY = "reply"
    OPT_OUT = "opt_out"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    APPLICATION = "application"
    STAGE = "stage_off_board"
    SUPPRESSED = "suppressed"
    PAUSED_ALL = "paused_all"
    PAUSED_SEQUENCE = "paused_sequence"
    PAUSED_SENDER = "paused_sender"
    PAUSED_ENROLLMENT = "paused_enrollment"
    STEP_OPEN = "step_open"
    STEP_UNCERTAIN = "step_uncertain"
    CONSENT_LANE = "consent_lane"
    COUNTRY = "country_no_cold_mail"
    LEGAL_BASIS = "no_legal_basis"
    SOURCE = "no_source_url"
    DAILY_CAP = "daily_cap"
    DOMAIN_SPACING = "domain_spacing"
    WINDOW = "window"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class Block:
    """A rule that blocks, and until when; None: until somebody acts, or for good."""

    rule: Rule
    until: datetime | None = None


def stops(sequence: Sequence, enrollment: Enrollment, now: datetime) -> list[Block]:
    """Return what has ended the enrollment: a stop event of the person, or of the company where set, or the stage."""
    ended = {
        event.kind
        for event in enrollment.events
        if event.at <= now
        and (event.kind in _ALWAYS_STOP or event.at >= enrollment.enrolled_at)
        and (not event.of_company or event.kind in sequence.stops_company)
    }
    blocks = [Block(Rule(kind.value)) for kind in StopKind if kind in ended]
    if enrollment.stage in OFF_BOARD:
        wakes = enrollment.wakes_at if enrollment.stage == "dormant" else None
        if wakes is None or wakes > now:
            blocks.append(Block(Rule.STAGE, wakes))
    return blocks


def holds(enrollment: Enrollment, step: Step, now: datetime) -> list[Block]:
    """Return what holds a step at a moment, but for its own time: see `planning`."""
    blocks = [*_pauses(enrollment, now), *_unfinished(enrollment)]
    if step.kind is StepKind.EMAIL:
        blocks += [*_suppressions(enrollment, now), *_cold(enrollment), *_limits(enrollment, now)]
    return blocks


def _pauses(enrollment: Enrollment, now: datetime) -> list[Block]:
    return [
        Block(Rule(f"paused_{pause.scope.value}"), pause.until)
        for pause in enrollment.pauses
        if pause.until is None or pause.until > now
    ]


def _unfinished(enrollment: Enrollment) -> list[Block]:
    rules = {StepState.OPEN: Rule.STEP_OPEN, StepState.UNCERTAIN: Rule.STEP_UNCERTAIN}
    return [Block(rules[record.state]) for record in enrollment.records if record.state in rules]


def _suppressions(enrollment: Enrollment, now: datetime) -> list[Block]:
    address = enrollment.contact.email.lower()
    domain = address.rpartition("@")[2]
    return [
        Block(Rule.SUPPRESSED, each.until)
        for each in enrollment.suppressions
        if (each.until is None or each.until > now) and _covers(each.value.lower().lstrip("@"), address, domain)
    ]


def _covers(value: str, address: str, domain: str) -> bool:
    return value in (address, domain) or ("@" not in value and domain.endswith(f".{value}"))


def _cold(enrollment: Enrollment) -> list[Block]:
    """Hold a cold mail: never through the consent lane, and elsewhere only with country, basis and source."""
    contact, rules = enrollment.contact, enrollment.rules
    if contact.consented:
        return []
    blocks: list[Block] = []
    if enrollment.sender.transport is Transport.SENDGRID and not rules.cold_override:
        blocks.append(Block(Rule.CONSENT_LANE))
    if contact.country not in rules.cold_countries or not contact.country:
        blocks.append(Block(Rule.COUNTRY))
    if not contact.legal_basis:
        blocks.append(Block(Rule.LEGAL_BASIS))
    if not contact.source_url:
        blocks.append(Block(Rule.SOURCE))
    return blocks


def _limits(enrollment: Enrollment, now: datetime) -> list[Block]:
    sender = enrollment.sender
    blocks: list[Block] = []
    cap = sender.cap_on(now.astimezone(sender.time_zone).date())
    if cap is not None and sender.sent_today >= cap:
        blocks.append(Block(Rule.DAILY_CAP, next_midnight(now, sender.time_zone)))
    if sender.last_to_domain_at is not None:
        free_at = (sender.last_to_domain_at + sender.domain_spacing).astimezone(UTC)
        if free_at > now:
            blocks.append(Block(Rule.DOMAIN_SPACING, free_at))
    return blocks
