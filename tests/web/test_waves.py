"""The migration's screens: a file comes in with a verdict per row, and a partner says yes or no by a mailed link."""

import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import now, today
from app.db import reading, transaction
from app.models import (
    ActionKind,
    ActionState,
    Activity,
    Company,
    Contact,
    ContactField,
    ContactValue,
    Notice,
    OnboardingAction,
    PartnerPerson,
    Partnership,
    Program,
    Prospect,
    Provenance,
    Role,
    Stage,
    TermsAcceptance,
    User,
)
from app.models.wave import WavePartner, WaveStatus
from app.services.erasing import erase_person
from app.services.erasure import erasure_of
from app.services.notices import without_links
from app.services.waves.addresses import addressee_of
from app.services.waves.links import new_move_link
from app.services.waves.sending import send_wave
from tests.onboarding_world import make_template
from tests.wave_world import make_plan, make_terms, make_wave, make_wave_partner
from tests.web.conftest import SignIn
from tests.world import make_program, make_user

EXPORT = """Partner key,Email,Partner,Website,Group,Signups,Revenue
P-1,ada@oak.example,Oak Studio,oak.example,Gold,12,"$20,500.00"
P-2,bo@elm.example,Elm,,Silver,3,750 EUR
P-3,cy@gmail.com,Cy,,Silver,1,10
P-4,di@fir.example,Fir,fir.example,,many,soon
P-5,ada@oak.example,Oak Studio,www.oak.example,,1,500
"""


@pytest.fixture
def director(app: Flask) -> User:
    with transaction() as session:
        return make_user(session, Role.DIRECTOR, name="Dana Kerr")


@pytest.fixture
def program(director: User) -> Program:
    with transaction() as session:
        program = make_program(session, director)
        make_plan(session, program, currency="USD")
        make_terms(session, program)
    return program


def upload(client: FlaskClient, program: Program, text: str) -> str:
    answer = client.post(f"/p/{program.slug}/waves/imports", data={"file": (io.BytesIO(text.encode()), "p.csv")})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def partners(program: Program) -> dict[str, WavePartner]:
    with reading() as session:
        rows = session.execute(
            select(Company.domain, WavePartner)
            .join(Prospect, Prospect.company_id == Company.id)
            .join(WavePartner, WavePartner.prospect_id == Prospect.id)
            .where(WavePartner.program_id == program.id)
        )
        return dict(rows.all())


def test_a_file_comes_in_row_by_row_and_can_be_taken_back(program: Program, director: User, sign_in: SignIn) -> None:
    client = sign_in(director)
    path = upload(client, program, EXPORT)
    page = client.get(path).text
    assert "PartnerStack export" in page
    assert "mailbox provider that many share" in page
    assert "The revenue is in EUR, and the plan counts in USD" in page
    assert "“soon” is no amount" in page
    assert partners(program) == {}

    # The same file read differently: what was a number of leads is left out.
    columns = re.findall(r'<option value="(\w+)" selected>', page)
    assert columns == ["external_id", "email", "name", "site", "extra", "leads", "revenue"]
    refused = client.post(f"{path}/columns", data={f"column-{place}": "email" for place in range(7)})
    assert refused.status_code == 422
    assert "both are “Contact&#39;s e-mail”" in refused.text
    changed = {f"column-{place}": "extra" if value == "leads" else value for place, value in enumerate(columns)}
    assert client.post(f"{path}/columns", data=changed).status_code == 303
    assert client.post(f"{path}/start").location.endswith("/waves/plan")
    found = partners(program)
    assert set(found) == {"oak.example", "elm.example", "fir.example"}
    oak = found["oak.example"]
    assert (oak.external_id, oak.revenue_cents, oak.leads) == ("P-1", 2_100_000, None)
    assert (found["elm.example"].revenue_cents, found["fir.example"].revenue_cents) == (None, None)
    with reading() as session:
        assert session.get_one(Contact, oak.contact_id or 0).key == "ada@oak.example"

    # A second file brings the same company up to date instead of doubling it.
    tiers = upload(client, program, "Partner key,Email,Partner tier\nP-1,ada@oak.example,Gold\n")
    assert "What stands in “Partner tier” makes nobody of a tier here." in client.get(tiers).text
    again = upload(client, program, "Partner key,Email,Signups,Paid customers,Revenue\nP-1,ada@oak.example,9,1,100\n")
    client.post(f"{again}/start")
    assert partners(program)["oak.example"].revenue_cents == 10_000
    # What the second file said would be lost with the partner, so they stay.
    assert client.post(f"{path}/undo").status_code == 303
    assert {name: each.revenue_cents for name, each in partners(program).items()} == {"oak.example": 10_000}


