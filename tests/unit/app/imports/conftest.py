"""A program to import into, with a known prospect and a company known from elsewhere."""

import pytest
from sqlalchemy import Engine

from app.db import transaction
from app.models import Stage
from tests.unit.app.imports.steps import Place
from tests.world import make_program, make_prospect, make_user


@pytest.fixture
def place(database: Engine) -> Place:
    with transaction() as session:
        user = make_user(session)
        program = make_program(session, user)
        make_prospect(session, program, "known.com", stage=Stage.ENGAGED)
        make_prospect(session, make_program(session), "elsewhere.com")
    return program, user
