"""Who complements a partner is shown in the words of both sites, and two partners are asked once."""

import pytest
from sqlalchemy import Select, event, select
from sqlalchemy.orm import ORMExecuteState, Session

from app.models import (
    Activity,
    ActivityKind,
    Crawl,
    CrawlState,
    JointActivity,
    Notice,
    Partnership,
    Prospect,
    Provenance,
    Signal,
    SuppressionReason,
)
from app.queries.care_introductions import complements_of
from app.services.care.introducing import introduce
from app.services.care.joint import cancel_joint, restore_joint
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.onboarding.people import NewPerson, add_person
from app.services.suppressions import suppress
from tests.onboarding_world import make_partner
from tests.world import make_program, make_user


def says(session: Session, partnership: Partnership, **facts: str) -> None:
    """Let a partner's site say these facts: `industry` and `service`, several separated by commas."""
    company_id = session.get_one(Prospect, partnership.prospect_id).company_id
    crawl = Crawl(company_id=company_id, state=CrawlState.DONE)
    session.add(crawl)
    session.flush()
    for name, values in facts.items():
        for value in values.split(", "):
            quote = f"We do {value} here."
            signal = Signal(company_id=company_id, crawl_id=crawl.id, name=name, value=value, quote=quote)
            session.add(signal)


def test_same_customers_other_services_both_quoted_and_asked_once(session: Session) -> None:
    user = make_user(session)
    program = make_program(session, user)
    one, two, three, foreign = (
        make_partner(session, where, None)[0] for where in (program, program, program, make_program(session, user))
    )
    says(session, one, industry="Retail, Food", service="SEO, E-mail")
    says(session, two, industry="retail", service="Photography, SEO")
    says(session, three, industry="Banks", service="Photography")
    says(session, foreign, industry="Retail", service="Photography")
    found = complements_of(session, one).found
    assert [each.partnership_id for each in found] == [two.id]
    assert [(shared.ours.quote, shared.theirs.quote) for shared in found[0].shared] == [
        ("We do Retail here.", "We do retail here.")
    ]
    assert [fact.value for fact in found[0].only_ours] == ["E-mail"]
    assert [fact.value for fact in found[0].only_theirs] == ["Photography"]
    assert "No other partner serves" in complements_of(session, three).why_none
    introduce(session, one, two.id, why="You share shops.", actor=user)
    messages = session.scalars(select(Activity.body).where(Activity.kind == ActivityKind.MESSAGE)).all()
    assert len(messages) == 2
    assert all("You share shops." in text and "@" not in text for text in messages)
    assert complements_of(session, two).found[0].is_introduced
    with pytest.raises(Conflict, match="asked already"):
        introduce(session, two, one.id, why="", actor=user)
    with pytest.raises(NotFound):
        introduce(session, one, foreign.id, why="", actor=user)
    cancel_joint(session, session.scalars(select(JointActivity)).one(), actor=user)
    assert not complements_of(session, one).found[0].is_introduced
    canceled = session.scalars(select(JointActivity)).one()
    introduce(session, two, one.id, why="", actor=user)
    with pytest.raises(Conflict, match="introduced anew"):
        restore_joint(session, canceled, actor=user)


def test_each_side_is_asked_in_the_languages_of_its_own_people(session: Session) -> None:
    user = make_user(session)
    program = make_program(session, user)
    (one, ada), (two, bea) = (make_partner(session, program, None) for _ in range(2))
    ada.language, bea.language = "de", "pl"
    colleague = NewPerson(name="Bo", email="bo@partner.example")
    add_person(session, one, colleague, provenance=Provenance.HAND).language = "en"
    introduce(session, one, two.id, why="You share shops.", actor=user)
    told = dict(session.execute(select(Notice.to_address, Notice.text)).all())
    for email, words in ((ada.email, "zusammenbringen"), (bea.email, "poznali"), ("bo@partner.example", "bring you")):
        assert words in told[email]
        assert "You share shops." in told[email]
    page = select(Activity.body).where(Activity.prospect_id == one.prospect_id)
    assert "zusammenbringen" in session.scalars(page).one(), "as the main contact reads it"


def test_nobody_is_introduced_to_a_partner_who_cannot_be_mailed(session: Session) -> None:
    user = make_user(session)
    program = make_program(session, user)
    (one, _), (two, person) = (make_partner(session, program, None) for _ in range(2))
    suppress(session, person.email, reason=SuppressionReason.OPT_OUT)
    with pytest.raises(InvalidInput, match="asked for no mail"):
        introduce(session, one, two.id, why="", actor=user)


def test_both_partners_are_held_in_one_order_before_they_are_looked_at(session: Session) -> None:
    user = make_user(session)
    program = make_program(session, user)
    (one, _), (two, _) = (make_partner(session, program, None) for _ in range(2))
    session.flush()
    seen: list[tuple[bool, str]] = []

    def note(state: ORMExecuteState) -> None:
        if isinstance(state.statement, Select):
            held = state.statement._for_update_arg is not None
            seen.append((held, str(state.statement)))

    event.listen(session, "do_orm_execute", note)
    introduce(session, two, one.id, why="", actor=user)
    holding = next(place for place, (held, text) in enumerate(seen) if held and "ORDER BY partnerships.id" in text)
    asking = next(place for place, (_, text) in enumerate(seen) if "FROM joint_activities" in text)
    assert holding < asking