def test_a_list_is_planned_and_its_statuses_come_back_by_file(
    program: Program, director: User, sign_in: SignIn
) -> None:
    client = sign_in(director)
    with transaction() as session:
        one, two = (make_wave_partner(session, program, external_id=name) for name in ("P-1", "P-2"))
    root = f"/p/{program.slug}/waves"
    proposal = client.get(f"{root}/plan").text
    fields = dict(re.findall(r'<input type="hidden" name="(mark|starts_on|capacity|order)" value="([^"]+)">', proposal))
    assert client.post(f"{root}/plan", data=fields).status_code == 303
    assert "2 partners" in client.get(root).text
    content = b"id,status\nP-1,lost\nP-2,nonsense\n"
    preview = client.post(f"{root}/statuses/file", data={"file": (io.BytesIO(content), "s.csv")}).text
    assert "1 partner to change" in preview
    assert "is no status" in preview
    chosen = re.findall(r'name="chosen" value="([^"]+)"', preview)
    done = client.post(f"{root}/statuses", data={"chosen": chosen, "source": "file"}, follow_redirects=True).text
    assert [each.status for each in partners(program).values()].count(WaveStatus.LOST) == 1
    act = re.search(r'name="act" value="(\w+)"', done)
    assert act is not None
    client.post(f"{root}/undo", data={"act": act[1]})
    assert {each.status for each in partners(program).values()} == {WaveStatus.PLANNED}
    assert "P-1" in client.get(f"{root}/partners.csv").text
    assert "All partners,2,2,0" in client.get(f"{root}/report.csv").text
    assert (one.id, two.id) == tuple(sorted((one.id, two.id)))


@pytest.fixture
def invited(program: Program, director: User) -> str:
    """Invite one partner, and return the path of their page."""
    with transaction() as session:
        make_template(session, program, director, ActionKind.ACCEPT_TERMS, ActionKind.TO_DO)
        wave = make_wave(session, program)
        make_wave_partner(session, program, wave_id=wave.id, email="ada@oak.example")
        send_wave(session, program, wave.id, actor=director)
        text = session.scalars(select(Notice.text)).one()
    assert without_links(text).count("(removed after sending)/move") == 1
    found = re.search(r"http://127\.0\.0\.1:8000(/partner/\S+/move)", text)
    assert found is not None
    return found[1]


def only_partner() -> WavePartner:
    with reading() as session:
        return session.scalars(select(WavePartner)).one()


def test_a_partner_accepts_the_terms_and_is_in(client: FlaskClient, invited: str, director: User) -> None:
    page = client.get(invited)
    assert "50 EUR on top" in page.text
    assert only_partner().status is WaveStatus.OPENED
    terms = re.search(r'name="terms_id" value="(\d+)"', page.text)
    assert terms is not None
    assert client.post(invited, data={"terms_id": terms[1]}).status_code == 422
    assert client.post(invited, data={"terms_id": "99", "agreed": "y"}).status_code == 409
    answer = client.post(invited, data={"terms_id": terms[1], "agreed": "y"})
    assert answer.status_code == 303
    assert client.get(answer.location).status_code == 200
    with reading() as session:
        partnership = session.scalars(select(Partnership)).one()
        assert (partnership.terms_id, partnership.terms_address) == (int(terms[1]), "127.0.0.1")
        assert session.scalars(select(TermsAcceptance.terms_id)).all() == [int(terms[1])]
        assert partnership.promised == "For moving over: 50 EUR on top"
        assert session.get_one(Prospect, partnership.prospect_id).stage is Stage.APPROVED
        assert session.scalars(select(PartnerPerson.email)).all() == ["ada@oak.example"]
        states = dict(session.execute(select(OnboardingAction.kind, OnboardingAction.state)).all())
        assert states == {ActionKind.ACCEPT_TERMS: ActionState.DONE, ActionKind.TO_DO: ActionState.PENDING}
    assert only_partner().status is WaveStatus.ACCEPTED
    # Pressed twice, it only lets them in again.
    assert "You are in" in client.get(invited).text
    assert client.post(invited).status_code == 303
    assert client.post(f"{invited}/no").status_code == 409
    with reading() as session:
        assert len(session.scalars(select(Partnership)).all()) == 1


