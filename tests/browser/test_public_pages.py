"""What people without a login reach by links under mails, by mistake or too late: axe finds nothing in either theme."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.db import transaction
from app.extensions import limiter
from app.models import (
    Application,
    ApplicationLink,
    ApplicationReference,
    ApplicationState,
    Notice,
    Program,
    ProgramTerms,
    Role,
    User,
)
from app.models.day_choices import DayChoices, DayMail
from app.models.wave import WaveStatus
from app.services.application_links import new_status_link
from app.services.care.opting_out import opt_out_page
from app.services.invitations import Invite, invite
from app.services.notifying.morning import ending_page
from app.services.optout_requests import request_opt_out
from app.services.password_resets import choose_link
from app.services.references import ask_reference, write_references
from app.services.unsubscribes import unsubscribe_token
from app.services.waves.addresses import addressee_of
from app.services.waves.links import new_move_link
from tests.application_world import make_application, make_open_page
from tests.onboarding_world import make_partner
from tests.wave_world import make_plan, make_wave, make_wave_partner
from tests.world import make_program, make_prospect, make_user

HOST = "http://127.0.0.1:8000"
Axe = Callable[[], list[str]]


@dataclass(frozen=True, slots=True)
class Look:
    """A page to be looked at: its path, the status it answers with, and the button that leads on from it."""

    path: str
    status: int = 200
    press: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """A program with an open page, and somebody of ours."""

    session: Session
    program: Program
    user: User

    def application(self, state: ApplicationState, **values: object) -> Application:
        """Add an application in a state."""
        terms = self.session.scalars(select(ProgramTerms)).one()
        return make_application(self.session, make_prospect(self.session, self.program), terms, state=state, **values)

    def status(self, state: ApplicationState, **values: object) -> Look:
        """Add an application in a state; return its status page."""
        return Look(new_status_link(self.session, self.application(state, **values)))


def unsubscribing(world: World) -> list[Look]:
    token = unsubscribe_token("ola@agency.example", "gone")
    person = make_partner(world.session, world.program, None)[1]
    world.session.add(DayChoices(user_id=world.user.id, mail=DayMail.WORKDAYS))
    news = opt_out_page(world.program.id, person.email)
    return [
        Look(f"/u/{token}", press="Stop all mail to me"),
        Look(f"/u/{token[:-2]}", 404),
        Look(news, press="No more news"),
        Look(news, press="I want them after all"),
        Look(f"{news}x", 404),
        Look(ending_page(world.user.id), press="Stop the morning mail"),
        Look("/u/morning/nobody", 404),
        Look("/u/report/nobody", 404),
    ]


def moving(world: World) -> list[Look]:
    make_plan(world.session, world.program)
    wave = make_wave(world.session, world.program, sent_at=now())
    looks = []
    for _number in range(2):
        partner = make_wave_partner(world.session, world.program, wave_id=wave.id, status=WaveStatus.INVITED)
        looks.append(new_move_link(world.session, partner, addressee_of(world.session, partner)))
    return [
        Look(looks[0], press="No, thank you"),
        Look(looks[1], press="Accept and open my partner page"),
        Look("/partner/nobody/move", 410),
    ]


def crawler(world: World) -> list[Look]:
    request_opt_out(world.session, domain="liftwell.com", email="owner@liftwell.com", link_url="/bot/opt-out/")
    mail = world.session.scalars(select(Notice.text)).one()
    found = re.search(r"/bot/opt-out/\S+", mail)
    assert found is not None
    return [
        Look("/bot", press="Keep it away"),
        Look("/bot/opt-out"),
        Look(found[0], press="Yes, stay away"),
        Look("/bot/opt-out/nobody", 410),
    ]


def accounts(world: World) -> list[Look]:
    wanted = Invite(email="nia@example.com", role=Role.ASSOCIATE, program_ids=[], accept_url="/invitation/")
    return [
        Look(invite(world.session, wanted, inviter=world.user).link, press="Create my account"),
        Look("/invitation/nobody", 410),
        Look("/forgot-password", press="Mail me a link"),
        Look(choose_link(world.session, world.user, reset_url="/reset/"), press="Set the password and sign in"),
        Look("/reset/nobody", 410),
    ]


def statuses(world: World) -> list[Look]:
    evidence = [{"quote": "Codes for every shop", "url": "https://harbor.example/codes"}]
    later = now() + timedelta(days=30)
    gone = world.status(ApplicationState.SUBMITTED)
    world.session.flush()
    world.session.execute(update(ApplicationLink).values(expires_at=now()))
    return [
        Look(gone.path, 410),
        world.status(ApplicationState.UNCONFIRMED, confirmed_at=None, due_at=None),
        world.status(ApplicationState.ASKED, message="Which shops?"),
        world.status(ApplicationState.APPROVED, message="Welcome."),
        world.status(ApplicationState.DECLINED, evidence=evidence, reason_codes=["coupon_traffic"], reapply_at=later),
        world.status(ApplicationState.WITHDRAWN),
        world.status(ApplicationState.REPLACED),
        Look("/apply/harbor/sent"),
        Look("/apply/harbor/sent?kept=draft"),
        Look("/embed/harbor/sent"),
        Look("/partner?sent=1"),
    ]


def references(world: World) -> list[Look]:
    application = world.application(ApplicationState.SUBMITTED)
    write_references(world.session, application, [("Bo", "bo@kiln.example")])
    asked = world.session.scalars(select(ApplicationReference)).one()
    ask_reference(world.session, application, asked.id, actor=world.user)
    found = re.search(r"/reference/\S+", world.session.scalars(select(Notice.text)).one())
    assert found is not None
    return [
        Look(found[0], press="Send"),
        Look(found[0], press="I would rather not say"),
        Look(found[0]),
        Look("/reference/nobody", 410),
    ]


def errors(_world: World) -> list[Look]:
    return [Look("/nothing/here", 404), Look("/apply/nobody", 404), Look("/application/nobody", 410)]


def _arrange(looks: Callable[[World], list[Look]]) -> list[Look]:
    with transaction() as session:
        user = make_user(session)
        program = make_program(session, user)
        make_open_page(session, program, slug="harbor", embed_sites=["https://partner.example"])
        return looks(World(session, program, user))


def _axe_in_both_themes(page: Page, axe_violations: Axe, what: str) -> None:
    for theme, width in (("dark", 390), ("light", 1280)):
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
        page.evaluate("Promise.allSettled(document.getAnimations().map(each => each.finished))")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{what} scrolls sideways"
        assert axe_violations() == [], f"{what}, {theme}"


@pytest.mark.parametrize(
    "looks",
    [unsubscribing, moving, crawler, accounts, statuses, references, errors],
    ids=lambda looks: looks.__name__,
)
def test_axe_finds_nothing_on_pages_without_a_login(
    page: Page, axe_violations: Axe, looks: Callable[[World], list[Look]]
) -> None:
    for look in _arrange(looks):
        answer = page.goto(look.path.removeprefix(HOST))
        assert answer is not None
        assert answer.status == look.status, look.path
        _axe_in_both_themes(page, axe_violations, look.path)
        if look.press:
            page.get_by_role("button", name=look.press, exact=True).click()
            expect(
                page.get_by_role("button", name=look.press, exact=True).or_(page.locator("h1")).first
            ).to_be_visible()
            _axe_in_both_themes(page, axe_violations, f"{look.path} after “{look.press}”")


@pytest.mark.parametrize("path", ["/application/nobody", "/invitation/nobody", "/partner/nobody"])
def test_axe_finds_nothing_where_somebody_tried_too_often(page: Page, axe_violations: Axe, path: str) -> None:
    limiter.enabled = True
    statuses: list[int] = []
    while 429 not in statuses and len(statuses) <= 60:
        answer = page.goto(path)
        statuses.append(answer.status if answer else 0)
    assert statuses[-1] == 429
    _axe_in_both_themes(page, axe_violations, path)
