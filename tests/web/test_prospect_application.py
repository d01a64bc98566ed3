"""The application on the prospect page: where it stands, what it waits for, when it came; nothing unconfirmed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.clock import now
from app.db import transaction
from app.models import Application, ApplicationState, User
from tests.application_world import make_application
from tests.prospect_world import Worked, make_worked_prospect
from tests.wave_world import make_terms

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def world(app: object) -> Worked:
    with transaction() as session:
        return make_worked_prospect(session)


def page_with(world: Worked, client: FlaskClient, state: ApplicationState) -> tuple[str, int]:
    with transaction() as session:
        application: Application = make_application(
            session,
            world.prospect,
            make_terms(session, world.program),
            state=state,
            name="Ida <b>",
            submitted_at=now() - timedelta(days=2),
            confirmed_at=None if state is ApplicationState.UNCONFIRMED else now() - timedelta(days=1),
            closed_at=now() if state is ApplicationState.APPROVED else None,
        )
        number = application.id
    return client.get(f"/p/afterglow/prospects/{world.prospect.id}").text, number


@pytest.mark.parametrize(
    ("state", "waits"),
    [
        (ApplicationState.SUBMITTED, "our answer"),
        (ApplicationState.ASKED, "the applicant&#39;s answer"),
        (ApplicationState.APPROVED, ""),
    ],
)
def test_card_says_what_it_waits_for_and_leads_there(
    world: Worked, sign_in: SignIn, state: ApplicationState, waits: str
) -> None:
    html, number = page_with(world, sign_in(world.user), state)
    card = html.split('id="application"')[1].split("</section>")[0]
    assert ("Waits for" in card) is bool(waits)
    assert waits.replace("&#39;", "'") in card.replace("&#39;", "'")
    assert "Ida &lt;b&gt;" in card
    assert f'href="/p/afterglow/applications/{number}"' in card
    assert "Application came in" in html


def test_nothing_is_said_of_an_address_nobody_confirmed(world: Worked, sign_in: SignIn) -> None:
    html, _number = page_with(world, sign_in(world.user), ApplicationState.UNCONFIRMED)
    assert 'id="application"' not in html
    assert "Application came in" not in html
