"""Reports by mail: chosen by each person for themselves, composed as that person would see them, sent once a period.

What is sent is computed with no transaction open for writing; the period is then taken by compare-and-set in the
transaction that posts the mail, so that any number of workers and restarts send it once.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.clock import now, today
from app.languages import gettext as _
from app.languages import in_language, long_day, mark
from app.models import Program, User
from app.models.report_mail import NoticePart, ReportMail, Rhythm
from app.queries.reports.asked import args_of, scope_of
from app.queries.reports.kinds import KINDS, Kind
from app.queries.reports.scope import Scope
from app.queries.reports.table import Report, Table, Unit, write
from app.services.access import program_for
from app.services.audit import record_audit
from app.services.errors import InvalidInput, NotFound, ServiceError
from app.services.keys import key_for
from app.services.links import own_addresses
from app.services.notices import post_notice
from app.services.report_pictures import draw
from app.whole_numbers import row_number

# From this hour on (UTC) the mails of a Monday, or of the first of a month, leave.
MORNING = 6
PICTURE = "report"
# Rows of one table in a mail; the page has them all.
MOST_ROWS = 30
MAX_QUERY = 1_500
_BROKEN = mark("This link is not complete. Mail programs sometimes break a long link at the end of a line.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """One mail ready to be posted; `taken` is the period it is for, `before` the one it was posted for last."""

    mail_id: int
    taken: str
    before: str
    to_address: str
    subject: str
    text: str
    html: str
    picture: bytes
    stop_url: str


def period_of(rhythm: Rhythm, day: date) -> str:
    """Return the week or month that a day is in, as in "2026-W47" or "2026-11"; they grow with time."""
    year, week = day.isocalendar()[:2]
    return f"{year}-W{week:02}" if rhythm is Rhythm.WEEKLY else f"{day:%Y-%m}"


def choose_report_mail(
    session: Session, user: User, program: Program, *, report: str, args: MultiDict[str, str], rhythm: str
) -> ReportMail:
    """Have a report sent from the next period on, with an address's filters; the choice before it is replaced.

    Raises InvalidInput for a report or a rhythm there is none of.
    """
    if report not in KINDS or rhythm not in set(Rhythm):
        raise InvalidInput({"rhythm": _("Choose weekly or monthly, on the page of the report you want.")})
    scope = scope_of(session, program, args, viewer=user)[0]
    row = report_mail_of(session, user.id, program.id, report)
    row = row or ReportMail(user_id=user.id, program_id=program.id, report=report)
    row.query, row.rhythm = query_of(scope, KINDS[report])[:MAX_QUERY], Rhythm(rhythm)
    row.posted_for = period_of(row.rhythm, today())
    session.add(row)
    session.flush()
    _audit(session, "report_mail.chosen", row)
    return row


def report_mail_of(session: Session, user_id: int, program_id: int, report: str) -> ReportMail | None:
    """Return a person's choice for a report, None where it is not sent to them."""
    mine = (ReportMail.user_id == user_id, ReportMail.program_id == program_id, ReportMail.report == report)
    return session.scalar(select(ReportMail).where(*mine))


def end_report_mail(session: Session, row: ReportMail) -> None:
    """Send it no more."""
    _audit(session, "report_mail.ended", row)
    session.delete(row)
    session.flush()


def query_of(scope: Scope, kind: Kind) -> str:
    """Return what a report was asked for as it stands behind a question mark."""
    return urlencode(args_of(scope, has_groups=kind.has_groups), doseq=True)


def stop_link(row: ReportMail) -> str:
    """Return the page that ends a report mail with one press, also from a mail program."""
    return f"{own_addresses().public_url}/u/report/{row.id}-{_mac(row)}"


def mail_by_token(session: Session, token: str) -> ReportMail | None:
    """Return the choice behind a link, None where it was ended. Raises NotFound for a link that is none."""
    written, _dash, mac = token.partition("-")
    number = row_number(written)
    if number is None:
        raise NotFound(_(_BROKEN))
    row = session.get(ReportMail, number)
    if row is not None and not hmac.compare_digest(mac.encode(), _mac(row).encode()):
        raise NotFound(_(_BROKEN))
    return row


def due_report_mails(session: Session, *, limit: int) -> list[int]:
    """Return the choices whose period began and was not posted yet; none before the morning."""
    moment = now()
    if moment.hour < MORNING:
        return []
    behind = [
        and_(ReportMail.rhythm == each, ReportMail.posted_for < period_of(each, moment.date())) for each in Rhythm
    ]
    return list(session.scalars(select(ReportMail.id).where(or_(*behind)).order_by(ReportMail.id).limit(limit)))


def compose(session: Session, mail_id: int) -> Composed | None:
    """Compute a report as its receiver may see it; None where they may not (any more), or it is gone."""
    row = session.get(ReportMail, mail_id)
    user = session.get(User, row.user_id) if row else None
    program = session.get(Program, row.program_id) if row else None
    if row is None or user is None or program is None or not user.is_active or row.report not in KINDS:
        return None
    try:
        program_for(session, user, program.slug)
    except ServiceError:
        return None
    with in_language(user.language, is_staff=True):
        return _composed(session, row, program, user)


