"""Columns of a file that a person gives to a field of the program, or makes a new field of."""

import io
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.jobs.imports import run_import
from app.models import ImportBatch, ImportRow, Program, Prospect, Role
from app.models.batch import BatchState
from app.models.custom_field import CustomField, FieldKind
from app.services.custom_field_values import set_value, value_of
from app.services.custom_fields import archive_field
from app.services.imports.new_fields import guess_kind
from tests.bulk_world import make_field
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

CONTENT = (
    b"domain,heads,level,code\nacme.com,12,Gold,007\nfoo.com,a few,Silver,008\nbar.com,3,gold,009\nqux.com,,Gold,010\n"
)


@pytest.fixture
def browser(sign_in: SignIn) -> FlaskClient:
    with transaction() as session:
        user = make_user(session, Role.DIRECTOR)
        program = make_program(session, user, slug="upsell")
        make_field(session, program, label="Size", kind=FieldKind.NUMBER)
    return sign_in(user)


def upload(browser: FlaskClient, content: bytes = CONTENT, name: str = "list.csv") -> str:
    answer = browser.post("/p/upsell/imports", data={"file": (io.BytesIO(content), name)}, follow_redirects=True)
    assert answer.status_code == 200
    return unescape(answer.text)


def newest() -> ImportBatch:
    with reading() as session:
        return session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc())).first()  # type: ignore[return-value]


def choose(browser: FlaskClient, **chosen: str) -> tuple[int, str]:
    data = {name.replace("_", "-"): value for name, value in chosen.items()}
    answer = browser.post(f"/p/upsell/imports/{newest().id}/columns", data=data, follow_redirects=True)
    return answer.status_code, unescape(answer.text)


def field_named(label: str) -> CustomField:
    with reading() as session:
        return session.scalars(select(CustomField).where(CustomField.label == label)).one()


def messages() -> dict[str, str]:
    with reading() as session:
        rows = session.scalars(select(ImportRow).where(ImportRow.batch_id == newest().id))
        return {row.domain: row.message for row in rows}


def kept(label: str) -> dict[str, str]:
    field = field_named(label)
    with reading() as session:
        rows = session.scalars(select(ImportRow).where(ImportRow.batch_id == newest().id))
        return {row.domain: value_of(session, row.prospect_id or 0, field.id) for row in rows}


def start(browser: FlaskClient) -> None:
    browser.post(f"/p/upsell/imports/{newest().id}/start")
    assert run_import(newest().id) == "done"


@pytest.mark.any_servers
def test_a_column_fills_the_field_it_is_given_to_by_its_rule_and_undo_gives_back(browser: FlaskClient) -> None:
    size = field_named("Size")
    with transaction() as session:
        program = session.scalars(select(Program)).one()
        known = make_prospect(session, program, "acme.com")
        other = make_prospect(session, program, "bar.com")
        set_value(session, known, session.merge(size), "10", actor=None, version=None)
        set_value(session, other, session.merge(size), "3.0", actor=None, version=None)
    upload(browser)
    status, page = choose(browser, column_1=f"own:{size.id}", rule_1="replace")
    assert status == 200
    assert f'<option value="own:{size.id}" class="im-ruled" selected>Size</option>' in page
    said = messages()
    assert "Replaces “heads”." in said["acme.com"]
    assert "Replaces" not in said["bar.com"], "3 and 3.0 are one number"
    assert "Size: “a few” is no number." in said["foo.com"]
    assert "kept under “heads” in the extra columns" in said["foo.com"]
    start(browser)
    assert kept("Size") == {"acme.com": "12", "foo.com": "", "bar.com": "3", "qux.com": ""}
    assert messages()["foo.com"].count("is no number") == 1
    with reading() as session:
        extras = [extra for extra in session.scalars(select(Prospect.extra)) if "heads" in extra]
        assert [extra["heads"] for extra in extras] == ["a few"]
    browser.post(f"/p/upsell/imports/{newest().id}/undo")
    run_import(newest().id)
    assert newest().state is BatchState.UNDONE
    with reading() as session:
        assert value_of(session, known.id, size.id) == "10"


