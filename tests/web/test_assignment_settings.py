"""The screens of assignment rules: made, tried, ordered, switched; and giving out what nobody has, and back."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.models import Company, Program, Prospect, Role, User
from app.models.assignment import AssignmentRule
from app.models.bulk import BulkAction, BulkState
from app.services.bulk.running import run_bulk
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

pytestmark = pytest.mark.any_servers


class Place:
    """A program of an admin and two specialists, and the admin's browser."""

    def __init__(self, admin: User, ann: User, bob: User, program: Program, browser: FlaskClient) -> None:
        self.admin, self.ann, self.bob, self.program, self.browser = admin, ann, bob, program, browser
        self.url = f"/p/{program.slug}/assignment"

    def save(self, name: str, *people: User, status: int = 303, **typed: object) -> str:
        data = {"name": name, "way": "turn", "people": [str(each.id) for each in people]} | typed
        answer = self.browser.post(f"{self.url}/new", data=data)
        assert answer.status_code == status, answer.text
        return answer.text

    def rules(self) -> list[AssignmentRule]:
        with reading() as session:
            return list(session.scalars(select(AssignmentRule).order_by(AssignmentRule.position)))


@pytest.fixture
def place(app: Flask, sign_in: SignIn) -> Place:
    with transaction() as session:
        admin, ann, bob = make_user(session, Role.ADMIN), make_user(session, name="Ann"), make_user(session, name="Bob")
        program = make_program(session, ann, bob)
    return Place(admin, ann, bob, program, sign_in(admin))


def in_country(place: Place, country: str, number: int) -> None:
    with transaction() as session:
        for _ in range(number):
            prospect = make_prospect(session, place.program)
            session.get_one(Company, prospect.company_id).country = country


def test_a_rule_is_tried_saved_and_shown_in_words(place: Place) -> None:
    in_country(place, "PL", 3)
    in_country(place, "US", 2)
    place.save("Poland", place.bob, countries="pl")
    tried = place.save("All of Europe", place.ann, place.bob, status=200, countries="pl, de", **{"try": "1"})
    shown = " ".join(tried.split())
    assert '<dt>The rule fits</dt><dd class="sb-num">3</dd>' in shown
    assert '<dt>Rules above it give</dt><dd class="sb-num">3</dd>' in shown
    assert [rule.name for rule in place.rules()] == ["Poland"]
    place.save("All of Europe", place.ann, place.bob, countries="pl, de", score_min="60,5", kinds=["agency"])
    page = " ".join(place.browser.get(place.url).text.split())
    assert "When the country is PL or DE, and the kind of site is agency, and the score is 60.5 or more" in page
    assert 'it gives <span class="sb-num">3</span> (Bob 3).' in page
    rule = place.rules()[1]
    form = place.browser.get(f"{place.url}/{rule.id}").text
    assert 'value="60.5"' in form
    assert 'value="PL, DE"' in form
    place.browser.post(f"{place.url}/{rule.id}/up")
    assert [each.name for each in place.rules()] == ["All of Europe", "Poland"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "without any condition it would give everything away"),
        ({"countries": "Poland"}, "“Poland” is no code"),
        ({"score_min": "high"}, "Write a number from 0 to 100."),
        ({"score_min": "nan"}, "Write a number from 0 to 100."),
        ({"score_min": "80", "score_max": "20"}, "The highest score is below the lowest one."),
        ({"source": "fair", "people": ["999"]}, "does not work in this program"),
        ({"source": "fair", "people": []}, "Choose at least one person."),
        ({"source": "fair", "name": "POLAND"}, "There is a rule “POLAND” already"),
        ({"tags": "x" * 41}, "at most 40 characters"),
    ],
)
def test_what_cannot_be_a_rule_is_said(place: Place, typed: dict[str, object], said: str) -> None:
    place.save("Poland", place.bob, countries="pl")
    data = {"name": "Other", "people": [str(place.ann.id)]} | typed
    name = str(data.pop("name"))
    assert said in place.save(name, status=422, **data)


def test_a_rule_is_switched_off_and_only_then_deleted(place: Place) -> None:
    place.save("Poland", place.bob, countries="pl")
    (rule,) = place.rules()
    refused = place.browser.post(f"{place.url}/{rule.id}/delete", follow_redirects=True).text
    assert "Switch it off first" in refused
    assert len(place.rules()) == 1
    off = place.browser.post(f"{place.url}/{rule.id}/switch", data={"on": "0"}, follow_redirects=True).text
    assert "gives nothing any more" in off
    assert not place.rules()[0].is_on
    place.browser.post(f"{place.url}/{rule.id}/switch", data={"on": "1"})
    assert place.rules()[0].is_on
    place.browser.post(f"{place.url}/{rule.id}/switch", data={"on": "0"})
    place.browser.post(f"{place.url}/{rule.id}/delete")
    assert place.rules() == []


def test_what_nobody_has_is_given_out_and_taken_back(place: Place) -> None:
    in_country(place, "US", 4)
    with transaction() as session:
        make_prospect(session, place.program, owner_id=place.bob.id)
    assert "Give them out" not in place.browser.get(place.url).text
    data = {"people": [str(place.ann.id), str(place.bob.id)], "way": "turn"}
    assert place.browser.post(f"{place.url}/default", data=data).status_code == 303
    page = place.browser.get(place.url).text
    assert "4 prospects have no owner" in page
    assert "What no rule gives goes to" in page
    typed = {"kind": "share_out", "all": "1", "filter": "owner=none", "token": "x" * 20}
    bulk = f"/p/{place.program.slug}/bulk"
    assert "Give out by the assignment rules" in place.browser.post(f"{bulk}/preview", data=typed).text
    assert place.browser.post(bulk, data=typed).status_code == 303
    with reading() as session:
        action = session.scalars(select(BulkAction)).one()
    assert run_bulk(transaction, action.id) is BulkState.DONE
    with reading() as session:
        owners = list(session.scalars(select(Prospect.owner_id).order_by(Prospect.id)))
    assert owners == [place.ann.id, place.bob.id, place.ann.id, place.bob.id, place.bob.id]
    place.browser.post(f"{bulk}/{action.id}/undo")
    run_bulk(transaction, action.id)
    with reading() as session:
        owners = list(session.scalars(select(Prospect.owner_id).order_by(Prospect.id)))
    assert owners == [None, None, None, None, place.bob.id]
