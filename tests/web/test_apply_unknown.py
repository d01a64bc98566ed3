"""Addresses that are none, below the pages of applicants and partners: in the visitor's language, in their layout."""

import pytest
from flask.testing import FlaskClient

from app.services.languages import SOURCE, current_language

pytestmark = pytest.mark.any_servers


@pytest.mark.parametrize("path", ["/partner/x/y/z/nothing", "/apply/one/two/three", "/application/x/nothing/at/all"])
def test_an_unknown_address_answers_in_the_visitors_language(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept-Language": "pl"})
    assert answer.status_code == 404
    assert "Pod tym adresem nic nie ma" in answer.text
    assert '<html lang="pl"' in answer.text
    assert 'class="ap-main"' in answer.text
    assert current_language() == SOURCE
    assert "Unter dieser Adresse ist nichts" in client.get(f"{path}?lang=de", headers={"Accept-Language": "pl"}).text


def test_a_request_of_the_wrong_kind_says_so_there_too(client: FlaskClient) -> None:
    answer = client.put("/partner/sign-in", headers={"Accept-Language": "de"})
    assert (answer.status_code, "GET" in answer.headers["Allow"]) == (405, True)
    assert "Unter dieser Adresse ist nichts" in answer.text


def test_other_addresses_keep_the_products_own_page(client: FlaskClient) -> None:
    answer = client.get("/partners/nothing", headers={"Accept-Language": "pl"})
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
