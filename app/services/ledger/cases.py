"""From rows to the case that outreach.planning judges: records of steps, stop events, pauses, limits, rules."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.models import (
    Company,
    ContactBasis,
    Enrollment,
    Message,
    MessageState,
    Pause,
    PauseScope,
    Prospect,
    Sender,
    Stage,
    StepDone,
    Stop,
    StopKind,
)
from app.queries.sending_rules import sender_hours
from app.services.ledger.states import DOUBTFUL, SENT
from outreach import enrollment as engine
from outreach.countries import zone_of_country
from outreach.enrollment import StepRecord, StepState, StopEvent
from outreach.sequence import StopKind as PlanStop

# They came to us or work with us: mail to them is no cold mail (DESIGN section 7).
CONSENTING = frozenset((Stage.APPLIED, Stage.IN_REVIEW, Stage.APPROVED, Stage.ONBOARDING, Stage.ACTIVE))


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a batch of enrollments: by enrollment, by company, by contact, by sender."""

    at: datetime
    messages: dict[int, list[Message]]
    done: dict[int, list[StepDone]]
    open_tasks: dict[str, datetime]
    stops: dict[int, list[Stop]]
    pauses: list[Pause]
    # Senders with a pause whose end has come, though their row may still say so for a minute.
    run_out: frozenset[int]
    addresses: dict[int, str]
    suppressed: frozenset[str]
    bases: dict[tuple[int, int], ContactBasis]
    rules: dict[int, engine.Rules]
    handed_over: dict[int, int]
    last_at: dict[tuple[int, str], datetime]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one enrollment."""

    enrollment: Enrollment
    sender: Sender
    prospect: Prospect
    company: Company
    messages: tuple[Message, ...]


def case_of(rows: Rows, around: Around) -> engine.Enrollment:
    """Return the case of one enrollment."""
    enrollment, prospect = rows.enrollment, rows.prospect
    address = around.addresses.get(enrollment.contact_id, "")
    wake_up_on = prospect.wake_up_on
    return engine.Enrollment(
        id=str(enrollment.id),
        enrolled_at=enrollment.enrolled_at,
        contact=_contact(rows, address, around),
        sender=_sender(rows.sender, address, around),
        stage=prospect.stage.value,
        wakes_at=datetime.combine(wake_up_on, time(), UTC) if wake_up_on else None,
        records=_records(rows, around),
        events=tuple(_events(rows, around)),
        suppressions=(engine.Suppression(address),) if address in around.suppressed else (),
        pauses=tuple(_pauses(enrollment, rows.sender, around)),
        rules=around.rules[enrollment.program_id],
        rescheduled={step: datetime.fromisoformat(at) for step, at in enrollment.rescheduled.items()},
    )


def day_of(sender: Sender, at: datetime) -> datetime:
    """Return a moment on the sender's own calendar."""
    return at.astimezone(ZoneInfo(sender.time_zone))


def domain_of(address: str) -> str:
    """Return the receiving domain of an address."""
    return address.rpartition("@")[2].lower()


def _contact(rows: Rows, address: str, around: Around) -> engine.Contact:
    basis = around.bases.get((rows.enrollment.program_id, rows.enrollment.contact_id))
    return engine.Contact(
        email=address,
        time_zone=zone_of_country(rows.company.country, rows.sender.time_zone),
        country=(rows.company.country or "").upper(),
        consented=rows.prospect.stage in CONSENTING or (basis is not None and basis.has_consented),
        legal_basis=basis.legal_basis if basis else "",
        source_url=basis.source_url if basis else "",
    )


def _sender(sender: Sender, address: str, around: Around) -> engine.Sender:
    ramp = engine.Ramp(sender.ramp_since_on, sender.ramp_start, sender.ramp_per_day) if sender.ramp_since_on else None
    return engine.Sender(
        transport=engine.Transport(sender.transport.value),
        time_zone=ZoneInfo(sender.time_zone),
        daily_cap=sender.daily_cap,
        sent_today=around.handed_over.get(sender.id, 0),
        ramp=ramp,
        last_to_domain_at=around.last_at.get((sender.id, domain_of(address))),
        domain_spacing=timedelta(seconds=sender.domain_spacing_s),
        hours=sender_hours(sender),
    )


def _records(rows: Rows, around: Around) -> tuple[StepRecord, ...]:
    records = {message.step or "": _record(message) for message in rows.messages}
    prefix = f"enrollment:{rows.enrollment.id}:step:"
    for origin, asked_at in around.open_tasks.items():
        if origin.startswith(prefix):
            step = origin.removeprefix(prefix)
            records[step] = StepRecord(step, StepState.OPEN, asked_at)
    for done in around.done[rows.enrollment.id]:
        state = StepState.SKIPPED if done.is_skipped else StepState.DONE
        records[done.step] = StepRecord(done.step, state, done.at)
    return tuple(records.values())


def _record(message: Message) -> StepRecord:
    """Return what a mail means for its step; one refused or not sent stays open until a person decides."""
    step = message.step or ""
    if message.state in SENT:
        return StepRecord(step, StepState.DONE, message.accepted_at or message.due_at)
    if message.state in DOUBTFUL:
        return StepRecord(step, StepState.UNCERTAIN, message.due_at)
    if message.state is MessageState.SKIPPED:
        return StepRecord(step, StepState.SKIPPED, message.due_at)
    return StepRecord(step, StepState.OPEN, message.due_at)


def _events(rows: Rows, around: Around) -> list[StopEvent]:
    enrollment = rows.enrollment
    return [
        StopEvent(PlanStop(stop.kind.value), stop.at, of_company=stop.contact_id != enrollment.contact_id)
        for stop in around.stops[rows.company.id]
        if stop.kind is not StopKind.BY_HAND and stop.program_id in (None, enrollment.program_id)
    ]


def _pauses(enrollment: Enrollment, sender: Sender, around: Around) -> list[engine.Pause]:
    subjects = {
        PauseScope.ALL: 0,
        PauseScope.SEQUENCE: enrollment.sequence_id,
        PauseScope.SENDER: enrollment.sender_id,
        PauseScope.ENROLLMENT: enrollment.id,
    }
    found = [
        engine.Pause(engine.PauseScope(pause.scope.value), pause.until_at)
        for pause in around.pauses
        if pause.subject_id == subjects[pause.scope]
    ]
    is_known = sender.id in around.run_out or any(pause.scope is engine.PauseScope.SENDER for pause in found)
    if sender.paused_at is not None and not is_known:
        found.append(engine.Pause(engine.PauseScope.SENDER))
    return found
