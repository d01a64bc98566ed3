"""What a row says of a partner beyond the company: their id, revenue and leads on the other platform."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.services.plain_text import clean_line
from app.services.waves.amounts import read_amount, read_count
from app.services.waves.columns import WaveField

MAX_EXTERNAL_ID = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveValues:
    """A row's id and values; `remarks` say what could not be used and why."""

    external_id: str = ""
    revenue_cents: int | None = None
    leads: int | None = None
    remarks: tuple[str, ...] = ()


def wave_values(fields: Mapping[str, str], columns: Mapping[str, str], *, currency: str) -> WaveValues:
    """Return the values of one row; revenue in another currency than `currency` counts as none, never as equal."""
    cells = {WaveField(name): fields.get(heading, "").strip() for heading, name in columns.items()}
    remarks: list[str] = []
    return WaveValues(
        external_id=clean_line(cells.get(WaveField.EXTERNAL_ID, ""))[:MAX_EXTERNAL_ID],
        revenue_cents=_revenue(cells, currency, remarks),
        leads=_leads(cells, remarks),
        remarks=tuple(remarks),
    )


def _revenue(cells: Mapping[WaveField, str], currency: str, remarks: list[str]) -> int | None:
    text = cells.get(WaveField.REVENUE, "")
    if not text:
        return None
    amount = read_amount(text)
    if amount is None:
        remarks.append(f"“{text[:40]}” is no amount, so the partner comes in without a revenue.")
        return None
    named = cells.get(WaveField.CURRENCY, "").upper() or amount.currency
    if named and named != currency:
        remarks.append(f"The revenue is in {named[:20]}, and the plan counts in {currency}; it comes in without one.")
        return None
    return amount.cents


def _leads(cells: Mapping[WaveField, str], remarks: list[str]) -> int | None:
    text = cells.get(WaveField.LEADS, "")
    if not text:
        return None
    count = read_count(text)
    if count is None:
        remarks.append(f"“{text[:40]}” is no number of leads, so the partner comes in without one.")
    return count
