"""A person's day outside the product: the calendar they subscribe to, and the mail in the morning."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from urllib.parse import urlsplit

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.languages import gettext as _
from app.languages import in_language, inside
from app.models import Role, User
from app.models.day_choices import DayChoices, DayMail
from app.queries.day_items import DayGroup, DayItem, DayKind
from app.queries.navigation import programs_of
from app.queries.notifications import NotificationLine
from app.queries.today import my_dates, my_day
from app.services.audit import record_audit
from app.services.calendar_lines import calendar_bytes, escaped
from app.services.errors import InvalidInput, NotFound
from app.services.links import own_addresses
from app.services.notices import post_notice
from app.services.notifying.morning import ending_page, news_for_morning, news_text
from app.services.tokens import hash_of, new_token

# From this hour on (UTC) the morning's mails leave.
MORNING = 6
SATURDAY = 5
# As long as a calendar shows a task that has a time.
_TASK_TAKES = timedelta(minutes=30)


def choices_of(session: Session, user_id: int) -> DayChoices:
    """Return what a person has chosen; a row that is not stored yet where they have chosen nothing."""
    found = session.scalar(select(DayChoices).where(DayChoices.user_id == user_id))
    return found or DayChoices(user_id=user_id, mail=DayMail.OFF)


def choose_mail(session: Session, user: User, mail: str) -> None:
    """Keep how often the mail comes. Raises InvalidInput for a word that is no choice."""
    if mail not in set(DayMail):
        raise InvalidInput(
            {"mail": _("%(word)s is no choice; choose %(possible)s.", word=repr(mail), possible=", ".join(DayMail))}
        )
    choices = choices_of(session, user.id)
    choices.mail = DayMail(mail)
    session.add(choices)
    record_audit(session, "user.day_mail_chosen", subject=f"user:{user.id}", actor_id=user.id, details={"mail": mail})


def make_calendar(session: Session, user: User) -> str:
    """Return the token of a new calendar address; the one before it ends. It is shown once, the row keeps its hash."""
    token = new_token()
    choices = choices_of(session, user.id)
    choices.calendar_hash = hash_of(token)
    session.add(choices)
    record_audit(session, "user.calendar_made", subject=f"user:{user.id}", actor_id=user.id)
    return token


def end_calendar(session: Session, user: User) -> None:
    """End a person's calendar address; where there is none, nothing happens."""
    choices = choices_of(session, user.id)
    if choices.calendar_hash is not None:
        choices.calendar_hash = None
        record_audit(session, "user.calendar_ended", subject=f"user:{user.id}", actor_id=user.id)


def calendar_by_token(session: Session, token: str) -> bytes:
    """Return the calendar behind an address. Raises NotFound where the address ended or its person may not sign in."""
    user = session.scalar(
        select(User)
        .join(DayChoices, DayChoices.user_id == User.id)
        .where(DayChoices.calendar_hash == hash_of(token), User.is_active)
    )
    if user is None:
        raise NotFound(_("This calendar is not there (any more). Make a new address under Today."))
    with in_language(user.language, is_staff=True):
        return _calendar(my_dates(session, user, _programs_of(session, user)))


def _programs_of(session: Session, user: User) -> list[int]:
    return [program.id for program in programs_of(session, user.id, sees_all=user.role is Role.ADMIN)]


def _calendar(items: list[DayItem]) -> bytes:
    host = urlsplit(own_addresses().public_url).hostname or "localhost"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Scoutboard//Today//EN", "X-WR-CALNAME:Scoutboard"]
    lines += [line for item in items if item.at for line in _event(item, item.at, host)]
    return calendar_bytes([*lines, "END:VCALENDAR"])


