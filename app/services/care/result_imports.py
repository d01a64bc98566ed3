"""Results out of a CSV file: one row a partner and month, a verdict on each, bad rows in nobody's way."""

import re
import secrets
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import counted, mark, money, number
from app.languages import gettext as _
from app.models import Company, PartnerResult, Partnership, Program, Prospect, ResultSource, User
from app.services.audit import record_audit
from app.services.care.results import MonthResult, Origin, TypedResult, keep_many, known_results, read_result, restore
from app.services.errors import InvalidInput
from app.services.imports.decoding import decode_file
from app.services.imports.reading import clean_cell
from app.services.imports.records import DELIMITERS, Record, read_records, split_lines
from scrapers.domains import DomainError, normalize_domain

MAX_BYTES, MAX_ROWS = 2 * 1024 * 1024, 5_000
# Headings by what they fill, folded as `_folded` does.
_HEADINGS = {
    "partner": "domain website url site partner partnername company companyname name firma domena strona webseite id "
    "partnerid externalid partnerkey affiliateid",
    "month": "month period date monat miesiac zeitraum okres",
    "amount": "revenue amount sales value gmv turnover umsatz przychod kwota betrag",
    "currency": "currency waehrung wahrung waluta",
    "band": "band revenueband range",
    "leads": "leads lead signups referrals deals leady",
    "note": "note notes comment uwagi notiz bemerkung",
}
_FIELD_OF = {word: field for field, words in _HEADINGS.items() for word in words.split()}


