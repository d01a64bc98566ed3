"""The first page a person meets: it loads whole under the content policy, reads well, and lets them in."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from app.db import transaction
from app.models import Role, User
from tests.world import make_program, make_user


def test_sign_in_page_loads_without_a_complaint_and_is_accessible(
    page: Page, axe_violations: Callable[[], list[str]]
) -> None:
    page.goto("/login")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.evaluate("typeof htmx") == "object"
    assert axe_violations() == []


def test_a_fault_is_found_where_there_is_one(page: Page, axe_violations: Callable[[], list[str]]) -> None:
    page.goto("/login")
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert [fault.partition(":")[0] for fault in axe_violations()] == ["image-alt"]


def test_a_person_signs_in_and_lands_inside(page: Page, sign_in_browser: Callable[[User], Page]) -> None:
    with transaction() as session:
        user = make_user(session, Role.RECRUITMENT_SPECIALIST)
        make_program(session, user)
    sign_in_browser(user)
    expect(page.get_by_role("heading", name="Sign in")).to_have_count(0)
