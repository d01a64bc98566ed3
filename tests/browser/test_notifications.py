"""What concerns one, in a real browser: the bell, the page by keyboard and by mouse, the choices on a phone; axe."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from app.db import transaction
from app.models import User
from app.models.notification import NotificationKind, Thing
from app.services.notifying.telling import News, tell
from tests.browser.hands import works
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], Page]
Axe = Callable[[], list[str]]


def _person_with_news() -> User:
    """Return Mara, who works in the dark and was given two prospects by Theo."""
    with transaction() as session:
        theo, mara = make_user(session, name="Theo Brandt"), make_user(session, name="Mara Lindqvist", theme="dark")
        program = make_program(session, theo, mara, slug="north")
        for domain in ("first.example", "second.example"):
            each = make_prospect(session, program, domain)
            news = News(program_id=program.id, kind=NotificationKind.ASSIGNED, thing=Thing.PROSPECT, row_id=each.id,
                        prospect_id=each.id, actor_id=theo.id)  # fmt: skip
            tell(session, news, [mara.id])
        return mara


@works(keys="notifications.index", mouse="notifications.index")
def test_read_by_keyboard_and_marked_by_mouse(live_server: str, sign_in_browser: SignIn, axe_violations: Axe) -> None:
    page = sign_in_browser(_person_with_news())
    page.goto("/today")
    page.get_by_role("link", name="Notifications, 2 unread").click()
    expect(page.locator("body[data-ready]")).to_be_attached()
    assert axe_violations() == []
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="gave you First")).to_be_focused()
    page.keyboard.press("e")
    expect(page.get_by_role("link", name="Notifications, 1 unread")).to_be_visible()
    expect(page.get_by_role("link", name="gave you First")).to_be_focused()
    expect(page.locator("body[data-ready]")).to_be_attached()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Second")
    page.go_back()
    page.reload()
    page.get_by_role("button", name="Mark as unread: Theo Brandt gave you Second").click()
    page.get_by_role("button", name="Mark all read").click()
    expect(page.locator(".nt-unread")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".nt-unread")).to_have_count(1)


def test_how_one_is_told_is_chosen_on_a_phone(live_server: str, sign_in_browser: SignIn, axe_violations: Axe) -> None:
    page = sign_in_browser(_person_with_news())
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/notifications")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="How you are told").click()
    expect(page.get_by_role("group", name=NotificationKind.MENTION.label)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe_violations() == []
    mentions = page.get_by_role("group", name=NotificationKind.MENTION.label)
    mentions.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowRight")
    expect(mentions.get_by_role("radio").nth(1)).to_be_checked()
    chosen = mentions.get_by_role("radio", checked=True).get_attribute("value")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your choices are saved.")).to_be_visible()
    expect(mentions.get_by_role("radio", checked=True)).to_have_attribute("value", chosen or "")