class Verdict(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    REPLACES = "replaces"
    SAME = "same"
    REPEATED = "repeated"
    BAD = "bad"

    @property
    def label(self) -> str:
        """Return the verdict as people read it."""
        words = {"new": mark("new"), "replaces": mark("replaces"), "same": mark("same"), "repeated": mark("repeated")}
        return words.get(self.value, mark("bad"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """One row of a file: its line, whom and what it speaks of, and what becomes of it."""

    line: int
    partner: str
    month: str
    verdict: Verdict
    detail: str = ""
    partnership_id: int = 0
    result: MonthResult | None = None


@dataclass(frozen=True, slots=True)
class CheckedResults:
    """A file with a verdict per row, in the file's order."""

    rows: tuple[ResultRow, ...]

    @property
    def counts(self) -> Counter[Verdict]:
        """Return how many rows have each verdict."""
        return Counter(row.verdict for row in self.rows)

    @property
    def writable(self) -> int:
        """Return how many rows would be written."""
        return self.counts[Verdict.NEW] + self.counts[Verdict.REPLACES]


class _Partners:
    """The partners of a program by domain, by the platform's id and by name; a name that two have is nobody's."""

    def __init__(self, session: Session, program_id: int) -> None:
        rows = session.execute(
            select(Partnership.id, Partnership.external_id, Company.domain, Company.name)
            .join(Prospect, Prospect.id == Partnership.prospect_id)
            .join(Company, Company.id == Prospect.company_id)
            .where(Partnership.program_id == program_id)
        ).all()
        self._by_domain = {row.domain: row.id for row in rows}
        ids = Counter(row.external_id.casefold() for row in rows)
        self._by_id = {row.external_id.casefold(): row.id for row in rows if ids[row.external_id.casefold()] == 1}
        self._by_id.pop("", None)
        names = Counter(row.name.casefold() for row in rows)
        self._by_name = {row.name.casefold(): row.id for row in rows if names[row.name.casefold()] == 1}
        self._twice = {name for name, count in names.items() if count > 1}

    def find(self, written: str) -> tuple[int, str]:
        """Return a partnership's id, or 0 and why nobody was found."""
        key = written.casefold()
        found = self._by_domain.get(key) or self._by_id.get(key) or self._by_name.get(key)
        if found is None:
            try:
                found = self._by_domain.get(normalize_domain(written))
            except DomainError:
                found = None
        if found is not None:
            return found, ""
        if key in self._twice:
            return 0, _("Two partners are called %(name)s. Give the domain.", name=repr(written[:60]))
        nobody = mark("%(name)s is no partner of this program. Give domain, name as it is here, or id.")
        return 0, _(nobody, name=repr(written[:60]))


def check_results(session: Session, program: Program, content: bytes, *, currency: str = "") -> CheckedResults:
    """Return a verdict for each row of a file; nothing is written.

    `currency` is taken where a row names none. Raises InvalidInput (field `file`) for what is no table with a partner
    and a month.
    """
    headings, records, columns = _table(content)
    partners = _Partners(session, program.id)
    read = [
        _read(record, columns, partners, currency) if _fits(record, headings) else _torn(record, headings)
        for record in records
    ]
    known = known_results(session, program.id, [(row.partnership_id, row.result.month) for row in read if row.result])
    seen: dict[tuple[int, date], int] = {}
    rows = []
    for row in read:
        result = row.result
        rows.append(row if result is None else _judged(row, result, known, seen))
        if result is not None:
            seen.setdefault((row.partnership_id, result.month), row.line)
    return CheckedResults(tuple(rows))


def import_results(
    session: Session, program: Program, content: bytes, *, currency: str = "", actor: User
) -> tuple[str, CheckedResults]:
    """Write what check_results would; return the import's name, for taking it back, and the verdicts.

    Raises InvalidInput as check_results does, and Conflict where somebody wrote one of the months at the same moment.
    """
    checked = check_results(session, program, content, currency=currency)
    batch = secrets.token_hex(8)
    origin = Origin(ResultSource.CSV, user_id=actor.id, batch=batch)
    writable = (Verdict.NEW, Verdict.REPLACES)
    new = [(row.partnership_id, row.result) for row in checked.rows if row.verdict in writable and row.result]
    keep_many(session, program.id, new, origin)
    counts = {verdict.value: count for verdict, count in checked.counts.items()}
    _audit(session, "partner_results.imported", program, batch, actor, counts)
    return batch, checked


def undo_import(session: Session, program: Program, batch: str, *, actor: User) -> int:
    """Take an import back: months that it replaced say again what they said; those changed since stay."""
    rows = session.scalars(
        select(PartnerResult).where(PartnerResult.program_id == program.id, PartnerResult.batch == batch)
    ).all()
    for row in rows if batch else ():
        if row.before:
            restore(row, row.before)
        else:
            session.delete(row)
    _audit(session, "partner_results.import_undone", program, batch[:16], actor, {"count": len(rows)})
    return len(rows)


def _table(content: bytes) -> tuple[int, list[Record], dict[str, int]]:
    if len(content) > MAX_BYTES:
        too_long = mark("The file has %(count)s bytes; at most %(most)s fit. Split it.")
        raise InvalidInput({"file": _(too_long, count=number(len(content)), most=number(MAX_BYTES))})
    lines = split_lines(decode_file(content).text)
    delimiter = max(DELIMITERS, key=lambda sign: len(_columns(next(read_records(lines, sign), None))))
    records = list(read_records(lines, delimiter))
    columns = _columns(records[0] if records else None)
    missing = [name for name in ("partner", "month") if name not in columns]
    if missing:
        found = ", ".join(f"“{cell.strip()[:30]}”" for cell in (records[0].cells if records else [])[:10])
        wanted = mark(
            "No column is called %(missing)s. Found: %(found)s. Needed: "
            "“domain” or “partner”, “month”, and “revenue”, “band” or “leads”."
        )
        missed = _(" or ").join(missing)
        raise InvalidInput({"file": _(wanted, missing=missed, found=found or _("no headings"))})
    if len(records) - 1 > MAX_ROWS:
        too_many = mark("The file has %(count)s rows; at most %(most)s go at once.")
        raise InvalidInput({"file": _(too_many, count=number(len(records) - 1), most=number(MAX_ROWS))})
    if len(records) == 1:
        raise InvalidInput({"file": _("The file has headings but no rows under them.")})
    return len(records[0].cells), records[1:], columns


def _fits(record: Record, headings: int) -> bool:
    return not any(cell.strip() for cell in record.cells[headings:])


def _torn(record: Record, headings: int) -> ResultRow:
    unclear = mark("The row has %(cells)s cells under %(headings)s headings, so it is unclear which is which.")
    why = _(unclear, cells=len(record.cells), headings=headings)
    return ResultRow(line=record.line, partner=record.cells[0][:80], month="", verdict=Verdict.BAD, detail=why)


def _columns(record: Record | None) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, cell in enumerate(record.cells if record else ()):
        field = _FIELD_OF.get(_folded(cell))
        if field:
            columns.setdefault(field, place)
    return columns


def _folded(heading: str) -> str:
    plain = unicodedata.normalize("NFKD", heading.casefold().replace("ł", "l"))
    return re.sub(r"[\W_]+", "", "".join(letter for letter in plain if not unicodedata.combining(letter)))


def _read(record: Record, columns: dict[str, int], partners: _Partners, currency: str) -> ResultRow:
    cells = {name: _cell(record.cells, place) for name, place in columns.items()}
    row = ResultRow(
        line=record.line, partner=cells.get("partner", "")[:80], month=cells.get("month", "")[:20], verdict=Verdict.BAD
    )
    if record.problem or not row.partner:
        return replace(row, detail=record.problem or _("The row names no partner."))
    partnership_id, why = partners.find(cells["partner"])
    values = {name: cells.get(name, "") for name in ("month", "amount", "currency", "band", "leads", "note")}
    try:
        result = read_result(_with_currency(TypedResult(**values), currency))
    except InvalidInput as error:
        return replace(row, detail=" ".join(filter(None, [why, *error.fields.values()])))
    return replace(row, partnership_id=partnership_id, result=result) if partnership_id else replace(row, detail=why)


def _with_currency(typed: TypedResult, currency: str) -> TypedResult:
    has_none = not typed.currency and (typed.band or not re.search(r"[^\d\s.,'-]", typed.amount))
    return replace(typed, currency=currency) if has_none else typed


def _cell(cells: Sequence[str], place: int) -> str:
    return clean_cell(cells[place])[0] if place < len(cells) else ""


def _judged(
    row: ResultRow,
    result: MonthResult,
    known: dict[tuple[int, date], PartnerResult],
    seen: dict[tuple[int, date], int],
) -> ResultRow:
    key = (row.partnership_id, result.month)
    if key in seen:
        twice = _("Line %(line)s speaks of the same month; that counts.", line=seen[key])
        return replace(row, verdict=Verdict.REPEATED, detail=twice)
    old = known.get(key)
    if old is None:
        return replace(row, verdict=Verdict.NEW)
    names = ("amount_cents", "band", "currency", "leads", "note")
    if all(getattr(old, name) == getattr(result, name) for name in names):
        return replace(row, verdict=Verdict.SAME, detail=_("It stands here already."))
    instead = _("Replaces %(what)s, %(source)s.", what=in_words(old), source=_(old.source.label))
    return replace(row, verdict=Verdict.REPLACES, detail=instead)


def in_words(result: PartnerResult | MonthResult) -> str:
    """Return what a result says in a few words: `1,234.50 EUR, 12 leads`."""
    said = []
    if result.amount_cents is not None:
        said.append(money(result.amount_cents, result.currency))
    if result.band is not None:
        said.append(f"{_(result.band.label)} {result.currency}")
    if result.leads is not None:
        said.append(counted("%(num)s lead", "%(num)s leads", result.leads))
    return ", ".join(said)


def _audit(session: Session, action: str, program: Program, batch: str, actor: User, details: dict[str, int]) -> None:
    record_audit(
        session,
        action,
        subject=f"result_import:{batch}",
        actor_id=actor.id,
        program_id=program.id,
        details=dict(details),
    )
