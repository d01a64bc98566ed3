"""The import in a real browser: upload, verdicts, filter, import, live progress, phone width, accessibility."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.db import reading, transaction
from app.jobs.imports import run_import
from app.models import ImportBatch, User
from tests.world import make_program, make_user

CONTENT = (
    b"domain,name,country,tier\nacme.com,Acme,Germany,gold\nfoo.pl,Foo,Narnia,\nlocalhost,Bad,,\nacme.com,Again,,\n"
)


@pytest.fixture
def importer(sign_in_browser: Callable[[User], Page]) -> Page:
    with transaction() as session:
        user = make_user(session)
        make_program(session, user, slug="upsell")
    page = sign_in_browser(user)
    page.goto("/p/upsell/imports")
    return page


def upload(page: Page) -> None:
    page.get_by_label("CSV or Excel file").set_input_files(
        {"name": "list.csv", "mimeType": "text/csv", "buffer": CONTENT}
    )
    page.get_by_role("button", name="Check rows").click()
    expect(page.get_by_role("heading", name="2 new prospects in 4 rows")).to_be_visible()
    page.wait_for_load_state()  # before that a link opens a page, as without JavaScript


def test_file_goes_from_upload_to_prospects_with_live_progress(
    importer: Page, axe_violations: Callable[[], list[str]]
) -> None:
    assert axe_violations() == []
    upload(importer)
    assert axe_violations() == []
    importer.get_by_role("button", name="Import 2 prospects").click()
    expect(importer.get_by_role("heading", name="Importing")).to_be_visible()
    with reading() as session:
        batch_id = session.scalars(select(ImportBatch.id)).one()
    run_import(batch_id)
    expect(importer.get_by_role("heading", name="2 prospects added")).to_be_visible()
    expect(importer.get_by_text("0/2 read, 0 scored")).to_be_visible()
    assert axe_violations() == []


def test_filter_changes_the_table_alone_and_the_address(importer: Page) -> None:
    upload(importer)
    importer.evaluate("window.isSamePage = true")
    importer.get_by_role("navigation", name="Which rows").get_by_role("link", name="Bad").click()
    expect(importer.get_by_role("row")).to_have_count(2)
    expect(importer.get_by_text("is a name of a local network")).to_be_visible()
    assert importer.url.endswith("?verdict=bad")
    assert importer.evaluate("window.isSamePage")
    importer.reload()
    expect(importer.get_by_role("row")).to_have_count(2)


def test_phone_shows_everything_without_sideways_scrolling(
    importer: Page, axe_violations: Callable[[], list[str]]
) -> None:
    importer.set_viewport_size({"width": 390, "height": 844})
    importer.emulate_media(color_scheme="dark")
    upload(importer)
    assert importer.evaluate("document.documentElement.scrollWidth") == 390
    assert axe_violations() == []


def test_file_over_the_limit_is_refused_before_it_is_sent(importer: Page) -> None:
    field = importer.get_by_label("CSV or Excel file")
    field.evaluate("input => { input.form.dataset.mostBytes = 1024 * 1024; }")
    field.set_input_files({"name": "big.csv", "mimeType": "text/csv", "buffer": b"x" * (2 * 1024 * 1024)})
    assert "This file has 2.0 MB; at most 1 MB" in field.evaluate("input => input.validationMessage")
    importer.get_by_role("button", name="Check rows").click()
    expect(importer.get_by_role("heading", name="Earlier imports")).to_be_visible()
    assert importer.url.endswith("/imports")


def test_columns_are_chosen_with_the_keyboard_and_remembered(
    importer: Page, axe_violations: Callable[[], list[str]]
) -> None:
    upload(importer)
    tier = importer.get_by_role("combobox", name="tier What it is", exact=True)
    rule = importer.get_by_role("combobox", name="tier Where there is a value", exact=True)
    tier.focus()
    importer.keyboard.press("Tab")
    expect(rule).to_be_focused()
    importer.keyboard.type("Replace")
    expect(rule).to_have_value("replace")
    importer.keyboard.press("Shift+Tab")
    expect(tier).to_be_focused()
    importer.keyboard.type("Note")
    expect(tier).to_have_value("note")
    expect(rule).to_be_hidden()
    importer.keyboard.press("Tab")
    expect(importer.get_by_role("button", name="Check again")).to_be_focused()
    importer.keyboard.press("Enter")
    expect(importer.get_by_text("Columns as you chose them for “list.csv”")).to_be_visible()
    expect(tier).to_have_value("note")
    assert axe_violations() == []
    importer.emulate_media(color_scheme="dark")
    importer.reload()
    assert axe_violations() == []
    importer.get_by_role("button", name="Forget this").click()
    expect(tier).to_have_value("extra")


def test_sixty_columns_scroll_by_themselves_and_leave_the_button_in_reach(
    importer: Page, axe_violations: Callable[[], list[str]]
) -> None:
    cells = [",".join(f"{word} {number}" for number in range(60)) for word in ("Heading", "value")]
    importer.get_by_label("CSV or Excel file").set_input_files(
        {"name": "wide.csv", "mimeType": "text/csv", "buffer": "\n".join(cells).encode()}
    )
    importer.get_by_role("button", name="Check rows").click()
    expect(importer.get_by_text("No column says which company a row is about.")).to_be_visible()
    for width, height in ((1280, 800), (390, 844)):
        importer.set_viewport_size({"width": width, "height": height})
        assert importer.evaluate("document.documentElement.scrollWidth") == width
        assert importer.evaluate("document.documentElement.scrollHeight") < 2 * height
        assert axe_violations() == []
    importer.get_by_role("combobox", name="Heading 59 What it is", exact=True).select_option("Website")
    importer.get_by_role("button", name="Check rows").click()
    expect(importer.get_by_role("heading", name="No row can be imported")).to_be_visible()
