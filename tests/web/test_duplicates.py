"""The list of duplicates and the side-by-side merge as people see them."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import dispatch
from app.db import reading, transaction
from app.dispatch import Job
from app.jobs.duplicates import find_duplicates, look_for_duplicates_at_night
from app.models import Company, Membership, Prospect, Role
from app.models.merge import DuplicatePair, Merge
from tests.merge_world import make_pair
from tests.web.conftest import SignIn
from tests.world import make_prospect, make_user

pytestmark = pytest.mark.any_servers


def test_look_compare_merge_and_undo(sign_in: SignIn) -> None:
    with transaction() as session:
        pair = make_pair(session)
        actor, slug, kept, gone = pair.actor, pair.program.slug, pair.kept.id, pair.gone.id
    browser = sign_in(actor)
    root = f"/p/{slug}/duplicates"
    assert "No duplicates known" in browser.get(root).text
    assert browser.post(f"{root}/look").status_code == 303
    page = browser.get(root).text
    assert "1 new pair found among 2 companies" in page
    assert "Same e-mail" in page
    assert "Same domain, other ending" in page
    page = browser.get(f"{root}/merge/{kept}/{gone}").text
    for words in (
        "of them 1 by e-mail the same person",
        "1 sequence ends",
        "Ola N.",
        "1 running sequence goes on",
        "2 programs",
    ):
        assert words in page, words
    answer = browser.post(f"{root}/merge/{kept}/{gone}", data={"stage": "kept", "owner": "nonsense"})
    assert (answer.status_code, answer.location) == (303, f"/p/{slug}/prospects/{kept}")
    assert "Merged with Northwind." in browser.get(answer.location).text
    old = browser.get(f"/p/{slug}/prospects/{gone}")
    assert (old.status_code, old.location) == (302, f"/p/{slug}/prospects/{kept}")
    with reading() as session:
        assert session.get(Prospect, gone) is None
        assert session.get_one(Prospect, kept).stage.value == "sourced"
        merge_id = session.scalars(select(Merge.id)).one()
    assert browser.get(f"{root}/merge/{kept}/{gone}").status_code == 404
    assert "northwind.test" not in browser.get("/search?q=northwind").text.replace(
        "<mark>northwind</mark>", "northwind"
    )
    assert browser.post(f"{root}/merges/{merge_id}/undo").status_code == 303
    assert "They are two companies again" in browser.get(root).text
    assert browser.get(f"/p/{slug}/prospects/{gone}").status_code == 200


def test_a_prospects_page_says_what_it_may_be_the_same_as(sign_in: SignIn) -> None:
    with transaction() as session:
        pair = make_pair(session)
        analyst = make_user(session, Role.DATA_ANALYST)
        session.add(Membership(user_id=analyst.id, program_id=pair.program.id))
        actor, slug, kept, gone = pair.actor, pair.program.slug, pair.kept.id, pair.gone.id
        program_id = pair.program.id
    assert find_duplicates(program_id) == 1
    assert find_duplicates(program_id) == 0
    browser = sign_in(actor)
    compare = f"/p/{slug}/duplicates/merge/{gone}/{kept}"
    page = browser.get(f"/p/{slug}/prospects/{gone}").text
    assert "May be the same as" in page
    assert compare in page
    assert compare not in sign_in(analyst).get(f"/p/{slug}/prospects/{gone}").text
    with reading() as session:
        pair_id = session.scalars(select(DuplicatePair.id)).one()
    browser.post(f"/p/{slug}/duplicates/{pair_id}/dismiss")
    assert "May be the same as" not in browser.get(f"/p/{slug}/prospects/{gone}").text


def test_every_program_is_looked_through_once_a_night(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction() as session:
        pair = make_pair(session)
    rung: list[tuple[Job, int]] = []
    monkeypatch.setattr(dispatch, "ring", lambda job, program_id: rung.append((job, program_id)) or True)
    at = datetime(2026, 11, 23, 2, 26, tzinfo=UTC)
    for minute in range(3):
        monkeypatch.setattr("app.jobs.duplicates.now", lambda minute=minute: at + timedelta(minutes=minute))
        look_for_duplicates_at_night()
    assert (Job.FIND_DUPLICATES, pair.program.id) in rung
    assert len(rung) == len(set(rung))


def test_not_a_duplicate_is_remembered_and_can_be_taken_back(sign_in: SignIn) -> None:
    with transaction() as session:
        pair = make_pair(session)
        actor, slug = pair.actor, pair.program.slug
    browser = sign_in(actor)
    root = f"/p/{slug}/duplicates"
    browser.post(f"{root}/look")
    with reading() as session:
        pair_id = session.scalars(select(DuplicatePair.id)).one()
    browser.post(f"{root}/{pair_id}/dismiss")
    browser.post(f"{root}/look")
    assert "No duplicates known" in browser.get(root).text
    assert "Put back on the list" in browser.get(f"{root}?view=dismissed").text
    browser.post(f"{root}/{pair_id}/bring-back")
    assert "Compare" in browser.get(root).text


def test_a_company_of_a_program_of_others_is_merged_by_an_admin_only(sign_in: SignIn) -> None:
    with transaction() as session:
        pair = make_pair(session)
        colleague, admin = make_user(session), make_user(session, Role.ADMIN)

        session.add(Membership(user_id=colleague.id, program_id=pair.program.id))
        make_prospect(session, pair.program, "plain.example")
        slug, kept, gone = pair.program.slug, pair.kept.id, pair.gone.id
    path = f"/p/{slug}/duplicates/merge/{kept}/{gone}"
    refused = sign_in(colleague).get(path)
    assert refused.status_code == 403
    assert "a program that you do not work in" in refused.text
    assert sign_in(admin).post(path).status_code == 303
    with reading() as session:
        assert session.scalar(select(Company.id).where(Company.domain == "northwind.test")) is not None
