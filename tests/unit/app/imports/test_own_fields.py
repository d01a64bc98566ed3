"""Columns that are named like a field of the program fill it, and never make a row bad."""

import pytest
from sqlalchemy import select

from app.db import reading, transaction
from app.models import Company, Prospect
from app.models.custom_field import FieldKind
from app.services.custom_field_values import set_value, value_of
from tests.bulk_world import make_field
from tests.unit.app.imports.steps import Place, bring_in, rows_of
from tests.world import make_prospect

pytestmark = pytest.mark.usefixtures("database")

FILE = """domain,team-SIZE,Color,Other
acme.com,"1,200",red,x
foo.pl,a few,green,
mine.com,7,green,
"""


def test_fields_are_filled_where_they_are_empty(place: Place) -> None:
    with transaction() as session:
        size = make_field(session, place[0], label="Team size", kind=FieldKind.NUMBER)
        color = make_field(session, place[0], label="Color", kind=FieldKind.CHOICE, options=["Red", "Green"])
        known = make_prospect(session, place[0], "mine.com")
        set_value(session, known, size, "5", actor=None, version=None)
    rows = rows_of(bring_in(place, FILE))
    with reading() as session:
        found = dict(
            session.execute(select(Company.domain, Prospect).join(Company, Company.id == Prospect.company_id)).all()
        )
        values = {
            domain: (value_of(session, row.id, size.id), value_of(session, row.id, color.id))
            for domain, row in found.items()
        }
    assert {domain: filled for domain, filled in values.items() if any(filled)} == {
        "acme.com": ("1200", "Red"),
        "foo.pl": ("", "Green"),
        "mine.com": ("5", "Green"),
    }
    assert found["acme.com"].extra == {"Other": "x"}
    assert found["foo.pl"].extra == {"team-SIZE": "a few"}
    assert "no number" in rows[1].message
