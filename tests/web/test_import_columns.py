"""The columns of an import as a person chooses them: checked anew, remembered and forgotten; what tampering is told."""

import io
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.jobs.imports import run_import
from app.models import BatchState, Company, ImportBatch, ImportRow, Membership, Program, Prospect, Role
from app.models.batch import ImportPreset
from app.models.custom_field import FieldKind
from tests.bulk_world import make_field
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

CONTENT = b"domain,firm,mail\nacme.com,Acme,jo@acme.com\nfoo.com,Foo,\nbar.com,Foo,\nbaz.com,Baz,\nqux.com,Qux,\n"


@pytest.fixture
def browser(sign_in: SignIn) -> FlaskClient:
    with transaction() as session:
        user = make_user(session)
        make_program(session, user, slug="upsell")
    return sign_in(user)


def upload(browser: FlaskClient, content: bytes = CONTENT, name: str = "list.csv", slug: str = "upsell") -> str:
    answer = browser.post(f"/p/{slug}/imports", data={"file": (io.BytesIO(content), name)}, follow_redirects=True)
    assert answer.status_code == 200
    return unescape(answer.text)


def newest() -> ImportBatch:
    with reading() as session:
        return session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc())).first()  # type: ignore[return-value]


def choose(browser: FlaskClient, **chosen: str) -> tuple[int, str]:
    data = {name.replace("_", "-"): value for name, value in chosen.items()}
    answer = browser.post(f"/p/upsell/imports/{newest().id}/columns", data=data, follow_redirects=True)
    return answer.status_code, unescape(answer.text)


def test_each_column_shows_three_values_and_what_it_fills(browser: FlaskClient) -> None:
    page = upload(browser)
    firm = page.partition('id="heading-1"')[2].partition('id="heading-2"')[0]
    assert [name for name in ("Acme", "Foo", "Baz", "Qux") if f"<li>{name}</li>" in firm] == ["Acme", "Foo", "Baz"]
    assert '<option value="name" class="im-ruled" selected>Company name</option>' in firm
    assert '<option value="fill" selected>Fill in what is empty</option>' in firm


def test_chosen_columns_and_rules_are_checked_anew_and_imported(browser: FlaskClient) -> None:
    upload(browser)
    status, page = choose(browser, column_1="note", column_2="extra", rule_2="replace", rule_0="keep")
    assert status == 200
    assert "Every row was checked again with these columns." in page
    batch = newest()
    assert batch.state is BatchState.CHECKED
    assert batch.columns == {"domain": "site", "firm": "note", "mail": "extra"}
    assert batch.rules == {"mail": "replace"}, "a website has no rule"
    assert (batch.done_count, batch.row_count) == (5, 5)
    browser.post(f"/p/upsell/imports/{batch.id}/start")
    assert run_import(batch.id) == "done"
    with reading() as session:
        assert session.scalars(select(Company.name).where(Company.domain == "acme.com")).one() == "acme.com"
        assert {"mail": "jo@acme.com"} in session.scalars(select(Prospect.extra)).all()
    assert "imported already" in choose(browser, column_1="name")[1]
    assert newest().columns["firm"] == "note"


def test_a_column_left_out_fills_nothing(browser: FlaskClient) -> None:
    upload(browser)
    choose(browser, column_1="ignored", column_2="ignored")
    batch = newest()
    browser.post(f"/p/upsell/imports/{batch.id}/start")
    run_import(batch.id)
    with reading() as session:
        assert set(session.scalars(select(Company.name))) == {"acme.com", "foo.com", "bar.com", "baz.com", "qux.com"}
        assert [extra for extra in session.scalars(select(Prospect.extra)) if extra] == []


def test_a_file_in_which_no_column_names_a_company_waits_for_a_choice(browser: FlaskClient) -> None:
    page = upload(browser, b"who,where\nAcme,on acme.com\nFoo,see foo.com\nBar,bar.com\n")
    batch = newest()
    assert batch.state is BatchState.FAILED
    assert "No column says which company a row is about." in page
    assert '<details class="card im-card im-columns" id="columns" open>' in page
    assert "<li>see foo.com</li>" in page
    assert "Go on with the rest" not in page
    late = browser.post(f"/p/upsell/imports/{batch.id}/start", follow_redirects=True).text
    assert "Choose first which column holds the website" in late
    status, page = choose(browser, column_0="name")
    assert status == 422
    assert "Say which column holds the website or the e-mail address" in page
    _, page = choose(browser, column_1="site")
    assert "1 new prospect in 3 rows" in page


def test_choices_that_do_not_fit_are_told_and_kept_in_the_form(browser: FlaskClient) -> None:
    upload(browser)
    for chosen, words in (
        ({"column_2": "nonsense"}, "“mail” cannot be “nonsense”"),
        ({"rule_1": "nonsense"}, "“firm” cannot follow the rule “nonsense”"),
        ({"column_77": "note"}, "The file has no column “column-77”"),
        ({"rule_x": "keep"}, "The file has no column “rule-x”"),
        ({"column_0": "extra", "column_2": "note"}, "Say which column holds the website"),
        ({"column_2": "name"}, "“firm” and “mail” both are “Company name”; keep one of them."),
    ):
        status, page = choose(browser, **chosen)
        assert (status, words in page) == (422, True), words
    assert page.count('<option value="name" class="im-ruled" selected>') == 2
    assert newest().columns == {"domain": "site", "firm": "name", "mail": "email"}
    with reading() as session:
        assert session.scalars(select(ImportPreset)).all() == []
    assert choose(browser, column_1="site", column_2="extra")[0] == 200, "several websites are fine"


