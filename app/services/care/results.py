"""What partners bring, month by month: written by us, by an import, or by the partner."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now, today
from app.models import AuditEvent, PartnerPerson, PartnerResult, Partnership, ResultSource, RevenueBand, User
from app.services.audit import record_audit
from app.services.care.amounts import Unreadable, read_amount, read_band, read_currency, read_leads, read_month
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.languages import gettext as _
from app.services.languages import month_words
from app.services.plain_text import clean_line

MAX_NOTE = 500
_AT_ONCE = 500
_VALUES = ("amount_cents", "band", "currency", "leads", "note", "source", "user_id", "person_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedResult:
    """A month's result as it was typed or stood in a file."""

    month: str
    amount: str = ""
    currency: str = ""
    band: str = ""
    leads: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthResult:
    """A month's result that can be kept: an amount or a band, leads, or both."""

    month: date
    amount_cents: int | None = None
    band: RevenueBand | None = None
    currency: str = ""
    leads: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who says a result: one of us, an import of ours, another program by a token, or somebody of the partner."""

    source: ResultSource
    user_id: int | None = None
    person_id: int | None = None
    batch: str = ""
    token_id: int | None = None


def read_result(typed: TypedResult) -> MonthResult:
    """Return what was typed. Raises InvalidInput naming every field that cannot be used."""
    problems: dict[str, str] = {}
    month = _read(problems, "month", read_month, typed.month)
    amount, sign = _read(problems, "amount", read_amount, typed.amount) or (None, "")
    currency = _read(problems, "currency", read_currency, typed.currency) or ""
    band = _read(problems, "band", read_band, typed.band)
    leads = _read(problems, "leads", read_leads, typed.leads)
    note = clean_line(typed.note)
    has_revenue = amount is not None or band is not None
    if month is not None and month > today():
        problems["month"] = _("This month has not begun yet.")
    if sign and currency and sign != currency and "amount" not in problems:
        both = {"sign": sign, "currency": currency}
        problems["currency"] = _("The amount says %(sign)s, the currency %(currency)s. Which one is it?", **both)
    if amount is not None and band is not None:
        problems["band"] = _("Give the amount or the band, not both.")
    if has_revenue and not (sign or currency) and "currency" not in problems:
        problems["currency"] = _("Say in which currency, such as EUR.")
    if not has_revenue and leads is None and not {"amount", "band", "leads"} & set(problems):
        problems["amount"] = _("Give revenue, leads, or both.")
    if len(note) > MAX_NOTE:
        problems["note"] = _("At most %(most)s characters.", most=MAX_NOTE)
    if problems or month is None:
        raise InvalidInput(problems)
    return MonthResult(
        month=month,
        amount_cents=amount,
        band=band,
        currency=(sign or currency) if has_revenue else "",
        leads=leads,
        note=note,
    )


def keep_result(session: Session, partnership: Partnership, new: MonthResult, origin: Origin) -> bool:
    """Keep a month's result; returns whether it replaces another one. Audits both. Raises Conflict in a race."""
    known = result_in(session, partnership.id, new.month)
    row = known or PartnerResult(program_id=partnership.program_id, partnership_id=partnership.id)
    before = values_of(known) if known else {}
    _fill(row, new, origin)
    _store(session, [row])
    _audit(session, "partner_result.replaced" if known else "partner_result.added", row, origin, before=before)
    return known is not None


def keep_many(session: Session, program_id: int, new: Iterable[tuple[int, MonthResult]], origin: Origin) -> None:
    """Keep results of many partners (by partnership id) in one go, with what they replace; the caller audits.

    Raises Conflict where somebody wrote one of the months at the same moment; then none is kept.
    """
    new = list(new)
    known = known_results(session, program_id, [(partnership_id, result.month) for partnership_id, result in new])
    rows = []
    for partnership_id, result in new:
        old = known.get((partnership_id, result.month))
        row = old or PartnerResult(program_id=program_id, partnership_id=partnership_id)
        before = values_of(old) if old else {}
        _fill(row, result, origin)
        row.before = before
        rows.append(row)
    _store(session, rows)


def known_results(
    session: Session, program_id: int, wanted: Collection[tuple[int, date]]
) -> dict[tuple[int, date], PartnerResult]:
    """Return what is known of these months of partners, by partnership id and month; no other month is read."""
    partners, months = sorted({partner for partner, _ in wanted}), [month for _, month in wanted]
    found: dict[tuple[int, date], PartnerResult] = {}
    for start in range(0, len(partners), _AT_ONCE):
        query = select(PartnerResult).where(
            PartnerResult.program_id == program_id,
            PartnerResult.partnership_id.in_(partners[start : start + _AT_ONCE]),
            PartnerResult.month.between(min(months), max(months)),
        )
        found |= {(row.partnership_id, row.month): row for row in session.scalars(query)}
    return found


