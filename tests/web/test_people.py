"""The people screen: admins invite, change and close accounts; nobody else sees it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app import db
from app.db import reading, transaction
from app.models import AuditEvent, Invitation, Membership, Program, Role, User
from tests.web.conftest import SignIn
from tests.world import make_program, make_user


@pytest.fixture
def admin_user(app: Flask) -> User:
    with transaction() as session:
        return make_user(session, Role.ADMIN, name="Priya Raman")


@pytest.fixture
def admin(sign_in: SignIn, admin_user: User) -> FlaskClient:
    return sign_in(admin_user)


@pytest.fixture
def program(app: Flask) -> Program:
    with transaction() as session:
        return make_program(session, name="Afterglow partners")


def test_invitation_shows_its_link_once(admin: FlaskClient, program: Program) -> None:
    answer = admin.post(
        "/settings/people/invite",
        data={"email": "nia@example.com", "role": "creative", "program_ids": [str(program.id)]},
    )
    assert (answer.status_code, answer.location) == (303, "/settings/people")
    first, second = admin.get("/settings/people").text, admin.get("/settings/people").text
    assert "/invitation/" in first.partition("nia@example.com is invited")[2]
    assert "is invited" not in second
    assert "nia@example.com" in second


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"email": ""}, "Type the person&#39;s e-mail address."),
        ({"email": "nobody"}, "does not look like an e-mail address"),
        ({"email": "priya@example.com", "role": "emperor"}, "Not a valid choice"),
        ({"email": "priya@example.com", "program_ids": ["404"]}, "not a valid choice"),
    ],
)
def test_bad_invitation_is_explained_and_made_nowhere(
    admin: FlaskClient, program: Program, values: dict[str, str], words: str
) -> None:
    answer = admin.post("/settings/people/invite", data={"role": "creative"} | values)
    assert answer.status_code == 422
    assert words in answer.text
    with reading() as session:
        assert session.scalars(select(Invitation)).all() == []


def test_taken_address_is_named(admin: FlaskClient, admin_user: User) -> None:
    answer = admin.post("/settings/people/invite", data={"email": admin_user.email, "role": "creative"})
    assert answer.status_code == 422
    assert "already has an account" in answer.text


def test_open_invitation_can_be_renewed_and_withdrawn(admin: FlaskClient, client: FlaskClient) -> None:
    admin.post("/settings/people/invite", data={"email": "nia@example.com", "role": "creative"})
    first = link_on(admin.get("/settings/people").text)
    assert admin.post("/settings/people/invitations/1/again").status_code == 303
    second = link_on(admin.get("/settings/people").text)
    assert (client.get(first).status_code, client.get(second).status_code) == (410, 200)
    assert admin.post("/settings/people/invitations/2/withdraw").status_code == 303
    assert client.get(second).status_code == 410
    assert admin.post("/settings/people/invitations/2/withdraw").status_code == 409


def link_on(page: str) -> str:
    return "/invitation/" + page.partition("/invitation/")[2].partition('"')[0]


def test_role_name_and_programs_change_together(admin: FlaskClient, program: Program) -> None:
    with transaction() as session:
        user_id = make_user(session, Role.CREATIVE, name="Sam").id
    answer = admin.post(
        f"/settings/people/{user_id}",
        data={"name": "Sam Okonkwo", "role": "associate", "program_ids": [str(program.id)]},
    )
    assert answer.status_code == 303
    with reading() as session:
        user = session.get_one(User, user_id)
        members = session.scalars(select(Membership.program_id).where(Membership.user_id == user_id)).all()
        actions = session.scalars(select(AuditEvent.action).where(AuditEvent.subject == f"user:{user_id}")).all()
    assert (user.name, user.role, members) == ("Sam Okonkwo", Role.ASSOCIATE, [program.id])
    assert actions == ["user.renamed", "user.role_changed", "user.programs_changed"]


def test_deactivated_person_is_out_at_the_next_click(admin: FlaskClient, sign_in: SignIn) -> None:
    with transaction() as session:
        user = make_user(session, name="Sam")
    theirs = sign_in(user)
    assert theirs.get("/account").status_code == 200
    assert admin.post(f"/settings/people/{user.id}/deactivate").status_code == 303
    assert theirs.get("/account").status_code == 303
    assert "deactivated" in admin.get(f"/settings/people/{user.id}").text
    assert admin.post(f"/settings/people/{user.id}/reactivate").status_code == 303
    assert theirs.get("/account").status_code == 303


def test_lost_laptop_is_signed_out(admin: FlaskClient, sign_in: SignIn) -> None:
    with transaction() as session:
        user = make_user(session)
    laptop = sign_in(user)
    assert admin.post(f"/settings/people/{user.id}/sign-out").status_code == 303
    assert laptop.get("/account").status_code == 303
    assert sign_in(user).get("/account").status_code == 200


def test_last_admin_cannot_leave(admin: FlaskClient, admin_user: User) -> None:
    closing = admin.post(f"/settings/people/{admin_user.id}/deactivate")
    demoting = admin.post(f"/settings/people/{admin_user.id}", data={"name": "Priya", "role": "director"})
    for answer in (closing, demoting):
        assert answer.status_code == 409
        assert "last active admin" in answer.text
    assert admin.get("/settings/people").status_code == 200


def test_unknown_person_is_a_plain_404(admin: FlaskClient) -> None:
    assert admin.get("/settings/people/404").status_code == 404
    assert admin.post("/settings/people/404/deactivate").status_code == 404
    assert admin.post("/settings/people/404/sign-out").status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_nobody_else_gets_in(sign_in: SignIn, role: Role) -> None:
    with transaction() as session:
        user = make_user(session, role)
    client = sign_in(user)
    assert client.get("/settings/people").status_code == 403
    assert client.post(f"/settings/people/{user.id}", data={"name": "x", "role": "admin"}).status_code == 403
    assert client.post("/settings/people/invite", data={"email": "a@b.org", "role": "admin"}).status_code == 403


def test_queries_do_not_grow_with_the_people(admin: FlaskClient, app: Flask) -> None:
    def count() -> int:
        statements: list[str] = []

        def note(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
            statements.append(statement)

        event.listen(db.engine(), "before_cursor_execute", note)
        admin.get("/settings/people")
        event.remove(db.engine(), "before_cursor_execute", note)
        return len([statement for statement in statements if statement.startswith("SELECT")])

    with transaction() as session:
        program = make_program(session)
    few = count()
    with transaction() as session:
        make_program(session, *[make_user(session) for _ in range(30)])
        make_program(session, *[make_user(session) for _ in range(30)], name=program.name)
    assert count() == few


def test_markup_in_a_name_is_shown_as_text(admin: FlaskClient) -> None:
    with transaction() as session:
        user_id = make_user(session, name="<script>alert(1)</script>").id
    for path in ("/settings/people", f"/settings/people/{user_id}"):
        assert "<script>alert" not in admin.get(path).text
