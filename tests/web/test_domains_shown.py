"""Domains are shown in their own letters on every screen."""

import re
from pathlib import Path

import pytest
from flask import Flask

from app.db import transaction
from app.models import Company
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

TEMPLATES = Path(__file__).resolve().parents[2] / "app" / "templates"
# A form's own field, and values that are sent back as they came.
_BARE = re.compile(r"(?<!value=\")\{\{ (?:[a-z_]+\.)*domain(?:[ ,)][^|}]*)?\}\}")


def test_an_internationalized_domain_is_read_in_its_own_letters(app: Flask, sign_in: SignIn) -> None:
    with transaction() as session:
        user = make_user(session)
        program = make_program(session, user)
        prospect = make_prospect(session, program)
        company = session.get_one(Company, prospect.company_id)
        company.domain, company.website = "xn--w-uga1v8h.example", "https://xn--w-uga1v8h.example/"
    browser = sign_in(user)
    for page in (f"board?q={company.name}", f"prospects/{prospect.id}"):
        text = browser.get(f"/p/{program.slug}/{page}").text
        assert "żółw.example" in text, page
        assert ">xn--" not in text, page


def test_one_from_right_to_left_is_isolated_with_the_networks_name_beside_it(app: Flask, sign_in: SignIn) -> None:
    with transaction() as session:
        user = make_user(session)
        program = make_program(session, user)
        prospect = make_prospect(session, program)
        company = session.get_one(Company, prospect.company_id)
        company.domain, company.website = "xn--mgbh0fb.example", "https://xn--mgbh0fb.example/"
    browser = sign_in(user)
    for page in (f"board?q={company.name}", f"prospects/{prospect.id}"):
        text = browser.get(f"/p/{program.slug}/{page}").text
        assert "\u2066\u2068مثال\u2069.example (xn--mgbh0fb.example)\u2069" in text, page


@pytest.mark.any_servers
def test_no_template_writes_a_domain_as_only_the_network_knows_it() -> None:
    bare = [
        f"{path.relative_to(TEMPLATES)}: {found}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        for found in _BARE.findall(path.read_text())
    ]
    assert bare == []
