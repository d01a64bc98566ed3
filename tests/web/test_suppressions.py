"""The list of who must not be mailed, in a browser."""

import io

from app.db import reading, transaction
from app.models import Role
from app.services.suppressions import is_suppressed
from tests.web.conftest import SignIn
from tests.world import make_user


def is_off(address: str) -> bool:
    with reading() as session:
        return is_suppressed(session, address) is not None


def test_add_search_and_lift(sign_in: SignIn) -> None:
    with transaction() as session:
        director = make_user(session, Role.DIRECTOR)
    client = sign_in(director)
    assert "The list is empty" in client.get("/suppressions").text
    assert client.post("/suppressions", data={"value": "a@b.example\r\nBcc: x@y.example"}).status_code == 422
    assert client.post("/suppressions", data={"value": "Agency.example", "note": "called"}).status_code == 303
    assert is_off("anyone@agency.example")
    assert "agency.example" in client.get("/suppressions?q=gency").text
    assert "Nothing like that" in client.get("/suppressions?q=%25").text
    assert client.post("/suppressions/1/lift", data={"reason": ""}).status_code == 422
    assert client.post("/suppressions/1/lift", data={"reason": "asked for it"}).status_code == 303
    assert not is_off("anyone@agency.example")


def test_import_is_shown_first_and_export_gives_it_back(sign_in: SignIn) -> None:
    with transaction() as session:
        user = make_user(session)
    client = sign_in(user)
    file = (io.BytesIO(b"email\na@b.example\nnonsense\n"), "list.csv")
    page = client.post("/suppressions/import", data={"file": file}, content_type="multipart/form-data")
    assert "1 new" in page.text
    assert "1 refused" in page.text
    assert not is_off("a@b.example")
    assert client.post("/suppressions/import/confirm", data={"values": "a@b.example"}).status_code == 303
    assert is_off("a@b.example")
    assert "a@b.example,address,imported" in client.get("/suppressions/export.csv").text


def test_a_checked_list_of_a_megabyte_is_taken(sign_in: SignIn) -> None:
    with transaction() as session:
        user = make_user(session, Role.DIRECTOR)
    client = sign_in(user)
    values = "a@b.example\n" + "\n" * 1_000_000
    assert client.post("/suppressions/import/confirm", data={"values": values}).status_code == 303
    assert "a@b.example,address,imported" in client.get("/suppressions/export.csv").text