@pytest.mark.any_servers
def test_a_new_field_is_made_of_a_column_with_the_kind_its_values_look_like(browser: FlaskClient) -> None:
    page = upload(browser)
    level = page.partition('id="heading-2"')[2].partition('id="heading-3"')[0]
    assert '<optgroup label="A new field “level”">' in level
    assert level.index("New field: Choice (as its values look)") < level.index("New field: Text")
    choose(browser, column_2="new:choice", column_3="new:text")
    field = field_named("level")
    assert (field.kind, field.options) == (FieldKind.CHOICE, ["Gold", "Silver"])
    assert newest().columns["level"] == f"own:{field.id}"
    start(browser)
    assert kept("level") == {"acme.com": "Gold", "foo.com": "Silver", "bar.com": "Gold", "qux.com": "Gold"}
    assert kept("code")["acme.com"] == "007"
    again = upload(browser, name="next.csv")
    assert newest().columns["level"] == f"own:{field.id}"
    assert "chose them for “list.csv”" in again
    with transaction() as session:
        archive_field(session, session.get_one(CustomField, field.id), actor=make_user(session))
    upload(browser, name="last.csv")
    assert newest().columns["level"] == "extra"


@pytest.mark.any_servers
def test_a_field_that_was_archived_after_the_check_leaves_its_column_among_the_extra_ones(browser: FlaskClient) -> None:
    upload(browser)
    size = field_named("Size")
    choose(browser, column_1=f"own:{size.id}")
    with transaction() as session:
        archive_field(session, session.get_one(CustomField, size.id), actor=make_user(session))
    assert choose(browser, column_2="note")[0] == 200, "nobody has to choose that column anew"
    start(browser)
    with reading() as session:
        assert sorted(extra.get("heads", "") for extra in session.scalars(select(Prospect.extra))) == [
            "", "12", "3", "a few"
        ]  # fmt: skip


@pytest.mark.any_servers
def test_what_cannot_be_a_field_is_told_and_makes_none(browser: FlaskClient) -> None:
    upload(browser)
    size = field_named("Size")
    with transaction() as session:
        foreign = make_field(session, make_program(session), label="Theirs").id
    for chosen, words in (
        ({"column_1": f"own:{size.id}", "column_2": f"own:{size.id}"}, "both are “Size”; keep one of them"),
        ({"column_1": f"own:{foreign}"}, f"“heads” cannot be “own:{foreign}”"),
        ({"column_1": "own:x"}, "“heads” cannot be “own:x”"),
        ({"column_1": "new:nonsense"}, "“heads” cannot be “nonsense”"),
        ({"column_1": "new:number", "column_0": "extra"}, "Say which column holds the website"),
    ):
        status, page = choose(browser, **chosen)
        assert (status, words in page) == (422, True), words
    with reading() as session:
        assert session.scalars(select(CustomField.label).where(CustomField.label == "heads")).all() == []
    lines = "".join(f"s{number}.com,value {number}\n" for number in range(60))
    upload(browser, f"domain,many\n{lines}".encode())
    status, page = choose(browser, column_1="new:choice")
    assert (status, "“many” has more than 50 different values. Make it a text." in page) == (422, True)


@pytest.mark.any_servers
def test_who_may_not_change_fields_is_offered_none_to_make(browser: FlaskClient, sign_in: SignIn) -> None:
    with transaction() as session:
        user = make_user(session)
        program = make_program(session, user, slug="other")
        make_field(session, program, label="Theirs")
    specialist = sign_in(user)
    data = {"file": (io.BytesIO(CONTENT), "list.csv")}
    page = specialist.post("/p/other/imports", data=data, follow_redirects=True).text
    assert "Theirs</option>" in page
    assert "New field" not in page
    answer = specialist.post(f"/p/other/imports/{newest().id}/columns", data={"column-1": "new:text"})
    assert answer.status_code == 403
    with reading() as session:
        assert set(session.scalars(select(CustomField.label))) == {"Size", "Theirs"}


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([], FieldKind.TEXT),
        (["", " "], FieldKind.TEXT),
        (["yes", "No", "tak"], FieldKind.YES_NO),
        (["1", "0", "1"], FieldKind.NUMBER),
        (["1,500", "-2", "3.25"], FieldKind.NUMBER),
        (["007", "12"], FieldKind.TEXT),
        (["2026-11-30", "1.2.2026"], FieldKind.DATE),
        (["https://a.example", "www.b.example/x"], FieldKind.URL),
        (["a.example", "b.example"], FieldKind.TEXT),
        (["Gold", "Silver", "gold", "Silver"], FieldKind.CHOICE),
        (["Gold", "Silver", "Bronze"], FieldKind.TEXT),
        (["x" * 90, "x" * 90], FieldKind.TEXT),
    ],
)
def test_the_kind_of_a_new_field_is_the_narrowest_that_takes_all_values(values: list[str], kind: FieldKind) -> None:
    assert guess_kind(values) is kind
