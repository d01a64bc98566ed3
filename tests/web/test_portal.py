"""The partner portal: every kind of step done by plain forms, and nothing of it for a foreign or wrong link."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import now
from app.db import reading, transaction
from app.extensions import limiter
from app.models import (
    ActionKind,
    ActionState,
    Activity,
    ActivityKind,
    Notice,
    OnboardingAction,
    OnboardingDocument,
    PartnerPerson,
    Partnership,
    Program,
    ProgramTerms,
    Prospect,
    Provenance,
    Role,
    Stage,
    User,
)
from app.services.onboarding.approving import give_code
from app.services.onboarding.people import NewPerson, add_person
from app.services.onboarding.progress import locked_action
from tests.application_world import TERMS
from tests.onboarding_world import CONTENTS, action_in, make_partner, make_template, portal_path
from tests.world import make_program, make_user

PDF = b"%PDF-1.7\n1 0 obj"


@pytest.fixture
def manager(app: Flask) -> User:
    with transaction() as session:
        return make_user(session, Role.ACCOUNT_MANAGER, name="Joanna Wilk")


@pytest.fixture
def program(manager: User) -> Program:
    with transaction() as session:
        program = make_program(session, manager)
        session.add(ProgramTerms(program_id=program.id, version=1, text=TERMS))
    return program


def partner(program: Program, manager: User, *kinds: ActionKind) -> tuple[Partnership, str]:
    """Add a partner whose plan has these steps; return them and the path of their portal."""
    with transaction() as session:
        template = make_template(session, program, manager, *kinds) if kinds else None
        partnership, person = make_partner(session, program, template, account_manager_id=manager.id)
        return partnership, portal_path(session, person)


def fetch(partnership: Partnership, kind: ActionKind) -> OnboardingAction:
    with reading() as session:
        return action_in(session, partnership, kind)


def send(client: FlaskClient, path: str, action: OnboardingAction, **fields: object) -> tuple[int, str]:
    answer = client.post(f"{path}/steps/{action.id}", data={"version": action.version, **fields})
    return answer.status_code, answer.text


def test_a_whole_onboarding_is_done_by_plain_forms(client: FlaskClient, program: Program, manager: User) -> None:
    partnership, path = partner(program, manager, *CONTENTS)
    with reading() as session:
        terms_id = session.scalars(select(ProgramTerms.id)).one()
    with transaction() as session:
        plan, code = locked_action(session, partnership, fetch(partnership, ActionKind.RECEIVE_CODE).id)
        give_code(session, plan, code, code="https://go.example/ada", external_id="P-77", user=manager)
    day = (now() + timedelta(days=5)).date().isoformat()
    forms: dict[ActionKind, dict[str, object]] = {
        ActionKind.VIEW_RESOURCE: {"done": "y"},
        ActionKind.READ_CONFIRM: {"done": "y"},
        ActionKind.ANSWER_QUESTIONS: {"answer0": "Ada & <b>Bea</b>", "answer1": "Weekly"},
        ActionKind.UPLOAD: {"files": (io.BytesIO(PDF), "tax form.pdf")},
        ActionKind.ACCEPT_TERMS: {"done": "y", "terms_id": terms_id},
        ActionKind.BOOK_CALL: {"day": day, "time": "14:30", "zone": "Europe/Warsaw"},
        ActionKind.RECEIVE_CODE: {"done": "y"},
        ActionKind.FIRST_PILOT: {"what": "A guest post", "url": "blog.example/post", "on": day},
        ActionKind.TRAINING: {"answer0": "0", "answer1": "1"},
        ActionKind.TO_DO: {"what": "Done on Monday"},
    }
    assert set(forms) == set(ActionKind)
    assert "0 of 10" in client.get(path).text
    for kind, fields in forms.items():
        action = fetch(partnership, kind)
        page = client.get(f"{path}/steps/{action.id}").text
        assert "<form" in page, kind
        status, text = send(client, path, action)
        assert status == (303 if kind is ActionKind.TO_DO else 422), kind
        if kind is not ActionKind.TO_DO:
            assert "Not sent yet" in text
            action = fetch(partnership, kind)
            assert send(client, path, action, **fields)[0] == 303, kind
    waiting = {ActionKind.UPLOAD, ActionKind.FIRST_PILOT}
    for kind in forms:
        expected = ActionState.WAITING_FOR_APPROVAL if kind in waiting else ActionState.DONE
        assert fetch(partnership, kind).state is expected, kind

    answers = client.get(f"{path}/steps/{fetch(partnership, ActionKind.ANSWER_QUESTIONS).id}").text
    assert "Ada &amp; &lt;b&gt;Bea&lt;/b&gt;" in answers
    home = client.get(path).text
    assert "8 of 10" in home
    assert "Certified" in home
    with reading() as session:
        found = session.get_one(Partnership, partnership.id)
        assert (found.terms_id, found.terms_address, found.external_id) == (terms_id, "127.0.0.1", "P-77")
        assert session.get_one(Prospect, found.prospect_id).stage is Stage.ONBOARDING


def test_booked_call_is_a_calendar_file_at_the_right_moment(
    client: FlaskClient, program: Program, manager: User
) -> None:
    partnership, path = partner(program, manager, ActionKind.BOOK_CALL)
    action = fetch(partnership, ActionKind.BOOK_CALL)
    with time_machine.travel("2026-07-01T12:00:00+00:00", tick=False):
        assert client.get(f"{path}/steps/{action.id}/call.ics").status_code == 404
        slot = {"day": "2026-07-06", "time": "14:30", "zone": "Europe/Warsaw"}
        for wrong in ({"day": "2026-06-30"}, {"zone": "Mars/Base"}, {"time": "25:00"}):
            assert send(client, path, action, **slot | wrong)[0] == 422
        assert send(client, path, action, **slot)[0] == 303
        page = client.get(f"{path}/steps/{action.id}").text
        saved = client.get(f"{path}/steps/{action.id}/call.ics")
    assert "Monday, 6 July 2026, 14:30 (Europe/Warsaw)" in page
    assert saved.headers["Content-Disposition"].startswith("attachment")
    lines = saved.data.decode().split("\r\n")
    assert {"DTSTART:20260706T123000Z", "DTEND:20260706T130000Z", "LOCATION:https://meet.example/a\\,b"} <= set(lines)
    assert all(len(line.encode()) <= 75 for line in lines)


def test_file_is_kept_and_served_as_an_attachment(client: FlaskClient, program: Program, manager: User) -> None:
    partnership, path = partner(program, manager, ActionKind.UPLOAD)
    action = fetch(partnership, ActionKind.UPLOAD)
    status, text = send(client, path, action, files=(io.BytesIO(b"MZ\x90 a program"), "invoice.pdf"))
    assert status == 422
    assert "invoice.pdf: What is inside this file is none of" in text
    assert send(client, path, action, files=(io.BytesIO(PDF), "../tax.pdf"))[0] == 303
    with reading() as session:
        document = session.scalars(select(OnboardingDocument)).one()
    saved = client.get(f"{path}/documents/{document.id}")
    assert (saved.data, saved.mimetype) == (PDF, "application/octet-stream")
    assert saved.headers["Content-Disposition"] == "attachment; filename=tax.pdf"


def test_endless_upload_is_not_read(client: FlaskClient, program: Program, manager: User) -> None:
    partnership, path = partner(program, manager, ActionKind.UPLOAD)
    step = f"{path}/steps/{fetch(partnership, ActionKind.UPLOAD).id}"
    claims = {"CONTENT_LENGTH": "200000000", "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    answer = client.post(step, environ_overrides=claims, headers={"Accept-Language": "de"})
    assert (answer.status_code, "Dateien dürfen zusammen 10 MB haben" in answer.text) == (413, True)


def test_wrong_quiz_answers_count_a_try_and_change_nothing_else(
    client: FlaskClient, program: Program, manager: User
) -> None:
    partnership, path = partner(program, manager, ActionKind.TRAINING)
    action = fetch(partnership, ActionKind.TRAINING)
    status, text = send(client, path, action, answer0="0", answer1="0")
    assert status == 422
    assert text.count("try once more") == 1
    after = fetch(partnership, ActionKind.TRAINING)
    assert (after.state, after.answer) == (ActionState.PENDING, {"tries": 1, "score": "1 of 2"})
    # A form that was opened before counts for nothing.
    assert send(client, path, action, answer0="0", answer1="1")[0] == 409


def test_terms_that_changed_meanwhile_are_not_accepted(client: FlaskClient, program: Program, manager: User) -> None:
    partnership, path = partner(program, manager, ActionKind.ACCEPT_TERMS)
    with transaction() as session:
        old = session.scalars(select(ProgramTerms.id)).one()
        session.add(ProgramTerms(program_id=program.id, version=2, text=f"{TERMS} More."))
    status, text = send(client, path, fetch(partnership, ActionKind.ACCEPT_TERMS), done="y", terms_id=old)
    assert status == 422
    assert "this is version 2" in text


def test_wrong_old_and_foreign_links_get_one_answer_and_nothing(
    client: FlaskClient, program: Program, manager: User
) -> None:
    _mine, path = partner(program, manager, ActionKind.UPLOAD, ActionKind.BOOK_CALL)
    with transaction() as session:
        other_program = make_program(session, manager)
    theirs, their_path = partner(other_program, manager, ActionKind.UPLOAD, ActionKind.BOOK_CALL)
    upload, call = fetch(theirs, ActionKind.UPLOAD), fetch(theirs, ActionKind.BOOK_CALL)
    send(client, their_path, upload, files=(io.BytesIO(PDF), "secret.pdf"))
    with reading() as session:
        document = session.scalars(select(OnboardingDocument.id)).one()
        other_person = session.scalars(select(PartnerPerson.id).where(PartnerPerson.partnership_id == theirs.id)).one()
    for part in (f"steps/{upload.id}", f"steps/{call.id}/call.ics", f"documents/{document}"):
        assert client.get(f"{path}/{part}").status_code == 404
    assert send(client, path, call, day="2030-01-01")[0] == 404
    assert client.post(f"{path}/people/{other_person}/remove").status_code == 404

    gone = []
    with time_machine.travel(now() + timedelta(days=181)):
        gone.append(client.get(path))
    with transaction() as session:
        session.get_one(Prospect, theirs.prospect_id).stage = Stage.WITHDRAWN
    gone += [client.get(their_path), client.get(path[:-1] + "_"), client.get(f"/partner/{'x' * 43}")]
    assert {answer.status_code for answer in gone} == {410}
    assert len({re.sub(r'href="[^"]*"', "", answer.text) for answer in gone}) == 1
    assert client.post(f"{their_path}/messages", data={"text": "Hello"}).status_code == 410
    assert client.get(path).status_code == 200


def test_main_contact_brings_people_in_and_takes_them_out(client: FlaskClient, program: Program, manager: User) -> None:
    partnership, path = partner(program, manager)
    assert client.post(f"{path}/people", data={"name": "Bea", "email": "bea"}).status_code == 422
    assert client.post(f"{path}/people", data={"name": "Bea", "email": "bea@partner.example"}).status_code == 303
    with reading() as session:
        mail = session.scalars(select(Notice).order_by(Notice.id.desc()).limit(1)).one()
        bea = session.scalars(select(PartnerPerson).where(PartnerPerson.email == "bea@partner.example")).one()
    link = re.search(r"http://127.0.0.1:8000(/partner/\S+)", mail.text)
    assert link is not None
    assert mail.to_address == bea.email
    her_path = link[1]
    assert "Your main contact invites people" in client.get(f"{her_path}/profile").text
    assert client.post(f"{her_path}/people", data={"name": "Cy", "email": "cy@partner.example"}).status_code == 409
    assert client.post(f"{path}/people/{bea.id}/remove").status_code == 303
    assert client.get(her_path).status_code == 410
    with transaction() as session:
        again = add_person(
            session,
            session.get_one(Partnership, partnership.id),
            NewPerson(name="Bea", email=bea.email),
            provenance=Provenance.HAND,
        )
    assert again.id == bea.id
    # Her old link stays dead.
    assert client.get(her_path).status_code == 410


def test_messages_reach_the_account_manager_and_stand_on_both_sides(
    client: FlaskClient, program: Program, manager: User
) -> None:
    _, path = partner(program, manager)
    assert client.post(f"{path}/messages", data={"text": "  "}).status_code == 422
    assert client.post(f"{path}/messages", data={"text": "When do you <pay>?"}).status_code == 303
    assert "When do you &lt;pay&gt;?" in client.get(f"{path}/messages").text
    with reading() as session:
        assert session.scalars(select(Activity.kind)).all() == [ActivityKind.MESSAGE]
        mail = session.scalars(select(Notice).order_by(Notice.id.desc()).limit(1)).one()
    assert mail.to_address == manager.email
    assert "When do you <pay>?" in mail.text


def test_profile_and_a_new_link_for_who_lost_it(client: FlaskClient, program: Program, manager: User) -> None:
    _, path = partner(program, manager)
    saved = client.post(f"{path}/profile", data={"name": "Ada B.", "phone": "1", "role": "Owner"})
    assert saved.status_code == 303
    with reading() as session:
        person = session.scalars(select(PartnerPerson)).one()
        known = session.scalars(select(Notice.id)).all()
    assert (person.name, person.role) == ("Ada B.", "Owner")
    answers = [client.post("/partner", data={"email": email}) for email in (person.email.upper(), "nobody@x.example")]
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/partner?sent=1")] * 2
    with reading() as session:
        mails = session.scalars(select(Notice).where(Notice.id.not_in(known))).all()
    assert [mail.to_address for mail in mails] == [person.email]
    assert client.get("/partner").status_code == client.get("/partner?sent=1").status_code == 200
    assert client.get(f"{path}/terms").status_code == 200


def test_wrong_links_are_slowed_down_and_right_ones_are_not(
    client: FlaskClient, program: Program, manager: User
) -> None:
    _, path = partner(program, manager)
    limiter.enabled = True

    def visit(address: str, *paths: str) -> list[int]:
        return [client.get(each, environ_overrides={"REMOTE_ADDR": address}).status_code for each in paths]

    wrong = [f"/partner/{number:043d}" for number in range(31)]
    assert visit("198.51.100.1", *wrong) == [410] * 30 + [429]
    assert set(visit("198.51.100.2", *[f"{path}/messages"] * 31)) == {200}
