"""Invitations: a link for one address, once, for seven days."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Invitation, Membership, Notice, Role, User
from app.queries.people import open_invitations
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.invitations import (
    INVITATION_LIFE,
    Invite,
    accept_invitation,
    invite,
    invite_again,
    open_invitation,
    withdraw_invitation,
)
from app.services.password_resets import request_reset
from app.services.preferences import choose_language_of_new_people
from app.services.tokens import hash_of
from tests.world import make_program, make_user

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
URL = "https://scoutboard.example/invitation/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def admin(session: Session) -> User:
    return make_user(session, Role.ADMIN, name="Priya Raman")


def wanted(*program_ids: int, email: str = "New@Example.com", role: Role = Role.ASSOCIATE) -> Invite:
    return Invite(email=email, role=role, program_ids=program_ids, accept_url=URL)


def token_of(link: str) -> str:
    return link.removeprefix(URL)


def test_invited_person_gets_role_and_programs(session: Session, admin: User) -> None:
    first, second = make_program(session), make_program(session)
    invited = invite(session, wanted(first.id, second.id), inviter=admin)
    user = accept_invitation(session, token_of(invited.link), name="Nia", password_hash="h")
    members = session.scalars(select(Membership.program_id).where(Membership.user_id == user.id)).all()
    assert (user.email, user.role, sorted(members)) == ("new@example.com", Role.ASSOCIATE, [first.id, second.id])


def test_link_is_mailed_and_only_its_hash_is_kept_with_the_invitation(session: Session, admin: User) -> None:
    invited = invite(session, wanted(), inviter=admin)
    notice = session.scalars(select(Notice)).one()
    row = session.scalars(select(Invitation)).one()
    assert (notice.to_address, notice.kind) == ("new@example.com", "invitation")
    assert invited.link in notice.text
    assert row.token_hash == hash_of(token_of(invited.link))


def test_the_mail_is_in_the_language_that_new_accounts_begin_in(session: Session, admin: User) -> None:
    choose_language_of_new_people(session, language="pl", actor_id=admin.id)
    invite(session, wanted(), inviter=admin)
    notice = session.scalars(select(Notice)).one()
    assert notice.subject == "Priya Raman zaprasza Cię do Scoutboard"
    assert "Link działa raz, przez siedem dni." in notice.text


def test_a_reset_is_mailed_in_the_language_of_whose_account_it_is(session: Session, admin: User) -> None:
    admin.language = "de"
    assert request_reset(session, admin.email, reset_url="https://scoutboard.example/reset/")
    notice = session.scalars(select(Notice)).one()
    assert notice.subject == "Neues Passwort für Scoutboard"
    assert "https://scoutboard.example/reset/" in notice.text


def test_link_works_once(session: Session, admin: User) -> None:
    token = token_of(invite(session, wanted(), inviter=admin).link)
    accept_invitation(session, token, name="Nia", password_hash="h")
    with pytest.raises(NotFound, match="used already"):
        accept_invitation(session, token, name="Nia", password_hash="h")


def test_link_works_for_seven_days(session: Session, admin: User, clock: time_machine.Traveller) -> None:
    token = token_of(invite(session, wanted(), inviter=admin).link)
    clock.shift(INVITATION_LIFE - timedelta(seconds=1))
    assert open_invitation(session, token).email == "new@example.com"
    clock.shift(timedelta(seconds=1))
    with pytest.raises(NotFound, match="more than seven days old"):
        open_invitation(session, token)
    assert [row.is_expired for row in open_invitations(session)] == [True]


def test_withdrawn_and_unknown_links_open_nothing(session: Session, admin: User) -> None:
    invited = invite(session, wanted(), inviter=admin)
    withdraw_invitation(session, invited.invitation_id, actor_id=admin.id)
    with pytest.raises(NotFound, match="withdrawn"):
        open_invitation(session, token_of(invited.link))
    with pytest.raises(Conflict):
        withdraw_invitation(session, invited.invitation_id, actor_id=admin.id)
    with pytest.raises(NotFound, match="not known"):
        open_invitation(session, "x" * 43)
    with pytest.raises(NotFound):
        withdraw_invitation(session, 10_000, actor_id=admin.id)


def test_newer_invitation_replaces_the_earlier_one(session: Session, admin: User) -> None:
    first = invite(session, wanted(role=Role.CREATIVE), inviter=admin)
    second = invite_again(session, first.invitation_id, inviter=admin, accept_url=URL)
    with pytest.raises(NotFound):
        open_invitation(session, token_of(first.link))
    assert open_invitation(session, token_of(second.link)).role is Role.CREATIVE
    assert [row.id for row in open_invitations(session)] == [second.invitation_id]
    with pytest.raises(NotFound):
        invite_again(session, first.invitation_id, inviter=admin, accept_url=URL)


def test_address_with_an_account_is_not_invited(session: Session, admin: User) -> None:
    with pytest.raises(InvalidInput, match="already has an account"):
        invite(session, wanted(email=admin.email.upper()), inviter=admin)
    closed = make_user(session, is_active=False)
    with pytest.raises(InvalidInput, match="deactivated"):
        invite(session, wanted(email=closed.email), inviter=admin)


def test_account_made_meanwhile_wins_over_the_link(session: Session, admin: User) -> None:
    token = token_of(invite(session, wanted(), inviter=admin).link)
    make_user(session, email="new@example.com")
    with pytest.raises(InvalidInput, match="already has an account"):
        accept_invitation(session, token, name="Nia", password_hash="h")


def test_program_archived_meanwhile_is_left_out(session: Session, admin: User) -> None:
    kept, gone = make_program(session), make_program(session)
    token = token_of(invite(session, wanted(kept.id, gone.id), inviter=admin).link)
    gone.archived_at = now()
    session.flush()
    user = accept_invitation(session, token, name="Nia", password_hash="h")
    assert session.scalars(select(Membership.program_id).where(Membership.user_id == user.id)).all() == [kept.id]


def test_unknown_program_is_refused(session: Session, admin: User) -> None:
    with pytest.raises(InvalidInput, match="programs is gone"):
        invite(session, wanted(404), inviter=admin)
