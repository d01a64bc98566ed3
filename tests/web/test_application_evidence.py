"""One application with what earned its score: each quote leads to its place in the saved page."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import transaction
from app.models import ProgramTerms
from tests.application_world import make_application, make_open_page
from tests.prospect_world import make_worked_prospect
from tests.web.conftest import SignIn

pytestmark = pytest.mark.any_servers


def test_quotes_lead_to_the_saved_page(app: Flask, sign_in: SignIn) -> None:
    with transaction() as session:
        world = make_worked_prospect(session)
        make_open_page(session, world.program)
        terms = session.scalars(select(ProgramTerms)).one()
        application = make_application(session, world.prospect, terms)
    page = sign_in(world.user).get(f"/p/{world.program.slug}/applications/{application.id}")
    assert page.status_code == 200
    assert "Show in the saved page" in page.text
    assert f"/prospects/{world.prospect.id}/pages/{world.home.id}?passage=" in page.text
