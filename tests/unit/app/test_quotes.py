"""The passage a mail quotes, from the worker's side: held while the page does not say it, sent once it does again."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.clock import now
from app.db import transaction
from app.models import Enrollment, FitScore, Message, MessageState, Page, Prospect, User
from app.queries.quotes import carries
from app.services.approving import approval_case, approve_mail
from app.services.errors import InvalidInput
from app.services.ledger.next_step import next_steps
from tests.ledger_world import Ledger, content, make_ledger, only_message
from tests.outreach_world import make_page
from tests.world import make_profile, make_user

SAID = "We build *online* shops that merchants can run without us."
QUOTING = {"": {"subject": "Hello", "body": "You write: {{ site.quote }}"}}


def quoting() -> dict[str, Any]:
    said = content({"id": "first", "kind": "email"})
    return {**said, "words": {"first": QUOTING}}


def world(session: Session, *, is_chosen: bool) -> tuple[Ledger, Enrollment, Page]:
    """Add an enrollment due now whose mail quotes a page, chosen before or the best one."""
    ledger = make_ledger(session, quoting())
    [enrollment] = ledger.enroll(session)
    prospect = session.get_one(Prospect, enrollment.prospect_id)
    page = make_page(session, prospect, f"Hello. {SAID}")
    citation = {"url": page.url, "quote": SAID, "points": 3.0}
    part = {"id": "shops", "label": "Online shops", "points": 3.0, "citations": [citation]}
    profile = make_profile(session, ledger.program)
    session.add(FitScore(prospect_id=prospect.id, profile_id=profile.id, score=80, parts=[part], model_id="m"))
    if is_chosen:
        enrollment.quote = {"url": page.url, "text": SAID}
    return ledger, enrollment, page


def rewrite(page: Page, text: str) -> None:
    with transaction() as session:
        session.get_one(Page, page.id).text = text


def test_a_mail_is_held_while_its_page_does_not_say_it_and_leaves_when_it_does(database: Engine) -> None:
    with time_machine.travel(now(), tick=False) as traveller:
        with transaction() as session:
            ledger, enrollment, page = world(session, is_chosen=True)
        ledger.plan()
        rewrite(page, "We sell shoes now.")
        assert ledger.worker().drain(lane=0) == 0
        assert ledger.transport.sent == []
        with transaction() as session:
            blockers = next_steps(session, [enrollment.id])[enrollment.id].blockers
        assert any("no longer says" in blocker.sentence for blocker in blockers)
        rewrite(page, SAID)
        traveller.shift(timedelta(minutes=31))
        assert ledger.send() == 1
    assert SAID in ledger.transport.sent[0].text


def approve(session: Session, ledger: Ledger, actor: User, body: str) -> Message:
    message = session.get_one(Message, only_message().id)
    approve_mail(session, approval_case(session, ledger.program, message.id), subject="Hello", body=body, actor=actor)
    return message


@pytest.mark.parametrize(
    "body", [f"You write: {SAID}", "You write: “We build online shops\nthat merchants can run without us.”"]
)
def test_a_mail_approved_with_a_quote_that_nobody_chose_is_held_as_well(database: Engine, body: str) -> None:
    with transaction() as session:
        ledger, enrollment, page = world(session, is_chosen=False)
        actor = make_user(session)
    ledger.plan()
    with transaction() as session:
        session.get_one(Message, only_message().id).needs_approval = True
    with transaction() as session:
        approve(session, ledger, actor, body)
        assert session.get_one(Enrollment, enrollment.id).quote == {"url": page.url, "text": SAID}
    rewrite(page, "We sell shoes now.")
    assert ledger.worker().drain(lane=0) == 0
    assert only_message().state is MessageState.PLANNED


def test_words_that_the_page_no_longer_says_cannot_be_approved(database: Engine) -> None:
    with transaction() as session:
        ledger, _, page = world(session, is_chosen=True)
        actor = make_user(session)
    ledger.plan()
    with transaction() as session:
        session.get_one(Message, only_message().id).needs_approval = True
    rewrite(page, "We sell shoes now.")
    with pytest.raises(InvalidInput, match="no longer says"), transaction() as session:
        approve(session, ledger, actor, f"You write:\n> {SAID}")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"Hi,\n{SAID}\nBye", True),
        ("we build ONLINE shops, that merchants\ncan run without us", True),
        ("We build shops that merchants can run without us.", False),
        ("", False),
    ],
)
def test_a_mail_carries_words_by_their_letters(text: str, found: bool) -> None:
    assert carries(text, SAID) is found
    assert not carries(text, "…")
