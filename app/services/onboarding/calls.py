"""Calls that partners book: a day, a time and a time zone become a moment, and a calendar file (RFC 5545)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from app.clock import now
from app.models import OnboardingAction
from app.services.calendar_lines import calendar_bytes, escaped
from app.services.errors import InvalidInput
from app.services.languages import gettext as _
from app.services.languages import weekday
from app.services.links import own_addresses

# One city for each offset and rule that partners are likely to live by.
ZONES = (
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Warsaw",
    "Europe/Athens",
    "Europe/Istanbul",
    "Africa/Lagos",
    "Africa/Johannesburg",
    "Africa/Nairobi",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Bangkok",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
    "America/Sao_Paulo",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
)
LATEST = timedelta(days=90)


def chosen_slot(day: str, at: str, zone: str) -> dict[str, Any]:
    """Return `starts_at` (ISO, UTC) and `zone` of a typed slot. Raises InvalidInput naming what cannot be used."""
    problems = {}
    if zone not in ZONES:
        problems["zone"] = _("Choose your time zone from the list.")
    try:
        on = date.fromisoformat(day.strip())
    except ValueError:
        problems["day"] = _("Choose a day, such as 2026-12-01.")
    try:
        clock = time.fromisoformat(at.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        problems["time"] = _("Choose a time, such as 14:30.")
    if problems:
        raise InvalidInput(problems)
    starts_at = datetime.combine(on, clock, ZoneInfo(zone)).astimezone(UTC)
    if not now() < starts_at <= now() + LATEST:
        raise InvalidInput({"day": _("Choose a moment within the next %(days)s days.", days=LATEST.days)})
    return {"starts_at": starts_at.isoformat(), "zone": zone}


def slot_of(action: OnboardingAction) -> datetime | None:
    """Return when a booked call begins, aware in UTC; None where none is booked."""
    text = action.answer.get("starts_at")
    return datetime.fromisoformat(text) if text else None


def slot_words(action: OnboardingAction) -> str:
    """Return a booked call as people read it, in the time zone it was booked in."""
    starts_at = slot_of(action)
    if starts_at is None:
        return ""
    zone = action.answer.get("zone", "UTC")
    local = starts_at.astimezone(ZoneInfo(zone))
    return f"{weekday(local)}, {local:%H:%M} ({zone.replace('_', ' ')})"


def calendar_file(action: OnboardingAction, *, title: str) -> bytes | None:
    """Return a booked call as a calendar file, None where none is booked. The same call has the same UID each time."""
    starts_at = slot_of(action)
    if starts_at is None:
        return None
    host = urlsplit(own_addresses().public_url).hostname or "localhost"
    minutes = int(action.answer.get("minutes", 30))
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Scoutboard//Onboarding//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:onboarding-call-{action.id}@{host}",
        f"SEQUENCE:{action.version}",
        f"DTSTAMP:{now():%Y%m%dT%H%M%SZ}",
        f"DTSTART:{starts_at:%Y%m%dT%H%M%SZ}",
        f"DTEND:{starts_at + timedelta(minutes=minutes):%Y%m%dT%H%M%SZ}",
        f"SUMMARY:{escaped(title)}",
        *([f"LOCATION:{escaped(action.answer['place'])}"] if action.answer.get("place") else []),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return calendar_bytes(lines)
