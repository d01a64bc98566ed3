"""How sequences do: of the people whose first mail left in the period, how many answered and how it ended."""

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import (
    Delivery,
    Enrollment,
    Message,
    MessageKind,
    MessageState,
    ReceivedMail,
    ReplyMark,
    Sequence,
)
from app.queries.campaign import FEWEST, Share
from app.queries.reports.scope import Scope
from app.queries.reports.table import Bar, Cell, Column, Picture, Report, Table, Unit
from outreach.inbound import InboundKind

_SENT = (MessageState.ACCEPTED, MessageState.RESOLVED_SENT)


def sequence_results(session: Session, scope: Scope) -> Report:
    """Return per sequence how many people were written to in the period, and how many answered, with intervals."""
    mails = (
        select(
            Message.enrollment_id.label("enrollment_id"),
            func.count().label("mails"),
            func.max(case((Message.delivery == Delivery.HARD_BOUNCED, 1), else_=0)).label("bounced"),
            func.max(case((Message.delivery.in_((Delivery.OPTED_OUT, Delivery.COMPLAINED)), 1), else_=0)).label("left"),
        )
        .where(
            scope.in_programs(Message.program_id),
            Message.kind == MessageKind.STEP,
            Message.state.in_(_SENT),
            *scope.within(Message.accepted_at),
            *scope.of_prospects(Message.prospect_id),
        )
        .group_by(Message.enrollment_id)
        .subquery()
    )
    answers = (
        select(
            ReceivedMail.enrollment_id.label("enrollment_id"),
            func.max(case((ReceivedMail.mark == ReplyMark.INTERESTED, 1), else_=0)).label("interested"),
        )
        .where(scope.in_programs(ReceivedMail.program_id), ReceivedMail.kind == InboundKind.REPLY.value)
        .group_by(ReceivedMail.enrollment_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Sequence.name,
            func.count(),
            func.sum(mails.c.mails),
            func.count(answers.c.enrollment_id),
            func.coalesce(func.sum(answers.c.interested), 0),
            func.sum(mails.c.bounced),
            func.sum(mails.c.left),
        )
        .join(Enrollment, Enrollment.sequence_id == Sequence.id)
        .join(mails, mails.c.enrollment_id == Enrollment.id)
        .outerjoin(answers, answers.c.enrollment_id == Enrollment.id)
        .where(*([] if scope.sequence_id is None else [Sequence.id == scope.sequence_id]))
        .group_by(Sequence.id, Sequence.name)
        .order_by(func.count().desc(), Sequence.name)
    ).all()
    shares = [(row[0], Share(row[3], row[1])) for row in rows]
    bars = tuple(Bar(name, each.value, _said(each), *each.interval) for name, each in shares)
    return Report(
        picture=Picture(title=_("People who answered, of those written to"), unit=Unit.SHARE, bars=bars),
        tables=(_table([tuple(row) for row in rows]),),
        notes=(_("An absence note is no answer. The lines are 95 % intervals; opens are not counted."),),
    )


def _said(answered: Share) -> str:
    if answered.of >= FEWEST:
        return _("%(part)s of %(all)s", part=answered.count, all=answered.of)
    return _("%(part)s of %(all)s, too few to say", part=answered.count, all=answered.of)


def _table(rows: list[tuple[Cell, ...]]) -> Table:
    cells: list[tuple[Cell, ...]] = []
    for name, people, mails, answered, interested, bounced, left in rows:
        rate = Share(int(answered or 0), int(people or 0)).value
        cells.append((name, people, mails, answered, rate, interested, bounced, left))
    return Table(
        title=_("By sequence"),
        columns=(
            Column(_("Sequence"), Unit.TEXT),
            Column(_("People")),
            Column(_("Mails")),
            Column(_("Answered")),
            Column(_("Share"), Unit.SHARE),
            Column(_("Interested")),
            Column(_("Bounced")),
            Column(_("Opted out or complained")),
        ),
        rows=tuple(cells),
    )
