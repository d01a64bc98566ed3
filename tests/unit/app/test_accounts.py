"""Accounts: one person an address, always an admin left, and a closed account opens nothing."""

import threading

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.models import AuditEvent, Membership, Notice, PasswordReset, Role, User
from app.queries.people import list_people, person_page
from app.queries.sessions import live_session, sessions_of
from app.services import accounts
from app.services.accounts import NewUser
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.password_resets import request_reset, reset_password
from app.services.passwords import MIN_LENGTH, check_password, hash_password, require_good_password
from app.services.sessions import Browser, start_session
from app.services.tokens import hash_of
from tests.world import make_program, make_user

GOOD = "copper lantern orchard"


def new(**values: object) -> NewUser:
    return NewUser(
        **({"email": "Ada@Example.com", "name": "Ada", "role": Role.ASSOCIATE, "password_hash": "!"} | values)
    )  # type: ignore[arg-type]


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_new_user_has_a_normal_address_programs_and_an_audit_row(session: Session) -> None:
    program = make_program(session)
    user = accounts.create_user(session, new(name="  Ada   Vint ", program_ids=[program.id, program.id]), actor_id=None)
    assert (user.email, user.name) == ("ada@example.com", "Ada Vint")
    assert session.scalars(select(Membership.program_id).where(Membership.user_id == user.id)).all() == [program.id]
    assert actions(session) == ["user.created"]


