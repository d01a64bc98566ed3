"""Terms changes and broadcasts: who is written to, who is not and why, and nobody twice."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from app.clock import now, today
from app.db import engine
from app.languages import in_language
from app.models import (
    ActionKind,
    ActionState,
    AuditEvent,
    Broadcast,
    BroadcastPerson,
    Company,
    Notice,
    Partnership,
    Program,
    Prospect,
    Provenance,
    Stage,
    SuppressionReason,
    TermsAcceptance,
    User,
)
from app.queries.care_mail import broadcast_list, receivers_of, segment_choices, terms_screen
from app.services.care.accepting import accept_terms
from app.services.care.broadcasts import BroadcastContent, change_broadcast, seen_as, send_broadcast, write_broadcast
from app.services.care.segments import Segment, addressed
from app.services.care.tags import set_tags
from app.services.care.terms_changes import WantedChange, remind_partners, tell_partners, who_is_told
from app.services.errors import Conflict, InvalidInput
from app.services.onboarding.doing import Sent, do_action
from app.services.onboarding.events import Doer
from app.services.onboarding.people import NewPerson, add_person, people_of
from app.services.onboarding.progress import locked_action
from app.services.onboarding.starting import start_plan
from app.services.suppressions import suppress
from tests.care_world import make_terms
from tests.onboarding_world import action_in, make_partner, make_template
from tests.world import make_program, make_user


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def program(session: Session, user: User) -> Program:
    return make_program(session, user)


def in_days(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


def notices(session: Session, kind: str) -> list[Notice]:
    return list(session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id)))


def test_each_partner_on_an_older_version_is_told_once_and_reminded_once(
    session: Session, program: Program, user: User
) -> None:
    first, second = make_terms(session, program, 1), make_terms(session, program, 2)
    old, person = make_partner(session, program, None, terms_id=first.id)
    current, _ = make_partner(session, program, None, terms_id=second.id)
    silent, silenced = make_partner(session, program, None)
    suppress(session, silenced.email, reason=SuppressionReason.OPT_OUT)
    left, _ = make_partner(session, program, None)
    session.get_one(Prospect, left.prospect_id).stage = Stage.DECLINED
    make_partner(session, make_program(session, user), None)
    preview = who_is_told(session, program, second)
    assert [each.person_id for each in preview.to] == [person.id]
    assert {each.partnership_id: each.why_not for each in preview.skipped} == {
        current.id: "Accepted version 2 already.",
        silent.id: "On the list of who must not be mailed (opt out).",
        left.id: "They are no partner any more (Declined).",
    }
    wanted = WantedChange(accept_by=in_days(30), summary="Cookies last {30} days.")
    _, count = tell_partners(session, program, wanted, terms_id=second.id, actor=user)
    assert count == 1
    mail = notices(session, "partner_terms")[0]
    assert mail.to_address == person.email
    assert "version 2 is in force" in mail.text
    assert "Cookies last {30} days." in mail.text
    assert "/partner/" in mail.text
    assert tell_partners(session, program, wanted, terms_id=second.id, actor=user)[1] == 0
    assert remind_partners(session, program, terms_id=second.id, actor=user) == 1
    assert remind_partners(session, program, terms_id=second.id, actor=user) == 0
    assert len(notices(session, "partner_terms")) == 2
    with pytest.raises(Conflict, match="Version 2 of the terms was published meanwhile"):
        tell_partners(session, program, wanted, terms_id=first.id, actor=user)
    with pytest.raises(InvalidInput, match="from tomorrow on"):
        tell_partners(session, program, WantedChange(accept_by=in_days(0)), terms_id=second.id, actor=user)
    screen = terms_screen(session, program.id, second.id)
    assert (screen.accepted, screen.waiting, screen.told) == (1, 2, 1)
    assert [(row.partnership_id, row.stands_on) for row in screen.rows] == [(silent.id, None), (old.id, 1)]


def test_accepting_keeps_both_versions_and_ticks_the_step_that_asks_for_it(
    session: Session, program: Program, user: User
) -> None:
    first = make_terms(session, program, 1)
    template = make_template(session, program, user, ActionKind.ACCEPT_TERMS, ActionKind.TO_DO)
    partnership, person = make_partner(session, program, template)
    accept_terms(session, partnership, terms_id=first.id, person=person, address="203.0.113.7")
    assert action_in(session, partnership, ActionKind.ACCEPT_TERMS).state is ActionState.DONE
    second = make_terms(session, program, 2)
    with pytest.raises(InvalidInput, match="this is version 2"):
        accept_terms(session, partnership, terms_id=first.id, person=person, address="203.0.113.7")
    accept_terms(session, partnership, terms_id=second.id, person=person, address="203.0.113.8")
    accept_terms(session, partnership, terms_id=second.id, person=person, address="203.0.113.9")
    kept = session.scalars(select(TermsAcceptance).order_by(TermsAcceptance.id)).all()
    assert [(row.terms_id, row.person_id, row.address) for row in kept] == [
        (first.id, person.id, "203.0.113.7"),
        (second.id, person.id, "203.0.113.8"),
    ]
    assert partnership.terms_id == second.id


def test_a_segment_is_chosen_by_tier_stage_country_and_tag(session: Session, program: Program, user: User) -> None:
    gold, _ = make_partner(session, program, None, tier="Gold")
    plain, _ = make_partner(session, program, None)
    company = session.get_one(Company, session.get_one(Prospect, gold.prospect_id).company_id)
    company.country = "PL"
    session.get_one(Prospect, plain.prospect_id).stage = Stage.ACTIVE
    set_tags(session, plain, "Berlin,  SaaS , berlin", actor=user)

    def reached(**chosen: object) -> list[int]:
        return [each.partnership_id for each in addressed(session, program.id, Segment(**chosen)).to]  # type: ignore[arg-type]

    assert sorted(reached()) == sorted([gold.id, plain.id])
    assert reached(tiers=("Gold",)) == [gold.id]
    assert reached(tiers=("",)) == [plain.id]
    assert reached(countries=("PL",)) == [gold.id]
    assert reached(countries=("",)) == [plain.id]
    assert reached(stages=(Stage.ACTIVE,)) == [plain.id]
    assert reached(tags=("saas",)) == [plain.id]
    assert reached(tags=("saas",), tiers=("Gold",)) == []
    choices = segment_choices(session, program.id)
    assert choices.tags == (("berlin", 1), ("saas", 1))
    assert choices.countries == (("", 1), ("PL", 1))


def test_a_broadcast_reaches_each_person_once_and_is_on_record(session: Session, program: Program, user: User) -> None:
    first, person = make_partner(session, program, None)
    second, _ = make_partner(session, program, None)
    third, _ = make_partner(session, program, None)
    for partnership, email in ((first, "bo@partner.example"), (second, "bo@partner.example")):
        add_person(session, partnership, NewPerson(name="Bo", email=email), provenance=Provenance.HAND)
    suppress(session, "ada" + person.email[3:], reason=SuppressionReason.COMPLAINT)
    session.get_one(Prospect, third.prospect_id).stage = Stage.WITHDRAWN
    content = BroadcastContent(subject="New {rates}", text="From {July} on.", segment=Segment(is_everybody=True))
    draft = write_broadcast(session, program, content, actor=user)
    with pytest.raises(Conflict, match="reaches 2 people now, not 3"):
        send_broadcast(session, draft, expected=3, seen=seen_as(draft), actor=user)
    with in_language("de", is_staff=True):  # the reasons are kept in English, whoever sends
        assert send_broadcast(session, draft, expected=2, seen=seen_as(draft), actor=user) == 2
    with pytest.raises(Conflict, match="sent already"):
        send_broadcast(session, draft, expected=2, seen=seen_as(draft), actor=user)
    sent = notices(session, "partner_broadcast")
    assert [mail.subject for mail in sent] == ["New {rates}", "New {rates}"]
    assert len({mail.to_address for mail in sent}) == 2
    assert "From {July} on." in sent[0].text
    assert "/u/" in sent[0].text
    rows, more = receivers_of(session, draft.id)
    assert more is None
    assert len([row for row in rows if not row.why_not]) == 2
    assert {row.why_not for row in rows} == {
        "",
        "On the list of who must not be mailed (complaint).",
        "Gets this mail for another partner already.",
        "They are no partner any more (Withdrawn).",
    }
    assert [(row.sent, row.skipped) for row in broadcast_list(session, program.id)[0]] == [(2, 3)]


def test_two_who_send_at_once_send_one_broadcast(session: Session, program: Program, user: User) -> None:
    make_partner(session, program, None)
    draft = write_broadcast(session, program, BroadcastContent(subject="News", text="News."), actor=user)
    session.flush()
    session.expunge(draft)
    stale = session.get_one(Broadcast, draft.id)
    assert send_broadcast(session, stale, expected=1, seen=seen_as(stale), actor=user) == 1
    with pytest.raises(Conflict, match="Nobody gets it twice"):
        send_broadcast(session, draft, expected=1, seen=seen_as(draft), actor=user)
    assert session.scalar(select(func.count()).select_from(BroadcastPerson)) == 1
    assert session.scalar(select(func.count()).select_from(Partnership)) == 1


def test_a_draft_that_somebody_else_changed_is_neither_sent_nor_overwritten(
    session: Session, program: Program, user: User
) -> None:
    make_partner(session, program, None)
    draft = write_broadcast(session, program, BroadcastContent(subject="News", text="News."), actor=user)
    seen = seen_as(draft)
    change_broadcast(session, draft, BroadcastContent(subject="News", text="Other."), seen=seen, actor=user)
    with pytest.raises(Conflict, match="nothing was sent"):
        send_broadcast(session, draft, expected=1, seen=seen, actor=user)
    with pytest.raises(InvalidInput, match="changed this draft meanwhile"):
        change_broadcast(session, draft, BroadcastContent(subject="Mine", text="Mine."), seen=seen, actor=user)
    assert (draft.subject, draft.text) == ("News", "Other.")


def test_two_partners_behind_one_address_are_each_told_of_terms(session: Session, program: Program, user: User) -> None:
    terms = make_terms(session, program, 1)
    for partnership in (make_partner(session, program, None)[0], make_partner(session, program, None)[0]):
        for person in people_of(session, partnership.id):
            person.email = "agency@partner.example"
    wanted = WantedChange(accept_by=in_days(9))
    assert tell_partners(session, program, wanted, terms_id=terms.id, actor=user)[1] == 2
    assert remind_partners(session, program, terms_id=terms.id, actor=user) == 2


def test_the_step_keeps_what_was_accepted_before_and_who_accepts_now(
    session: Session, program: Program, user: User
) -> None:
    first = make_terms(session, program, 1)
    template = make_template(session, program, user, ActionKind.ACCEPT_TERMS)
    partnership, person = make_partner(session, program, None, terms_id=first.id, terms_accepted_at=now())
    second = make_terms(session, program, 2)
    start_plan(session, partnership, template, by_user_id=None)
    plan, action = locked_action(session, partnership, action_in(session, partnership, ActionKind.ACCEPT_TERMS).id)
    sent = Sent(fields={"done": "y", "terms_id": str(second.id)}, address="203.0.113.8")
    do_action(session, plan, action, sent, Doer(person_id=person.id))
    kept = session.execute(
        select(TermsAcceptance.terms_id, TermsAcceptance.person_id, TermsAcceptance.address).order_by(
            TermsAcceptance.id
        )
    ).all()
    assert [tuple(row) for row in kept] == [(first.id, None, ""), (second.id, person.id, "203.0.113.8")]


def test_a_press_that_saw_an_older_row_finds_the_terms_accepted(session: Session, program: Program) -> None:
    terms = make_terms(session, program, 1)
    partnership, person = make_partner(session, program, None)
    session.flush()
    # As the other press has left it, behind the back of the row this one has read.
    changed = update(Partnership).where(Partnership.id == partnership.id)
    session.execute(
        changed.values(terms_id=terms.id, terms_accepted_at=now(), terms_address="203.0.113.7"),
        execution_options={"synchronize_session": False},
    )
    accept_terms(session, partnership, terms_id=terms.id, person=person, address="203.0.113.9")
    assert partnership.terms_address == "203.0.113.7"
    assert session.scalar(select(AuditEvent.id).where(AuditEvent.action == "terms.accepted")) is None


def test_stages_that_exist_no_more_choose_nobody(session: Session, program: Program) -> None:
    make_partner(session, program, None)
    for segment in (Segment.of({"stages": ["no_such"]}), Segment.of(Segment.of({"stages": ["no_such"]}).stored())):
        assert addressed(session, program.id, segment).to == ()


def test_who_is_told_takes_as_many_statements_for_forty_as_for_four(session: Session, program: Program) -> None:
    terms = make_terms(session, program, 1)
    statements: list[str] = []
    listener = (engine(), "before_cursor_execute", lambda *values: statements.append(values[2]))
    counts = []
    for more in (4, 36):
        for _ in range(more):
            make_partner(session, program, None)
        statements.clear()
        event.listen(*listener)
        who_is_told(session, program, terms)
        event.remove(*listener)
        counts.append(len(statements))
    assert counts[0] == counts[1] < 10