def _event(item: DayItem, at: datetime, host: str) -> list[str]:
    """Return an event: of a whole day, or at its time where what is due has one."""
    what = "task" if item.kind is DayKind.DUE else item.kind.value
    under = f" ({item.under})" if item.under else ""
    return [
        "BEGIN:VEVENT",
        f"UID:{what}-{item.row_id}@{host}",
        f"DTSTAMP:{now():%Y%m%dT%H%M%SZ}",
        *_when(item, at),
        f"SUMMARY:{escaped(item.title + under)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _when(item: DayItem, at: datetime) -> list[str]:
    if item.is_timed:
        return [f"DTSTART:{at:%Y%m%dT%H%M%SZ}", f"DTEND:{at + _TASK_TAKES:%Y%m%dT%H%M%SZ}"]
    return [f"DTSTART;VALUE=DATE:{at:%Y%m%d}", f"DTEND;VALUE=DATE:{at + timedelta(days=1):%Y%m%d}"]


def post_morning_mails(session: Session, *, limit: int = 50) -> int:
    """Post the mails of this morning that have not left yet, at most `limit`; return how many were posted.

    A day with nothing in it makes no mail. Nobody gets two for one day, whoever asks how often.
    """
    day = today()
    kinds = _kinds_of(day)
    if now().hour < MORNING or not kinds:
        return 0
    rows = session.execute(
        select(DayChoices, User)
        .join(User, User.id == DayChoices.user_id)
        .where(
            DayChoices.mail.in_(kinds),
            or_(DayChoices.mailed_on.is_(None), DayChoices.mailed_on < day),
            User.is_active,
        )
        .order_by(DayChoices.id)
        .limit(limit)
        .with_for_update(of=DayChoices, skip_locked=True)
    ).all()
    posted = 0
    for choices, user in rows:
        choices.mailed_on = day
        with in_language(user.language, is_staff=True):
            posted += _post_mail(session, user)
    return posted


def _post_mail(session: Session, user: User) -> bool:
    """Post a person's mail in the language in force; say whether there was anything to write."""
    # Mentions are told in the way the person chose for them, which may be this mail.
    waiting = my_day(session, user, _programs_of(session, user))
    groups = [group for group in waiting if group.kind is not DayKind.MENTION]
    news = news_for_morning(session, user)
    if not groups and not news:
        return False
    page, root = ending_page(user.id), own_addresses().public_url.rstrip("/")
    notice = post_notice(
        session,
        kind="morning",
        to_address=user.email,
        subject=_subject(groups, news),
        text=_text(groups, news, zone=user.zone, at=lambda path: root + path, end=page),
    )
    notice.unsubscribe_url = page
    return True


def _kinds_of(day: date) -> list[DayMail]:
    if day.weekday() >= SATURDAY:
        return []
    return [DayMail.WORKDAYS, DayMail.MONDAYS] if day.weekday() == 0 else [DayMail.WORKDAYS]


def _count(group: DayGroup) -> str:
    return f"{len(group.items)}+" if group.is_cut else str(len(group.items))


def _subject(groups: list[DayGroup], news: list[NotificationLine]) -> str:
    parts = [f"{_count(group)} {inside(group.kind.label)}" for group in groups[:3]]
    return _("Your day: %(what)s", what=", ".join(parts or [news[0].title]))


def _line(item: DayItem, zone: tzinfo) -> str:
    at = f"{item.at.astimezone(zone):%H:%M}" if item.is_timed and item.at else ""
    return "- " + ", ".join(filter(None, (item.title, item.under, at)))


def _text(
    groups: list[DayGroup], news: list[NotificationLine], *, zone: tzinfo, at: Callable[[str], str], end: str
) -> str:
    lines = [_("Good morning, this waits for you:") if groups else _("Good morning, nothing is due, but this is new:")]
    for group in groups:
        lines += ["", f"{_(group.kind.label)} ({_count(group)})"]
        lines += [_line(item, zone) for item in group.items]
        lines += ["- " + _("and more")] if group.is_cut else []
    lines += news_text(news)
    footer = [
        _("How often this mail comes is chosen at the bottom of that page."),
        _("No more of these mails: %(link)s", link=end),
    ]
    return "\n".join([*lines, "", at("/today"), "", *footer])
