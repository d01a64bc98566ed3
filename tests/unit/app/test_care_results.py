"""Partners' results: what people and files write is read or refused in words, replaced openly, taken back whole."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditEvent, PartnerResult, Program, ResultSource, RevenueBand, User
from app.queries.care_results import partner_results, program_results
from app.queries.partner import partner_header
from app.services.care.amounts import Unreadable, read_amount, read_band, read_leads, read_month
from app.services.care.result_imports import Verdict, check_results, import_results, undo_import
from app.services.care.results import (
    Origin,
    TypedResult,
    keep_result,
    put_back,
    read_result,
    remove_result,
    report_result,
)
from app.services.errors import Conflict, InvalidInput, NotFound
from tests.onboarding_world import make_partner
from tests.world import make_program, make_user


@pytest.fixture(autouse=True)
def october() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 10, 15, tzinfo=UTC), tick=False):
        yield


@pytest.mark.parametrize(
    ("text", "cents", "currency"),
    [
        ("1,234.50", 123_450, ""),
        ("1.234,50", 123_450, ""),
        ("1 234,5", 123_450, ""),
        ("1.234", 123_400, ""),
        ("12,50", 1_250, ""),
        ("1234.500", 123_450, ""),
        ("0.120", 12, ""),
        ("€ 1200", 120_000, "EUR"),
        ("1200 pln", 120_000, "PLN"),
        ("USD 1,200,000", 120_000_000, "USD"),
        ("0", 0, ""),
        ("", None, ""),
    ],
)
def test_amounts_as_people_write_them(text: str, cents: int | None, currency: str) -> None:
    assert read_amount(text) == (cents, currency)


@pytest.mark.parametrize("text", ["many", "1-2", "-5", "9" * 400, "1e5", "12,34,56"])
def test_what_is_no_amount_is_refused_in_words(text: str) -> None:
    with pytest.raises(Unreadable, match=r"amount|less than nothing"):
        read_amount(text)


@pytest.mark.parametrize("text", ["0.125", "12,3456 EUR", "1234.501"])
def test_parts_of_a_cent_are_refused_and_not_cut_off(text: str) -> None:
    with pytest.raises(Unreadable, match="parts of a cent"):
        read_amount(text)


def test_months_bands_and_leads() -> None:
    for text in ("2026-03", "2026-03-31", "03/2026", "Mar 2026", "march 2026", "2026/3"):
        assert read_month(text) == date(2026, 3, 1), text
    for wrong in ("2026-13", "March", "2026", "00/2026"):
        with pytest.raises(Unreadable, match="no month"):
            read_month(wrong)
    assert read_band("5,000 to 20,000") is RevenueBand.FROM_5K is read_band("from_5k")
    for text, count in (("1,200", 1200), ("12.0", 12), ("1 200 300", 1_200_300), ("007", 7), ("", None)):
        assert read_leads(text) == count, text
    for wrong in ("١٢", "3.5", "12,34", "0.125", "1234.500", "1,200.300", "-3"):
        with pytest.raises(Unreadable, match="no number of leads"):
            read_leads(wrong)


def test_every_wrong_field_is_named_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_result(TypedResult(month="2999-01", amount="10 EUR", currency="PLN", band="from_1k", leads="x"))
    assert set(refused.value.fields) == {"month", "currency", "band", "leads"}
    with pytest.raises(InvalidInput) as refused:
        read_result(TypedResult(month="2026-01"))
    assert "Give revenue, leads, or both" in refused.value.fields["amount"]


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def program(session: Session, user: User) -> Program:
    return make_program(session, user)


def test_a_file_gets_a_verdict_per_row_and_is_taken_back(session: Session, program: Program, user: User) -> None:
    first, _ = make_partner(session, program, None, external_id="AG-7")
    second, _ = make_partner(session, program, None)
    make_partner(session, make_program(session, user), None, external_id="AG-8")
    old = read_result(TypedResult(month="2026-01", amount="50", currency="EUR"))
    keep_result(session, first, old, Origin(ResultSource.HAND, user_id=user.id))
    domain = partner_domain(session, second.id)
    file = (
        "Partner;Month;Revenue;Leads\n"
        "ag-7;2026-01;1.500,00;4\n"
        f"https://www.{domain}/about;2026-02;;9\n"
        f"{domain};02/2026;100;\n"
        "nobody.example;2026-02;1;1\n"
        f"{domain};soon;1;1\n"
        f"{domain};2026-03;200;1;extra;cells\n"
        "AG-8;2026-01;5;1\n"
    ).encode()
    checked = check_results(session, program, file, currency="EUR")
    assert [row.verdict for row in checked.rows] == [
        Verdict.REPLACES, Verdict.NEW, Verdict.REPEATED, Verdict.BAD, Verdict.BAD, Verdict.BAD, Verdict.BAD,
    ]  # fmt: skip
    assert "Replaces 50.00 EUR" in checked.rows[0].detail
    assert "no partner of this program" in checked.rows[3].detail
    assert "'soon' is no month" in checked.rows[4].detail
    assert "6 cells under 4 headings" in checked.rows[5].detail
    batch, _ = import_results(session, program, file, currency="EUR", actor=user)
    kept = session.scalars(select(PartnerResult).order_by(PartnerResult.id)).all()
    assert [(row.amount_cents, row.leads, row.source) for row in kept] == [
        (150_000, 4, ResultSource.CSV), (None, 9, ResultSource.CSV),
    ]  # fmt: skip
    again = check_results(session, program, file, currency="EUR")
    assert again.counts[Verdict.SAME] == 2
    assert again.writable == 0
    assert undo_import(session, program, batch, actor=user) == 2
    left = session.scalars(select(PartnerResult)).one()
    assert (left.amount_cents, left.leads, left.source, left.user_id) == (5_000, None, ResultSource.HAND, user.id)


def test_a_file_that_cannot_be_used_says_what_it_needs(session: Session, program: Program) -> None:
    for content, said in (
        (b"name,when\na,b\n", "No column is called month"),
        (b"domain,month\n", "no rows under them"),
        (b"%PDF-1.7", "PDF"),
        (b"", "empty"),
    ):
        with pytest.raises(InvalidInput, match=said):
            check_results(session, program, content)


def test_a_partner_changes_own_reports_and_never_our_figures(session: Session, program: Program, user: User) -> None:
    partnership, person = make_partner(session, program, None)
    own = read_result(TypedResult(month="2026-01", leads="2"))
    assert report_result(session, partnership, own, person=person) is False
    assert report_result(session, partnership, own, person=person) is True
    ours = read_result(TypedResult(month="2026-02", band="from_1k", currency="EUR"))
    keep_result(session, partnership, ours, Origin(ResultSource.HAND, user_id=user.id))
    with pytest.raises(InvalidInput, match="We have figures"):
        report_result(session, partnership, read_result(TypedResult(month="2026-02", leads="9")), person=person)


def test_a_month_comes_back_as_the_partner_said_it_and_over_nothing_newer(
    session: Session, program: Program, user: User
) -> None:
    partnership, person = make_partner(session, program, None)
    own = read_result(TypedResult(month="2026-01", band="from_1k", currency="EUR", note="Ada wrote this"))
    report_result(session, partnership, own, person=person)
    row = session.scalars(select(PartnerResult)).one()
    _, removal = remove_result(session, partnership, row.id, actor=user)
    assert "Ada" not in str(session.get_one(AuditEvent, removal).details)
    other, _ = make_partner(session, program, None)
    with pytest.raises(NotFound):
        put_back(session, other, removal, note="", actor=user)
    back = put_back(session, partnership, removal, note=own.note, actor=user)
    said = (back.month, back.band, back.note, back.source, back.user_id, back.person_id)
    assert said == (own.month, own.band, own.note, ResultSource.PARTNER, None, person.id)
    with pytest.raises(Conflict, match="written down anew"):
        put_back(session, partnership, removal, note="", actor=user)


def test_totals_add_up_by_currency_and_say_where_they_are_rough(session: Session, program: Program, user: User) -> None:
    partnership, _ = make_partner(session, program, None)
    months = (
        ("2026-09", "100.50", "EUR", ""), ("2026-08", "", "EUR", "from_1k"), ("2026-07", "70", "PLN", ""),
        ("2026-06", "", "PLN", "none"),
    )  # fmt: skip
    for month, amount, currency, band in months:
        result = read_result(TypedResult(month=month, amount=amount, currency=currency, band=band, leads="1"))
        keep_result(session, partnership, result, Origin(ResultSource.HAND, user_id=user.id))
    found = partner_results(session, partnership.id)
    assert [line.month_text for line in found.lines] == ["Sep 2026", "Aug 2026", "Jul 2026", "Jun 2026"]
    assert [line.share for line in found.lines] == [10, 100, 100, 0]
    assert [total.text for total in found.totals] == ["at least 1,100.50 EUR", "70.00 PLN"]
    assert found.leads == 4
    program_wide = program_results(session, program.id)
    assert program_wide.totals == found.totals == program_wide.partners[0].totals
    assert (program_wide.leads, program_wide.partners[0].months) == (4, 4)
    assert program_wide.since == date(2025, 11, 1)


def partner_domain(session: Session, partnership_id: int) -> str:
    return partner_header(session, partnership_id).domain