def test_the_next_file_with_the_headings_is_read_the_same_way(browser: FlaskClient) -> None:
    upload(browser)
    choose(browser, column_1="note", column_2="extra", rule_2="keep")
    page = upload(browser, CONTENT.replace(b"domain,firm,mail", b"Domain;FIRM;Mail".replace(b";", b",")), "next.csv")
    batch = newest()
    assert batch.columns == {"Domain": "site", "FIRM": "note", "Mail": "extra"}
    assert batch.rules == {"Mail": "keep"}
    assert batch.columns_from == "list.csv"
    assert "Columns as you chose them for “list.csv” on " in page
    upload(browser, CONTENT.replace(b"domain,firm", b"firm,domain"))
    assert newest().columns == {"firm": "name", "domain": "site", "mail": "email"}, "another order is another file"


def test_forgotten_columns_are_read_off_the_headings_again(browser: FlaskClient) -> None:
    upload(browser)
    choose(browser, column_1="note", rule_2="keep")
    upload(browser, name="next.csv")
    answer = browser.post(f"/p/upsell/imports/{newest().id}/columns/forget", follow_redirects=True)
    assert "Forgotten. The headings decide again." in answer.text
    assert "you chose them" not in answer.text
    batch = newest()
    assert (batch.columns["firm"], batch.rules, batch.columns_from) == ("name", {}, "")
    assert batch.state is BatchState.CHECKED
    again = browser.post(f"/p/upsell/imports/{newest().id}/columns/forget", follow_redirects=True)
    assert "Nothing is remembered for these headings." in again.text
    assert "you chose them" not in upload(browser)


def test_forgetting_leaves_what_was_imported_alone(browser: FlaskClient) -> None:
    upload(browser)
    choose(browser, column_1="note")
    batch = newest()
    browser.post(f"/p/upsell/imports/{batch.id}/start")
    run_import(batch.id)
    browser.post(f"/p/upsell/imports/{batch.id}/columns/forget")
    assert (newest().state, newest().columns["firm"]) == (BatchState.DONE, "note")
    with reading() as session:
        assert session.scalars(select(ImportPreset)).all() == []


def test_lines_without_headings_are_not_remembered(browser: FlaskClient) -> None:
    upload(browser, b"acme.com,Acme\nfoo.com,Foo\n")
    choose(browser, column_1="name")
    with reading() as session:
        assert session.scalars(select(ImportPreset)).all() == []


def test_a_colleague_is_named_and_other_programs_know_nothing(browser: FlaskClient, sign_in: SignIn) -> None:
    upload(browser)
    choose(browser, column_1="note")
    with transaction() as session:
        colleague = make_user(session, name="Cleo Park")
        program = session.scalars(select(Program)).one()
        session.add(Membership(user_id=colleague.id, program_id=program.id))
        make_program(session, colleague, slug="other")
    other = sign_in(colleague)
    page = upload(other)
    assert "chose them for “list.csv”" in page
    assert "as you chose" not in page
    assert "chose them" not in upload(other, slug="other")
    assert newest().columns["firm"] == "name"


def test_reader_sees_the_columns_and_chooses_nothing(browser: FlaskClient, sign_in: SignIn) -> None:
    upload(browser)
    choose(browser, column_1="extra", rule_1="replace")
    batch = newest()
    with transaction() as session:
        analyst = make_user(session, Role.DATA_ANALYST)
        session.add(Membership(user_id=analyst.id, program_id=batch.program_id))
    reader = sign_in(analyst)
    page = reader.get(f"/p/upsell/imports/{batch.id}").text
    assert "<select" not in page.partition('id="columns"')[2].partition("</details>")[0]
    assert "Replace what is there" in page
    assert "Forget this" not in page
    for path in ("columns", "columns/forget"):
        assert reader.post(f"/p/upsell/imports/{batch.id}/{path}", data={"column-1": "name"}).status_code == 403


def test_a_canceled_check_can_be_read_differently(browser: FlaskClient) -> None:
    upload(browser)
    browser.post(f"/p/upsell/imports/{newest().id}/cancel")
    _, page = choose(browser, column_1="note")
    assert "5 new prospects in 5 rows" in page
    assert newest().state is BatchState.CHECKED


def test_a_long_file_is_checked_anew_in_the_background(browser: FlaskClient) -> None:
    upload(browser, b"domain,firm\n" + b"".join(b"s%d.com,x\n" % n for n in range(2_001)))
    run_import(newest().id)
    _, page = choose(browser, column_1="note")
    assert "Checking the rows" in page
    with reading() as session:
        assert session.scalars(select(ImportRow.id)).first() is None
    assert run_import(newest().id) == "checked"
    assert newest().columns["firm"] == "note"


def test_a_column_named_like_a_field_of_the_program_says_so(browser: FlaskClient) -> None:
    with transaction() as session:
        program = session.scalars(select(Program)).one()
        make_field(session, program, label="Segment", kind=FieldKind.TEXT)
    page = upload(browser, b"domain,segment\nacme.com,gold\n")
    assert '<option value="extra" class="im-ruled" selected>Field: Segment</option>' in page


def test_the_verdict_says_what_a_chosen_rule_will_do(browser: FlaskClient) -> None:
    with transaction() as session:
        program = session.scalars(select(Program)).one()
        known = make_prospect(session, program, "acme.com")
        session.get_one(Company, known.company_id).name = "Old name"
    assert "Replaces name." not in upload(browser)
    assert "Replaces name." in choose(browser, rule_1="replace")[1]