def _fill(row: PartnerResult, new: MonthResult, origin: Origin) -> None:
    for name in ("month", "amount_cents", "band", "currency", "leads", "note"):
        setattr(row, name, getattr(new, name))
    row.source, row.user_id, row.person_id = origin.source, origin.user_id, origin.person_id
    row.batch, row.before, row.updated_at = origin.batch, {}, now()


def _store(session: Session, rows: Sequence[PartnerResult]) -> None:
    try:
        with session.begin_nested():
            session.add_all(rows)
    except IntegrityError:
        raise Conflict(_("Somebody wrote down such a month at the same moment. Look at it, and try again.")) from None


def report_result(session: Session, partnership: Partnership, new: MonthResult, *, person: PartnerPerson) -> bool:
    """Keep what a partner reports; returns whether it replaces a report of theirs.

    Raises InvalidInput where the month is known from us: the partner says so in a message, and we put it right.
    """
    known = result_in(session, partnership.id, new.month)
    if known is not None and known.source is not ResultSource.PARTNER:
        known_here = _("We have figures for this month already. If they are wrong, write us a message.")
        raise InvalidInput({"month": known_here})
    return keep_result(session, partnership, new, Origin(ResultSource.PARTNER, person_id=person.id))


def remove_result(
    session: Session, partnership: Partnership, result_id: int, *, actor: User
) -> tuple[PartnerResult, int]:
    """Take a month out; the audit log keeps what it said, under the id returned with it. Raises NotFound."""
    row = session.get(PartnerResult, result_id)
    if row is None or row.partnership_id != partnership.id:
        raise NotFound(_("There is no such month in this partner's results; somebody may have removed it."))
    session.delete(row)
    origin = Origin(ResultSource.HAND, user_id=actor.id)
    return row, _audit(session, "partner_result.removed", row, origin, before=values_of(row))


def put_back(session: Session, partnership: Partnership, audit_id: int, *, note: str, actor: User) -> PartnerResult:
    """Take back that a month was taken out: figures and who said them come from the audit log, which keeps no note.

    Raises NotFound where this is no removal of a month of this partner, and Conflict where the month exists again.
    """
    event = session.get(AuditEvent, audit_id)
    subject = f"partnership:{partnership.id}"
    if event is None or (event.action, event.subject) != ("partner_result.removed", subject):
        raise NotFound(_("There is no such month to put back."))
    month = date.fromisoformat(event.details["month"])
    if result_in(session, partnership.id, month) is not None:
        raise Conflict(_("%(month)s was written down anew meanwhile, and stays as it is.", month=month_words(month)))
    row = PartnerResult(program_id=partnership.program_id, partnership_id=partnership.id, month=month)
    restore(row, event.details["before"] | {"note": clean_line(note)[:MAX_NOTE]})
    _store(session, [row])
    _audit(session, "partner_result.restored", row, Origin(ResultSource.HAND, user_id=actor.id), before={})
    return row


def result_in(session: Session, partnership_id: int, month: date) -> PartnerResult | None:
    """Return what is known of a partner's month."""
    return session.scalar(
        select(PartnerResult).where(PartnerResult.partnership_id == partnership_id, PartnerResult.month == month)
    )


def values_of(row: PartnerResult) -> dict[str, Any]:
    """Return what a result says, as JSON values, to be put back by `restore`."""
    return {name: getattr(row, name) for name in _VALUES}


def restore(row: PartnerResult, before: dict[str, Any]) -> None:
    """Let a result say again what it said before."""
    for name in _VALUES:
        setattr(row, name, before.get(name))
    row.band = RevenueBand(row.band) if row.band else None
    row.source = ResultSource(before["source"])
    row.batch, row.before, row.updated_at = "", {}, now()


def _read(problems: dict[str, str], name: str, read: Any, text: str) -> Any:
    try:
        return read(text)
    except Unreadable as error:
        problems[name] = str(error)
        return None


def _audit(session: Session, action: str, row: PartnerResult, origin: Origin, *, before: dict[str, Any]) -> int:
    """Write it into the log, without notes: what people wrote can be erased, the log cannot. Return the id there."""
    session.flush()
    figures = {name: value for name, value in before.items() if name != "note"}
    by_token = {"token_id": origin.token_id} if origin.token_id else {}
    return record_audit(
        session,
        action,
        subject=f"partnership:{row.partnership_id}",
        actor_id=origin.user_id,
        program_id=row.program_id,
        details={"month": row.month.isoformat(), "person_id": origin.person_id, "before": figures} | by_token,
    ).id