def test_one_address_is_one_account(session: Session) -> None:
    accounts.create_user(session, new(), actor_id=None)
    with pytest.raises(InvalidInput) as caught:
        accounts.create_user(session, new(email="ADA@example.COM "), actor_id=None)
    assert caught.value.fields == {"email": "ada@example.com already has an account."}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"name": "   "}, "name"),
        ({"name": "A\x00B"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"program_ids": [404]}, "program_ids"),
    ],
)
def test_unusable_values_name_their_field(session: Session, values: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        accounts.create_user(session, new(**values), actor_id=None)
    assert list(caught.value.fields) == [field]


def test_name_with_a_line_break_becomes_one_line(session: Session) -> None:
    user = accounts.create_user(session, new(name="Ada\r\nBcc: x@y.org"), actor_id=None)
    assert user.name == "Ada Bcc: x@y.org"


@pytest.mark.parametrize("act", ["demote", "deactivate"])
def test_last_active_admin_stays(session: Session, act: str) -> None:
    admin = make_user(session, Role.ADMIN)
    make_user(session, Role.ADMIN, is_active=False)
    with pytest.raises(Conflict, match="last active admin"):
        remove_admin(session, admin.id, act)
    make_user(session, Role.ADMIN)
    remove_admin(session, admin.id, act)
    assert actions(session) == ["user.role_changed" if act == "demote" else "user.deactivated"]


def remove_admin(session: Session, user_id: int, act: str) -> None:
    if act == "demote":
        accounts.change_role(session, user_id, Role.DIRECTOR, actor_id=user_id)
    else:
        accounts.deactivate_user(session, user_id, actor_id=user_id)


def test_two_admins_who_remove_each_other_at_once_leave_one(database: Engine) -> None:
    with transaction() as session:
        ids = [make_user(session, Role.ADMIN).id, make_user(session, Role.ADMIN).id]
    start = threading.Barrier(2)
    refused = []

    def remove(victim: int, actor: int) -> None:
        start.wait()
        try:
            with transaction() as session:
                accounts.deactivate_user(session, victim, actor_id=actor)
        except Conflict as error:
            refused.append(error)

    threads = [threading.Thread(target=remove, args=pair) for pair in (ids, ids[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading() as session:
        left = session.scalars(select(User.id).where(User.is_active)).all()
    assert (len(left), len(refused)) == (1, 1)


def test_deactivating_ends_sessions_and_reset_links(session: Session) -> None:
    make_user(session, Role.ADMIN)
    user = make_user(session)
    token = start_session(session, user, browser=Browser())
    request_reset(session, user.email, reset_url="https://example.com/reset/")
    assert live_session(session, hash_of(token)) is not None
    assert accounts.deactivate_user(session, user.id, actor_id=1) == 1
    assert live_session(session, hash_of(token)) is None
    assert session.scalars(select(PasswordReset)).all() == []
    accounts.reactivate_user(session, user.id, actor_id=1)
    assert live_session(session, hash_of(token)) is None


def test_closing_twice_is_a_conflict(session: Session) -> None:
    user = make_user(session)
    with pytest.raises(Conflict):
        accounts.reactivate_user(session, user.id, actor_id=1)
    accounts.deactivate_user(session, user.id, actor_id=1)
    with pytest.raises(Conflict):
        accounts.deactivate_user(session, user.id, actor_id=1)
    with pytest.raises(NotFound):
        accounts.deactivate_user(session, 10_000, actor_id=1)


def test_programs_are_replaced_and_unchanged_ones_leave_no_trace(session: Session) -> None:
    user = make_user(session)
    first, second = make_program(session, user), make_program(session)
    accounts.set_programs(session, user.id, [first.id], actor_id=1)
    assert actions(session) == []
    accounts.set_programs(session, user.id, [second.id], actor_id=1)
    page = person_page(session, user.id)
    assert page is not None
    assert page.program_ids == (second.id,)
    assert actions(session) == ["user.programs_changed"]
    assert [row.programs for row in list_people(session)] == [(second.name,)]


def test_new_password_ends_every_other_session(session: Session) -> None:
    user = make_user(session)
    kept, other = (start_session(session, user, browser=Browser()) for _ in range(2))
    here = live_session(session, hash_of(kept))
    assert here is not None
    assert accounts.change_password(session, user.id, "hash", keep_session_id=here.id) == 1
    assert [row.id for row in sessions_of(session, user.id)] == [here.id]
    assert live_session(session, hash_of(other)) is None


def test_passwords_are_argon2id_above_the_recommended_minimum() -> None:
    stored = hash_password(GOOD)
    assert stored.startswith("$argon2id$v=19$m=32768,t=3,p=1$")
    assert check_password(stored, GOOD).fits
    assert check_password(stored, GOOD).new_hash is None
    assert not check_password(stored, GOOD + "!").fits
    assert not check_password(None, GOOD).fits
    assert not check_password("!", GOOD).fits
    assert not check_password(None, "decoy, so that an unknown address takes as long as a known one").fits


def test_older_parameters_are_replaced_at_the_next_sign_in() -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
    check = check_password(old, GOOD)
    assert check.fits
    assert check.new_hash is not None
    assert check_password(check.new_hash, GOOD).fits
    assert check_password(old, "wrong").new_hash is None


def test_accent_typed_in_two_ways_is_one_password() -> None:
    assert check_password(hash_password("caf\u00e9 au lait 17"), "cafe\u0301 au lait 17").fits


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "x" * (MIN_LENGTH - 1),
        "a" * 40,
        "abababababab",
        "password1234",
        "QWERTYUIOP123",
        "ada.vint@example.com",
        "ada.vint.long1234",
        "x1" * 200,
    ],
)
def test_weak_passwords_are_refused_in_words(password: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        require_good_password(
            password, email="ada.vint@example.com" if "long" not in password else "ada.vint.long@e.org"
        )
    assert list(caught.value.fields) == ["password"]


@pytest.mark.parametrize("password", [GOOD, "x7#Kp9!mQ2$v", "twelve chars", "zażółć gęślą jaźń"])
def test_good_passwords_pass_without_rules_about_characters(password: str) -> None:
    require_good_password(password, email="ada.vint@example.com")


def test_reset_link_works_once_and_ends_every_session(session: Session) -> None:
    user = make_user(session)
    cookie = start_session(session, user, browser=Browser())
    token = reset_token(session, user.email)
    reset_password(session, token, password_hash="new")
    session.refresh(user)
    assert user.password_hash == "new"
    assert live_session(session, hash_of(cookie)) is None
    with pytest.raises(NotFound, match="used already"):
        reset_password(session, token, password_hash="newer")


def test_asking_again_makes_the_earlier_link_useless(session: Session) -> None:
    user = make_user(session)
    first, second = reset_token(session, user.email), reset_token(session, user.email)
    with pytest.raises(NotFound):
        reset_password(session, first, password_hash="new")
    reset_password(session, second, password_hash="new")


def test_unknown_and_closed_accounts_get_no_mail(session: Session) -> None:
    closed = make_user(session, is_active=False)
    assert request_reset(session, closed.email, reset_url="https://example.com/reset/") is False
    assert request_reset(session, "nobody@example.com", reset_url="https://example.com/reset/") is False
    assert request_reset(session, "not an address", reset_url="https://example.com/reset/") is False


def reset_token(session: Session, email: str) -> str:
    assert request_reset(session, email, reset_url="https://example.com/reset/")
    text = session.scalars(select(Notice.text).order_by(Notice.id.desc())).first() or ""
    return text.partition("/reset/")[2].split()[0]