def _composed(session: Session, row: ReportMail, program: Program, user: User) -> Composed:
    """Compute and write a report in the language in force."""
    kind = KINDS[row.report]
    scope = scope_of(session, program, MultiDict(parse_qsl(row.query)), viewer=user)[0]
    report = kind.ask(session, scope)
    link = f"{own_addresses().public_url}/p/{program.slug}/reports/{kind.name}?{row.query}"
    about = f"{', '.join(scope.programs.values())}, {scope.said}"
    said = f"{about}, {long_day(today())}"
    return Composed(
        mail_id=row.id,
        taken=period_of(row.rhythm, today()),
        before=row.posted_for,
        to_address=user.email,
        subject=f"{_(kind.title)}: {about}",
        text=_text(kind, report, said, link=link, stop=stop_link(row)),
        html=_html(kind, report, said, link=link, stop=stop_link(row)),
        picture=draw(report.picture),
        stop_url=stop_link(row),
    )


def post_composed(session: Session, mail: Composed) -> bool:
    """Post a mail where no other worker did for its period; say whether this one did."""
    taken = session.scalar(
        update(ReportMail)
        .where(ReportMail.id == mail.mail_id, ReportMail.posted_for == mail.before)
        .values(posted_for=mail.taken)
        .returning(ReportMail.id)
        .execution_options(synchronize_session=False)
    )
    if taken is None or mail.before == mail.taken:
        return False
    notice = post_notice(session, kind="report", to_address=mail.to_address, subject=mail.subject, text=mail.text)
    notice.unsubscribe_url = mail.stop_url
    session.add(NoticePart(notice_id=notice.id, html=mail.html, picture=mail.picture))
    return True


def leave_period_out(session: Session, mail_id: int) -> None:
    """Wait for the next period with a report that could not be computed, so that it holds up no other."""
    row = session.get(ReportMail, mail_id)
    if row is not None:
        row.posted_for = period_of(row.rhythm, today())


def _text(kind: Kind, report: Report, said: str, *, link: str, stop: str) -> str:
    lines = [_(kind.question), said, "", report.picture.title]
    lines += [
        f"- {bar.label}: {write(bar.value, report.picture.unit)} {bar.note}".rstrip() for bar in report.picture.bars
    ]
    for table in report.tables:
        lines += ["", table.title, " | ".join(column.label for column in table.columns)]
        lines += [" | ".join(_cells(table, row)) for row in table.rows[:MOST_ROWS]]
        lines += [_("and more on the page")] if len(table.rows) > MOST_ROWS else []
    ending = [_("The report: %(link)s", link=link), _("Send it no more: %(link)s", link=stop)]
    return "\n".join([*lines, "", *ending])


def _html(kind: Kind, report: Report, said: str, *, link: str, stop: str) -> str:
    """Return the mail as HTML that mail programs show: a table for each table, styles on the elements themselves."""
    font = "font-family:Inter,Helvetica,Arial,sans-serif;color:#1c2024"
    picture = _("%(title)s: the numbers stand in the table below", title=report.picture.title)
    asked, end = _("You asked for this report by mail."), _("Send it no more")
    opened, question = _("Open the report"), _(kind.question)
    pieces = [
        f'<div style="{font};max-width:680px"><h1 style="font-size:18px;margin:0 0 4px">{escape(question)}</h1>',
        f'<p style="color:#667085;margin:0 0 16px;font-size:13px">{escape(said)}</p>',
        f'<p><a href="{escape(link)}"><img src="cid:{PICTURE}" width="640" alt="{escape(picture)}" '
        'style="max-width:100%;height:auto;border:0"></a></p>',
        *(_html_table(table) for table in report.tables),
        f'<p style="font-size:14px"><a href="{escape(link)}" style="color:#3b5bdb">{escape(opened)}</a></p>',
        f'<p style="font-size:12px;color:#667085">{escape(asked)} '
        f'<a href="{escape(stop)}" style="color:#667085">{escape(end)}</a></p></div>',
    ]
    return "".join(pieces)


def _html_table(table: Table) -> str:
    aligned = ["left" if column.unit is Unit.TEXT else "right" for column in table.columns]
    cell = "padding:6px 10px;border-bottom:1px solid #e3e6eb;font-size:13px"

    def line(tag: str, words: Sequence[str]) -> str:
        cells = zip(aligned, words, strict=True)
        return "".join(f'<{tag} style="{cell};text-align:{side}">{escape(word)}</{tag}>' for side, word in cells)

    head = line("th", [column.label for column in table.columns])
    rows = "".join(f"<tr>{line('td', _cells(table, row))}</tr>" for row in table.rows[:MOST_ROWS])
    rest = escape(_("And more on the page."))
    more = "" if len(table.rows) <= MOST_ROWS else f'<p style="font-size:12px;color:#667085">{rest}</p>'
    title = f'<h2 style="font-size:14px;margin:20px 0 6px">{escape(table.title)}</h2>'
    return f'{title}<table style="border-collapse:collapse;width:100%"><tr>{head}</tr>{rows}</table>{more}'


def _cells(table: Table, row: Sequence[object]) -> list[str]:
    return [write(value, column.unit) for value, column in zip(row, table.columns, strict=True)]  # type: ignore[arg-type]


def _mac(row: ReportMail) -> str:
    # With whose it is: a number may be given again once its row is gone.
    said = f"{row.id}:{row.user_id}:{row.program_id}:{row.report}"
    return hmac.new(key_for("report mails"), said.encode(), hashlib.sha256).hexdigest()[:43]


def _audit(session: Session, action: str, row: ReportMail) -> None:
    record_audit(
        session,
        action,
        subject=f"report_mail:{row.id}",
        actor_id=row.user_id,
        program_id=row.program_id,
        details={"report": row.report, "rhythm": row.rhythm.value},
    )
