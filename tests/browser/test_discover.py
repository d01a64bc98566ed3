"""Discover in a real browser: paste links, narrow and tick, add, take back; phone width; accessibility."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from app.db import transaction
from app.models import User
from tests.browser.hands import works
from tests.world import make_program, make_user

COPIED = '<p><a href="https://acme.example/x">Acme Studio</a> and <a href="https://bolt.example/">Bolt</a></p>'
PASTE = """(box, html) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", "Acme Studio and Bolt");
  box.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


@works(keys="discover.show", mouse="discover.show")
def test_from_a_copied_page_to_prospects_and_back(
    sign_in_browser: Callable[[User], Page], axe_violations: Callable[[], list[str]]
) -> None:
    with transaction() as session:
        user = make_user(session)
        make_program(session, user, slug="shops")
    page = sign_in_browser(user)
    page.goto("/p/shops/discover")
    assert axe_violations() == []
    box = page.get_by_label("Paste links")
    box.evaluate(PASTE, COPIED)
    expect(box).to_have_value("Acme Studio https://acme.example/x\nBolt https://bolt.example/\n")
    page.get_by_role("button", name="Find companies").click()
    expect(page.get_by_role("button", name="Add 2 prospects")).to_be_enabled()
    page.keyboard.press("/")
    page.keyboard.type("bolt")
    expect(page.get_by_role("row", name="Acme Studio")).to_be_hidden()
    page.get_by_role("link", name="Select none").click()
    expect(page.get_by_text("1 of them hidden by the filter")).to_be_visible()
    assert axe_violations() == []
    page.get_by_role("button", name="Add 1 prospect").click()
    expect(page.get_by_role("heading", name="1 prospect added")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.documentElement.scrollWidth <= 390")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="2 companies found")).to_be_visible()
