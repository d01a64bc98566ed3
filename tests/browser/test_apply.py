"""Applying in a real browser: a phone in German, a desk in Polish, both themes, and what axe says of each page."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.db import transaction
from app.models import ApplicationReference, Notice, ProgramTerms, QuestionKind
from app.services.application_links import new_status_link
from app.services.references import ask_reference, write_references
from tests.application_world import make_application, make_open_page, make_question
from tests.world import make_program, make_prospect, make_user


def _world() -> tuple[int, list[str]]:
    """Add an open page with a file question, and an application with a reference; return the question and two paths."""
    with transaction() as session:
        reviewer = make_user(session)
        program = make_program(session, reviewer)
        make_open_page(session, program, slug="harbor")
        question = make_question(session, program, kind=QuestionKind.FILE)
        terms = session.scalars(select(ProgramTerms)).one()
        application = make_application(session, make_prospect(session, program), terms)
        write_references(session, application, [("Bo", "bo@kiln.example")])
        reference_id = session.scalars(select(ApplicationReference.id)).one()
        ask_reference(session, application, reference_id, actor=reviewer)
        links = [new_status_link(session, application), session.scalars(select(Notice.text)).one()]
    paths = [re.search(r"http://[^/]+(/(?:application|reference)/\S+)", text) for text in links]
    return question.id, [found[1] for found in paths if found]


def test_every_page_for_strangers_in_two_languages_and_both_themes(
    page: Page, axe_violations: Callable[[], list[str]]
) -> None:
    question_id, paths = _world()
    for language, theme, width, send in (
        ("de", "dark", 390, "Bewerbung abschicken"),
        ("pl", "light", 1280, "Wyślij zgłoszenie"),
    ):
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"/apply/harbor?lang={language}")
        page.locator("#name").fill("Ada Byrne")
        file = {"name": "kit.pdf", "mimeType": "application/pdf", "buffer": b"MZ no document"}
        page.locator(f"#q{question_id}").set_input_files(file)  # type: ignore[arg-type]
        page.get_by_role("button", name=send).click()
        expect(page.locator(f"#q{question_id}-error")).to_be_visible()
        expect(page.locator("#name")).to_have_value("Ada Byrne")
        assert axe_violations() == []
        for path in ("/apply/harbor", *paths, "/embed/harbor", "/application/nobody"):
            page.goto(path)
            page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            assert page.locator("html").get_attribute("lang") == language
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"
            assert axe_violations() == [], path


def test_the_site_is_checked_without_leaving_the_form(page: Page, axe_violations: Callable[[], list[str]]) -> None:
    question_id, _paths = _world()
    page.goto("/apply/harbor?lang=en")
    file = {"name": "kit.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    page.locator(f"#q{question_id}").set_input_files(file)  # type: ignore[arg-type]
    page.locator("#website").fill("10.0.0.7")
    address = page.url
    page.get_by_role("button", name="Check my site").click()
    expect(page.locator("#site-check")).to_contain_text("Its address does not lead to a public website.")
    assert page.url == address
    assert page.locator(f"#q{question_id}").evaluate("field => field.files.length") == 1
    assert axe_violations() == []
    page.route("**/apply/harbor", lambda route: route.fulfill(status=429))
    page.get_by_role("button", name="Check my site").click()
    expect(page.locator("#site-check")).to_contain_text("The check did not come back.")
    page.unroute("**/apply/harbor")
    page.locator("#website").press("Enter")
    expect(page.locator("#problems")).to_contain_text("Not sent yet.")
