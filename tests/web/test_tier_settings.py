"""The tiers of a program on screen: in the settings, on the public page, the portal and a partner's page."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.db import reading, transaction
from app.models import Notice, Partnership, Program, Role, User
from app.models.tier import Tier, TierTermsAcceptance
from app.queries.tiers import known_tiers
from tests.application_world import make_open_page
from tests.onboarding_world import make_partner, portal_path
from tests.tier_world import make_result, make_tiers
from tests.web.conftest import SignIn
from tests.world import make_program, make_user

pytestmark = pytest.mark.any_servers
GOLD = {
    "version": "1",
    "name": "Gold",
    "commission": "30 % <of> every order",
    "benefits": "A named contact\nPrices for you",
    "revenue": "5,000",
    "currency": "EUR",
    "leads": "10",
    "months": "3",
    "goal_kpi": ["Shops", ""],
    "goal_unit": ["shops", ""],
    "goal_target": ["12", ""],
    "goal_days": ["90", ""],
}


@pytest.fixture
def director(app: Flask) -> User:
    with transaction() as session:
        return make_user(session, Role.DIRECTOR)


@pytest.fixture
def program(director: User) -> Program:
    with transaction() as session:
        made = make_program(session, director)
        make_tiers(session, made, "Partner", "Gold")
        return made


def gold_of(program: Program) -> Tier:
    with reading() as session:
        return session.scalars(select(Tier).where(Tier.program_id == program.id, Tier.name == "Gold")).one()


def test_a_tier_is_added_changed_ordered_retired_and_deleted(program: Program, director: User, sign_in: SignIn) -> None:
    client, root = sign_in(director), f"/p/{program.slug}/tiers"
    made = client.post(root, data={"name": "Silver"})
    assert made.status_code == 303
    silver = int(made.headers["Location"].rpartition("/")[2])
    assert "There is a tier “gold” already" in client.post(root, data={"name": "gold"}).text
    gold = gold_of(program)
    refused = client.post(f"{root}/{gold.id}", data=GOLD | {"months": "99", "goal_target": ["much", ""]})
    assert refused.status_code == 422
    assert "Give a number of months from 1 to 24." in refused.text
    assert "A goal says what is counted" in refused.text
    assert 'value="much"' in refused.text
    assert client.post(f"{root}/{gold.id}", data=GOLD).status_code == 303
    shown = client.get(root).text
    assert "At least 5,000.00 EUR of revenue and 10 leads in 3 months." in shown
    assert "30 % &lt;of&gt; every order" in shown
    assert 'value="Shops"' in client.get(f"{root}/{gold.id}").text
    client.post(f"{root}/{silver}/up")
    with reading() as session:
        assert known_tiers(session, program.id) == ["Partner", "Silver", "Gold"]
    retired = client.post(f"{root}/{silver}/retire", follow_redirects=True).text
    assert f'action="{root}/{silver}/restore"' in retired
    assert client.post(f"{root}/{silver}/delete").headers["Location"] == root
    with transaction() as session:
        make_partner(session, program, None, tier="Gold")
    stays = client.post(f"{root}/{gold.id}/delete", follow_redirects=True).text
    assert "is in use, so it cannot be deleted: partners" in stays
    assert "It can be retired, not deleted." in stays


def test_whoever_was_slower_keeps_what_they_typed_and_saves_it_knowingly(
    program: Program, director: User, sign_in: SignIn
) -> None:
    client, page = sign_in(director), f"/p/{program.slug}/tiers/{gold_of(program).id}"
    assert client.post(page, data=GOLD).status_code == 303
    late = client.post(page, data=GOLD | {"commission": "45 %", "goal_target": ["0.125", ""]})
    assert late.status_code == 409
    assert "Somebody changed this tier meanwhile." in late.text
    assert 'value="45 %"' in late.text
    assert gold_of(program).commission == GOLD["commission"]
    (version,) = re.findall(r'name="version"[^>]* value="(\d+)"', late.text)
    again = GOLD | {"version": version, "commission": "45 %", "goal_target": ["0.125", ""]}
    assert client.post(page, data=again).status_code == 303
    assert gold_of(program).commission == "45 %"
    assert 'name="goal_target" value="0.125"' in client.get(page).text


def test_strangers_read_the_tiers_in_their_language(
    program: Program, director: User, sign_in: SignIn, client: FlaskClient
) -> None:
    sign_in(director).post(f"/p/{program.slug}/tiers/{gold_of(program).id}", data=GOLD)
    with transaction() as session:
        slug = make_open_page(session, program).slug
        make_tiers(session, program, "Secret plan", position=9)
        session.execute(update(Tier).where(Tier.name == "Partner").values(commission="10 %"))
    assert "Secret plan" not in client.get(f"/apply/{slug}").text
    words = {
        "en": ("Where partners begin.", "At least 5,000.00 EUR of revenue and 10 leads in 3 months."),
        "pl": ("Tu zaczynają partnerzy.", "Co najmniej 5000,00 EUR przychodu i 10 leadów w ciągu 3 miesięcy."),
        "de": ("Hier beginnen Partner.", "Mindestens 5.000,00 EUR Umsatz und 10 Leads in 3 Monaten."),
    }
    for language, said in words.items():
        page = client.get(f"/apply/{slug}?lang={language}").text.replace("\xa0", "")
        assert [each for each in (*said, "30 % &lt;of&gt; every order", "A named contact") if each not in page] == []


def partner(program: Program) -> tuple[Partnership, str]:
    with transaction() as session:
        made, person = make_partner(session, program, None, tier="Partner")
        make_result(session, made, amount_cents=510_000, currency="EUR", leads=9)
        return made, portal_path(session, person)


def test_a_partner_sees_what_the_next_tier_asks_for_and_accepts_its_terms(
    program: Program, director: User, sign_in: SignIn, client: FlaskClient
) -> None:
    root = f"/p/{program.slug}"
    made, portal = partner(program)
    staff, gold = sign_in(director), gold_of(program)
    staff.post(f"{root}/tiers/{gold.id}", data=GOLD)
    staff.post(f"{root}/tiers/{gold.id}/terms", data={"base_version": "0", "text": "Be <golden>."})
    home = client.get(portal).text
    assert "Your tier: Partner" in home
    assert re.search(r"So far: 5,100\.00 EUR of revenue and 9 leads since \w+ \d+\.", home)
    page = f"{root}/onboarding/partners/{made.id}"
    assert "Qualifies for" not in staff.get(page).text
    with transaction() as session:
        session.execute(update(Partnership).values(tier="Gold"))
    home = client.get(portal).text
    assert "The terms of Gold wait for you." in home
    assert "not accepted yet" in staff.get(page).text
    assert "Be &lt;golden&gt;." in client.get(f"{portal}/terms").text
    assert client.post(f"{portal}/tier-terms", data={"terms_id": "1"}).status_code == 422
    assert client.post(f"{portal}/tier-terms", data={"terms_id": "9", "tier_done": "y"}).status_code == 422
    assert client.post(f"{portal}/tier-terms", data={"terms_id": "1", "tier_done": "y"}).status_code == 303
    with reading() as session:
        kept = session.scalars(select(TierTermsAcceptance)).one()
    assert (kept.partnership_id, kept.address) == (made.id, "127.0.0.1")
    assert "wait for you" not in client.get(portal).text
    assert "not accepted yet" not in staff.get(page).text


def test_an_account_manager_raises_who_qualifies_with_one_click(
    program: Program, director: User, sign_in: SignIn
) -> None:
    made, _portal = partner(program)
    client, gold = sign_in(director), gold_of(program)
    client.post(f"/p/{program.slug}/tiers/{gold.id}", data=GOLD | {"leads": "9"})
    home = client.get(f"/p/{program.slug}/partners?view=everyone").text
    assert "Qualify for a higher tier" in home
    page = f"/p/{program.slug}/onboarding/partners/{made.id}"
    shown = client.get(page).text
    assert "Qualifies for Gold</strong>: 5,100.00 EUR of revenue and 9 leads since" in shown
    form = dict(re.findall(r'name="(tier_id|seen)" value="([^"]*)"', shown))
    assert form == {"tier_id": str(gold.id), "seen": "Partner"}
    done = client.post(f"{page}/tier", data=form, follow_redirects=True).text
    assert "Raised to Gold; the partner is told by mail." in done
    assert client.post(f"{page}/tier", data=form).status_code == 409
    assert "Shops" in client.get(f"/p/{program.slug}/partners/{made.id}").text
    assert "Qualify for a higher tier" not in client.get(f"/p/{program.slug}/partners?view=everyone").text


def test_publishing_terms_of_a_tier_writes_to_its_partners(program: Program, director: User, sign_in: SignIn) -> None:
    with transaction() as session:
        make_partner(session, program, None, tier="Gold")
    client, address = sign_in(director), f"/p/{program.slug}/tiers/{gold_of(program).id}/terms"

    def told(base: int, text: str) -> str:
        return client.post(address, data={"base_version": str(base), "text": text}, follow_redirects=True).text

    def mails() -> int:
        with reading() as session:
            return session.scalar(select(func.count()).where(Notice.kind == "partner_terms")) or 0

    said = "Version 1 is in force; partners of this tier find it on their page. 1 partner was written to."
    assert said in told(0, "Be.")
    assert mails() == 1
    told(1, "Be.")
    assert mails() == 1, "nothing was changed"
    told(1, "")
    assert mails() == 1, "there is nothing to accept any more"
