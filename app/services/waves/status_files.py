"""Statuses by file: a column with the partner's id or domain and one with the status; every line is judged alone."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import counted
from app.languages import gettext as _
from app.models import Company, Program, Prospect
from app.models.wave import WavePartner, WaveStatus
from app.services.errors import InvalidInput
from app.services.imports.reading import Table, TableRow
from app.services.waves.columns import folded
from app.services.waves.statuses import MAX_AT_ONCE, StatusLine, preview_statuses
from scrapers.domains import DomainError, normalize_domain

_IDS = frozenset("id partnerid partnerkey externalid affiliateid publisherid promoterid mediapartnerid".split())
_SITES = frozenset("domain website url site company companydomain".split())
_STATUSES = frozenset("status state newstatus migrationstatus".split())
_WORDS = {
    "invited": WaveStatus.INVITED,
    "accepted": WaveStatus.ACCEPTED,
    "approved": WaveStatus.ACCEPTED,
    "moved": WaveStatus.MOVED,
    "migrated": WaveStatus.MOVED,
    "refused": WaveStatus.REFUSED,
    "declined": WaveStatus.REFUSED,
    "lost": WaveStatus.LOST,
    "planned": WaveStatus.PLANNED,
    "opened": WaveStatus.OPENED,
    "openedthelink": WaveStatus.OPENED,
}


@dataclass(frozen=True, slots=True)
class _Known:
    """The partners of a program by the other platform's id, which several may share, and by domain."""

    by_id: dict[str, list[int]]
    by_domain: dict[str, int]


def preview_file(session: Session, program: Program, table: Table) -> list[StatusLine]:
    """Return what a file of statuses would do, line by line; partners who have the status already are left out.

    Raises InvalidInput (field `file`) where the columns are missing.
    """
    places = _places(table)
    known, statuses = _partners(session, program)
    lines: list[StatusLine] = []
    wanted: dict[int, tuple[int, WaveStatus]] = {}
    for row in table.rows():
        found = _read(row, places, known)
        if isinstance(found, StatusLine):
            lines.append(found)
        elif statuses[found[0]] is found[1]:
            continue
        elif len(wanted) >= MAX_AT_ONCE:
            problem = _(
                "%(most)s are changed in one go. Upload the file again afterwards for the rest.", most=MAX_AT_ONCE
            )
            lines.append(StatusLine(company=_shown(row, places), line=row.line, problem=problem))
        elif found[0] in wanted:
            name = _shown(row, places)
            problem = _("Stands in the file twice; the first counts.")
            lines.append(StatusLine(company=name, line=row.line, problem=problem))
        else:
            wanted[found[0]] = (row.line, found[1])
    previewed = (
        preview_statuses(session, program, [(key, status) for key, (_line, status) in wanted.items()]) if wanted else []
    )
    lines += [replace(each, line=wanted[each.partner_id][0]) for each in previewed]
    return sorted(lines, key=lambda each: each.line)


def _places(table: Table) -> dict[str, str]:
    """Return which heading holds the id, the site and the status."""
    found: dict[str, str] = {}
    for heading in table.columns:
        key = folded(heading)
        for name, words in (("status", _STATUSES), ("id", _IDS), ("site", _SITES)):
            if key in words:
                found.setdefault(name, heading)
    if "status" not in found or not {"id", "site"} & set(found):
        shown = ", ".join(f"“{heading[:40]}”" for heading in list(table.columns)[:12])
        raise InvalidInput(
            {
                "file": _(
                    "Needed: a column “status”, and one “id” or “domain”. Found: %(shown)s. Rename them in line 1.",
                    shown=shown,
                )
            }
        )
    return found


def _partners(session: Session, program: Program) -> tuple[_Known, dict[int, WaveStatus]]:
    """Return by what partners are found, and the status of each."""
    rows = session.execute(
        select(WavePartner.id, WavePartner.external_id, Company.domain, WavePartner.status)
        .join(Prospect, Prospect.id == WavePartner.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(WavePartner.program_id == program.id)
        .order_by(WavePartner.id.desc())
    ).all()
    by_id: dict[str, list[int]] = defaultdict(list)
    for key, name, _domain, _status in rows:
        by_id[name].append(key)
    return _Known(by_id, {row.domain: row.id for row in rows}), {row.id: row.status for row in rows}


def _read(row: TableRow, places: dict[str, str], known: _Known) -> tuple[int, WaveStatus] | StatusLine:
    """Return the partner and status a row names, or the line that says why it names none."""
    name = _shown(row, places)
    word = row.fields.get(places["status"], "")
    if row.problem:
        return StatusLine(company=name, line=row.line, problem=row.problem)
    status = _WORDS.get(folded(word))
    if status is None:
        usable = ", ".join(each.value for each in WaveStatus if each not in (WaveStatus.PLANNED, WaveStatus.OPENED))
        problem = _("“%(word)s” is no status. Use: %(usable)s.", word=word[:40], usable=usable)
        return StatusLine(company=name, line=row.line, problem=problem)
    found = _named(known, _cell(row, places, "id"), _domain(_cell(row, places, "site")))
    if isinstance(found, str):
        return StatusLine(company=name, line=row.line, status=status, problem=found)
    return found, status


def _named(known: _Known, name: str, domain: str) -> int | str:
    """Return the one partner whom an id and a domain name, or why there is none."""
    holders, at_domain = known.by_id.get(name, []) if name else [], known.by_domain.get(domain)
    if len(holders) > 1:
        return counted(
            "%(num)s partner on the migration list has this id. Name them by their domain alone.",
            "%(num)s partners on the migration list have this id. Name them by their domain alone.",
            len(holders),
        )
    if holders and at_domain is not None and holders[0] != at_domain:
        return _(
            "The id and the domain belong to different partners. Correct the one that is wrong, or leave it empty."
        )
    found = holders[0] if holders else at_domain
    return _("Nobody on the migration list has this id or domain.") if found is None else found


def _cell(row: TableRow, places: dict[str, str], name: str) -> str:
    return row.fields.get(places[name], "").strip() if name in places else ""


def _domain(text: str) -> str:
    try:
        return normalize_domain(text) if text else ""
    except DomainError:
        return ""


def _shown(row: TableRow, places: dict[str, str]) -> str:
    parts: Iterable[str] = (_cell(row, places, "site"), _cell(row, places, "id"))
    return next(filter(None, parts), _("an empty line"))[:80]
