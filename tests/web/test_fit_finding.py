"""What to review next with its reasons, and look-alikes with the passages that make them so, also from elsewhere."""

from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.models import Prospect, Role, User
from app.queries.fit_corpus import texts_in
from app.services.fit_rules import keep_rules, profile_in_force
from tests.fit_world import EMBEDDER, FitWorld, make_fit_world
from tests.world import make_user

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def world(app: object) -> FitWorld:
    """Twelve prospects that were scored, agencies about 50, bakeries about 5."""
    with transaction() as session:
        world = make_fit_world(session)
        found = profile_in_force(session, world.program.id, embedding_model=EMBEDDER.model_id)
        texts = texts_in(session, model_id=EMBEDDER.model_id)
        keep_rules(session, found.basis, found.compile(EMBEDDER, None, texts=texts).rules)
        for number, prospect in enumerate(world.prospects):
            prospect.fit_score = prospect.fit_sort = 50.0 + number if number % 2 == 0 else 5.0
        return world


@pytest.fixture
def browser(world: FitWorld, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.user)


def test_the_unsure_come_first_and_controls_last(browser: FlaskClient, world: FitWorld) -> None:
    page = unescape(browser.get("/p/agencies/profile/review-next").text)
    listed = page[page.index("These teach the score most") :]
    assert listed.index("shop-0") < listed.index("bakery-")
    assert "The score could go either way" in listed
    assert listed.count("Picked without regard to the score") == 2


def test_lookalikes_show_why_and_can_be_added_from_another_program(
    browser: FlaskClient, world: FitWorld, sign_in: SignIn
) -> None:
    with transaction() as session:
        other = make_fit_world(session, size=0, slug="others")
        moved = session.get_one(Prospect, world.prospects[2].id)
        moved.program_id = other.program.id
        company_id = moved.company_id
    url = f"/p/agencies/prospects/{world.prospects[0].id}/lookalikes"
    page = unescape(browser.get(url).text)
    best = page[page.index("Companies that read most like") :]
    assert "bakery-" not in best[: best.index("more pair")]
    assert "builds online shops for merchants in Europe" in best
    assert "Add to this program" in best
    assert "shop-" in browser.get(url + "?panel=1").text
    assert browser.post(url, data={"company_id": str(company_id)}).status_code == 303
    with reading() as session:
        rows = select(Prospect).where(Prospect.program_id == world.program.id, Prospect.company_id == company_id)
        added = session.scalars(rows).one()
    assert added.source.startswith("Look-alike of ")
    assert (
        "was a prospect already" in browser.post(url, data={"company_id": str(company_id)}, follow_redirects=True).text
    )


@pytest.mark.parametrize(("company_id", "status"), [("x", 400), ("", 400), ("99999999", 404)])
def test_a_company_that_is_none_is_refused(browser: FlaskClient, world: FitWorld, company_id: str, status: int) -> None:
    url = f"/p/agencies/prospects/{world.prospects[0].id}/lookalikes"
    assert browser.post(url, data={"company_id": company_id}).status_code == status


def test_before_any_score_both_say_what_is_missing(sign_in: SignIn, app: object) -> None:
    with transaction() as session:
        world = make_fit_world(session, size=1, slug="fresh")
    browser = sign_in(world.user)
    assert "Nothing to review" in browser.get("/p/fresh/profile/review-next").text
    page = browser.get(f"/p/fresh/prospects/{world.prospects[0].id}/lookalikes").text
    assert "once it was read and scored" in page


def test_another_programs_prospect_is_not_found(world: FitWorld, sign_in: SignIn) -> None:
    with transaction() as session:
        stranger = make_user(session, Role.RECRUITMENT_SPECIALIST)
    url = f"/p/agencies/prospects/{world.prospects[0].id}/lookalikes"
    assert sign_in(stranger).get(url).status_code == 404
