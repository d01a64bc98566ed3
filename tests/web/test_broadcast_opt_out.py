"""The link under a broadcast: one press ends broadcasts of that program and no other mail."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import today
from app.db import reading, transaction
from app.jobs.notices import headers_of
from app.models import AuditEvent, Notice, NoticeState, PartnerPerson, Program, Role, SuppressionReason, User
from app.services.care.broadcasts import BroadcastContent, seen_as, send_broadcast, write_broadcast
from app.services.care.opting_out import opt_out_page
from app.services.care.segments import Addressee, Segment, addressed
from app.services.care.terms_changes import WantedChange, tell_partners
from app.services.notices import claim_notices
from app.services.suppressions import is_suppressed, suppress
from tests.care_world import make_terms
from tests.onboarding_world import make_partner
from tests.world import make_program, make_user

pytestmark = pytest.mark.any_servers


@pytest.fixture
def manager(app: Flask) -> User:
    with transaction() as session:
        return make_user(session, Role.ACCOUNT_MANAGER)


@pytest.fixture
def program(manager: User) -> Program:
    with transaction() as session:
        return make_program(session, manager)


@pytest.fixture
def person(program: Program) -> PartnerPerson:
    with transaction() as session:
        return make_partner(session, program, None)[1]


def send(program: Program, manager: User) -> int:
    with transaction() as session:
        draft = write_broadcast(session, program, BroadcastContent(subject="News", text="News."), actor=manager)
        return send_broadcast(session, draft, expected=1, seen=seen_as(draft), actor=manager)


def skipped(program: Program) -> tuple[Addressee, ...]:
    with reading() as session:
        return addressed(session, program.id, Segment()).skipped


def test_a_broadcast_can_be_ended_by_the_mail_programs_button(
    app: Flask, client: FlaskClient, program: Program, person: PartnerPerson, manager: User
) -> None:
    assert send(program, manager) == 1
    with transaction() as session:
        (claimed,) = claim_notices(session)
    headers = headers_of(claimed)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    page = headers["List-Unsubscribe"].strip("<>")
    assert page == claimed.unsubscribe_url
    assert page in claimed.text
    path = page.removeprefix("http://127.0.0.1:8000")
    assert "No more news of" in client.get(path).text
    assert skipped(program) == ()
    app.config["WTF_CSRF_ENABLED"] = True
    for _ in range(2):
        answer = client.post(path, data=b"List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert (answer.status_code, "Done: no more news" in answer.text) == (200, True)
    app.config["WTF_CSRF_ENABLED"] = False
    assert [each.why_not for each in skipped(program)] == ["Wants no broadcasts: they said so by the link under one."]
    with reading() as session:
        assert is_suppressed(session, person.email) is None
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "broadcasts.refused")).all()
        assert len(events) == 1
        assert person.email not in str(events[0].details)
    assert "No more news of" in client.post(f"{path}/again").text
    assert skipped(program) == ()


def test_mails_about_the_partnership_and_other_programs_still_reach_them(
    client: FlaskClient, program: Program, person: PartnerPerson, manager: User
) -> None:
    client.post(opt_out_page(program.id, person.email.upper()).removeprefix("http://127.0.0.1:8000"))
    assert len(skipped(program)) == 1
    with transaction() as session:
        terms = make_terms(session, program, 1)
        wanted = WantedChange(accept_by=(today() + timedelta(days=30)).isoformat())
        assert tell_partners(session, program, wanted, terms_id=terms.id, actor=manager)[1] == 1
        elsewhere = make_program(session, manager)
        _, same = make_partner(session, elsewhere, None)
        same.email = person.email
    with reading() as session:
        assert session.scalars(select(Notice.kind)).all() == ["partner_terms"]
    assert skipped(elsewhere) == ()


def test_who_opts_out_before_it_leaves_gets_it_no_more(
    client: FlaskClient, program: Program, person: PartnerPerson, manager: User
) -> None:
    send(program, manager)
    client.post(opt_out_page(program.id, person.email).removeprefix("http://127.0.0.1:8000"))
    with transaction() as session:
        assert claim_notices(session) == []
    with reading() as session:
        (mail,) = session.scalars(select(Notice)).all()
        assert (mail.state, "no more broadcasts" in mail.error) == (NoticeState.FAILED, True)


def test_the_list_of_who_must_not_be_mailed_counts_more(
    client: FlaskClient, program: Program, person: PartnerPerson
) -> None:
    with transaction() as session:
        suppress(session, person.email, reason=SuppressionReason.COMPLAINT)
    path = opt_out_page(program.id, person.email).removeprefix("http://127.0.0.1:8000")
    client.post(path)
    client.post(f"{path}/again")
    assert [each.why_not for each in skipped(program)] == ["On the list of who must not be mailed (complaint)."]


def test_an_altered_link_and_a_deleted_program_say_what_to_do(
    client: FlaskClient, program: Program, person: PartnerPerson
) -> None:
    path = opt_out_page(program.id, person.email).removeprefix("http://127.0.0.1:8000")
    gone = opt_out_page(999_999, person.email).removeprefix("http://127.0.0.1:8000")
    for wrong, words in ((path[:-2], "Copy the whole link"), (gone, "does not exist any more"), ("/u/news/ü", "Copy")):
        for method in (client.get, client.post):
            answer = method(wrong)
            assert (answer.status_code, words in answer.text) == (404, True)
    assert skipped(program) == ()
