"""Reading partners of another platform: amounts, workbooks, what columns mean, and statuses by file."""

import pytest
from sqlalchemy.orm import Session

from app.models import Company, Program, Prospect, Stage
from app.models.wave import WaveStatus
from app.services.errors import InvalidInput
from app.services.imports.reading import read_table
from app.services.waves.amounts import Amount, read_amount, read_count
from app.services.waves.columns import WaveField, checked_columns, guess_columns, platform_of
from app.services.waves.importing import read_file
from app.services.waves.presets import PRESETS, Platform
from app.services.waves.status_files import preview_file
from tests.wave_world import make_wave_partner
from tests.workbooks import workbook
from tests.world import make_program, make_user


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1234", Amount(123400)),
        ("$1,234.50", Amount(123450, "USD")),
        ("1.234,50 €", Amount(123450, "EUR")),
        ("12 300 zł", Amount(1230000, "PLN")),
        ("1200.00 USD", Amount(120000, "USD")),
        ("1,234", Amount(123400)),
        ("12.5", Amount(1250)),
        ("-3.10", Amount(-310)),
        ("1.234.567", Amount(123456700)),
        ("1234.567", Amount(123457)),
        ("0.125", Amount(12)),
        ("-1,234", Amount(-123400)),
        ("12.34.567", None),
        ("12 300 kr", Amount(1230000, "kr")),
        ("12 300 kr SEK", Amount(1230000, "SEK")),
        ("n/a", None),
        ("", None),
        ("1e9", None),
        ("99999999999999", None),
    ],
)
def test_amounts_as_exports_write_them(text: str, expected: Amount | None) -> None:
    assert read_amount(text) == expected


def test_a_count_is_a_whole_number() -> None:
    assert [read_count(text) for text in ("1,204", "0", "2.5", "-1", "5 EUR", "many")] == [
        1204,
        0,
        None,
        None,
        None,
        None,
    ]


def test_a_workbook_is_read_like_a_file_of_lines() -> None:
    rows = (
        '<row><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>Revenue</t></is></c>'
        '<c r="D1" t="str"><v>Note</v></c></row>'
        '<row><c r="A2" t="s"><v>1</v></c><c r="B2"><v>1.2345674E3</v></c><c r="D2" t="str"><v>a, "b"</v></c></row>'
    )
    shared = "<si><t>Website</t></si><si><r><t>ada</t></r><r><t>.example</t></r></si>"
    table = read_file("p.xlsx", workbook(rows, shared)).table
    assert [row.fields for row in table.rows()] == [
        {"Website": "ada.example", "Revenue": "1234.57", "column 3": "", "Note": 'a, "b"'}
    ]


EXPORTS = {
    Platform.PARTNERSTACK: "Partner key=external_id,Email=email,Group=extra,Signups=leads,Paid customers=extra",
    Platform.FIRSTPROMOTER: "id=external_id,email=email,name=contact,default_ref_id=extra,revenue_amount=revenue",
    Platform.IMPACT: "Media Partner Id=external_id,Media Partner=name,Website=site,Actions=leads,Action Cost=extra",
    Platform.AWIN: "publisherId=external_id,publisherName=name,currency=currency,totalNo=leads,totalValue=revenue",
    Platform.PARTNERIZE: "publisher_id=external_id,company_name=name,contact_email=email,account_name=extra",
    Platform.AFFISE: "Affiliate ID=external_id,Company name=name,Contact person=contact,Email=email,Conversions=leads",
    Platform.KIFLO: "Partner name=name,Partner program=extra,Main contact email=email,Country=country",
}


@pytest.mark.parametrize("platform", Platform, ids=str)
def test_exports_are_known_by_their_headings(platform: Platform) -> None:
    expected = dict(pair.split("=") for pair in EXPORTS[platform].split(","))
    table = read_table(f"{','.join(expected)}\n{',' * (len(expected) - 1)}x\n".encode(), names_companies=False)
    assert platform_of(table.columns) is platform
    assert guess_columns(table.columns, platform) == expected


def test_no_preset_names_a_field_that_does_not_exist() -> None:
    fields = {field for preset in PRESETS.values() for field in preset.columns.values()}
    assert fields <= set(WaveField)


def test_two_columns_cannot_fill_one_field() -> None:
    chosen = {"mail": "email", "e-mail": "email", "site": "site", "url": "site"}
    with pytest.raises(InvalidInput, match="“mail” and “e-mail” both are “Contact's e-mail”"):
        checked_columns(chosen, chosen)
    with pytest.raises(InvalidInput, match="names the company"):
        checked_columns(["a"], {"a": "no such field"})


@pytest.fixture
def program(session: Session) -> Program:
    return make_program(session, make_user(session))


def test_each_line_of_a_file_of_statuses_is_judged_alone(session: Session, program: Program) -> None:
    one = make_wave_partner(session, program, external_id="P-1")
    two = make_wave_partner(session, program, status=WaveStatus.ACCEPTED, stage=Stage.APPROVED, external_id="")
    other = make_wave_partner(session, make_program(session), external_id="P-9")
    prospect = session.get_one(Prospect, two.prospect_id)
    domain = session.get_one(Company, prospect.company_id).domain
    content = f"id,domain,status\nP-1,,lost\n,https://www.{domain}/x,Moved\nP-9,,lost\nP-1,,moved\n,{domain},gone\n"
    lines = preview_file(session, program, read_table(content.encode(), names_companies=False))
    assert [(line.line, line.partner_id, bool(line.problem)) for line in lines] == [
        (2, one.id, False),
        (3, two.id, False),
        (4, 0, True),
        (5, 0, True),
        (6, 0, True),
    ]
    assert "Nobody" in lines[2].problem
    assert "twice" in lines[3].problem
    assert "“gone” is no status" in lines[4].problem
    assert other.status is WaveStatus.PLANNED
    with pytest.raises(InvalidInput, match="a column “status”"):
        preview_file(session, program, read_table(b"domain,when\na.example,now\n"))


def test_a_line_that_names_more_than_one_partner_changes_nobody(session: Session, program: Program) -> None:
    one, two, three = (make_wave_partner(session, program, external_id=name) for name in ("P-1", "P-1", "P-3"))
    of = {
        partner.id: session.get_one(Company, session.get_one(Prospect, partner.prospect_id).company_id).domain
        for partner in (one, two, three)
    }
    content = f"id,domain,status\nP-1,,lost\nP-3,{of[two.id]},lost\nP-3,{of[three.id]},lost\n,{of[one.id]},lost\n"
    lines = preview_file(session, program, read_table(content.encode(), names_companies=False))
    assert [line.partner_id for line in lines] == [0, 0, three.id, one.id]
    assert "2 partners on the migration list have this id" in lines[0].problem
    assert "different partners" in lines[1].problem