def test_a_partner_says_no_and_may_change_their_mind(client: FlaskClient, invited: str) -> None:
    assert client.post(f"{invited}/no", data={"reason": "We <b>stop</b>"}).status_code == 303
    assert only_partner().status is WaveStatus.REFUSED
    with reading() as session:
        assert session.scalars(select(Prospect.stage)).one() is Stage.WITHDRAWN
        assert session.scalars(select(Activity.body)).one() == "Does not move over: We <b>stop</b>"
    page = client.get(invited).text
    # The same is shown where a colleague noted it.
    assert "We have noted that you would rather not" in page
    terms = re.search(r'name="terms_id" value="(\d+)"', page)
    assert terms is not None
    assert client.post(invited, data={"terms_id": terms[1], "agreed": "y"}).status_code == 303
    assert only_partner().status is WaveStatus.ACCEPTED


def test_a_link_opens_nothing_for_strangers_and_once_its_person_was_erased(
    client: FlaskClient, invited: str, program: Program, director: User
) -> None:
    wrong = client.get(f"/partner/{'x' * 43}/move")
    assert wrong.status_code == 410
    with transaction() as session:
        contact = session.scalars(select(Contact)).one()
        proof = erasure_of(session, contact).proof
        erase_person(session, contact, typed=proof, program_id=program.id, actor=director)
    gone = client.get(invited)
    assert gone.status_code == 410
    assert "ada@" not in gone.text


def test_a_link_lets_nobody_in_but_whom_it_was_mailed_to(client: FlaskClient, invited: str) -> None:
    with transaction() as session:
        ada = session.scalars(select(Contact)).one()
        bo = Contact(company_id=ada.company_id, key="bo@oak.example")
        session.add(bo)
        session.flush()
        for field, value in ((ContactField.EMAIL, "bo@oak.example"), (ContactField.NAME, "Bo Reed")):
            session.add(ContactValue(contact_id=bo.id, field=field, value=value, provenance=Provenance.IMPORT))
        session.scalars(select(WavePartner)).one().contact_id = bo.id
    gone = client.get(invited)
    assert gone.status_code == 410
    assert "Bo" not in gone.text
    assert client.post(invited, data={"agreed": "y"}).status_code == 410
    with transaction() as session:
        session.scalars(select(WavePartner)).one().contact_id = ada.id
    assert client.get(invited).status_code == 200


def test_what_ends_a_sending_halfway_is_told(
    program: Program, director: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.waves.wave.CHUNK", 1)
    with transaction() as session:
        wave = make_wave(session, program)
        make_wave_partner(session, program, wave_id=wave.id)
    path = f"/p/{program.slug}/waves/{wave.id}/send"
    page = sign_in(director).post(path, follow_redirects=True).text
    assert "1 invitation on the way. Who accepts is approved in your name. Nobody of wave" in page


def test_who_opens_the_link_too_late_is_told_that_the_offer_is_over(client: FlaskClient, program: Program) -> None:
    yesterday = today() - timedelta(days=1)
    with transaction() as session:
        wave = make_wave(session, program, incentive="50 EUR on top", sent_at=now(), expires_on=yesterday)
        paths = []
        for until in (yesterday, None):
            partner = make_wave_partner(session, program, wave_id=wave.id, status=WaveStatus.INVITED)
            partner.incentive_until = until
            paths.append(new_move_link(session, partner, addressee_of(session, partner)))
    for path in paths:
        page = client.get(path.removeprefix("http://127.0.0.1:8000")).text
        assert ("The offer for moving over ended on" in page, "50 EUR on top" in page) == (True, False)
    with transaction() as session:
        session.merge(wave).expires_on = today()
    page = client.get(paths[1].removeprefix("http://127.0.0.1:8000")).text
    assert "ended on" not in page
