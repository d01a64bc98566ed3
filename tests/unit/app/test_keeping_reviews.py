"""Business reviews: the agenda comes from the data, a finished one is frozen, the partner sees what was shared."""

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.models import (
    ActionKind,
    Activity,
    ActivityKind,
    BusinessReview,
    ChangeKind,
    Company,
    Contact,
    Crawl,
    CrawlState,
    Notice,
    PartnerResult,
    Partnership,
    Prospect,
    Provenance,
    ResultSource,
    ReviewState,
    Role,
    SiteChange,
    SuppressionReason,
    Task,
    User,
)
from app.queries.keeping_agenda import agenda_of
from app.queries.keeping_reviews import shared_reviews
from app.services.erasing import erase_person
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.keeping import reviews as service
from app.services.keeping.goals import Report, report_checkpoint
from app.services.keeping.reviews import TypedReview, months_later
from app.services.onboarding.events import Doer
from app.services.onboarding.mails import mail_link_asked_for, mail_person
from app.services.onboarding.messages import write_to_partner
from app.services.onboarding.people import NewPerson, add_person, people_of
from app.services.suppressions import suppress
from tests.keeping_world import make_goal, make_review
from tests.onboarding_world import make_partner, make_template
from tests.world import make_program, make_user


@pytest.fixture
def manager(session: Session) -> User:
    return make_user(session, Role.ACCOUNT_MANAGER, name="Joanna Wilk")


@pytest.fixture
def partnership(session: Session, manager: User) -> Partnership:
    program = make_program(session, manager)
    template = make_template(session, program, manager, ActionKind.TO_DO)
    return make_partner(session, program, template, account_manager_id=manager.id)[0]


def write(session: Session, review: BusinessReview, manager: User, **values: str) -> None:
    typed = {"held_on": review.held_on.isoformat()} | values
    service.write_review(session, review, TypedReview(**typed, version=review.version), actor=manager)


def test_agenda_says_what_happened_and_a_finished_review_keeps_it(
    session: Session, partnership: Partnership, manager: User
) -> None:
    goal = make_goal(session, partnership, manager)
    report_checkpoint(session, goal, Report(value="20"), Doer(manager.id))
    prospect = session.get_one(Prospect, partnership.prospect_id)
    late = Task(program_id=prospect.program_id, prospect_id=prospect.id, title="Send the deck", due_at=now())
    call = Activity(prospect_id=prospect.id, kind=ActivityKind.CALL, body="Talked", author_id=manager.id)
    before = Activity(prospect_id=prospect.id, kind=ActivityKind.CALL, body="Long ago", author_id=manager.id)
    before.at = now() - timedelta(days=40)
    crawl = Crawl(company_id=prospect.company_id, state=CrawlState.DONE)
    result = PartnerResult(
        program_id=prospect.program_id, partnership_id=partnership.id, month=today().replace(day=1), leads=7
    )
    result.amount_cents, result.currency, result.source = 120_000, "EUR", ResultSource.HAND
    session.add_all([late, call, before, crawl, result])
    session.flush()
    change = SiteChange(company_id=prospect.company_id, crawl_id=crawl.id, url="https://x.example/a")
    change.kind = ChangeKind.PAGE_GONE
    session.add(change)
    review = make_review(session, partnership, manager)
    session.flush()
    agenda = agenda_of(session, partnership, review.since_on)
    assert [(each["kpi"], each["label"], each["expected"]) for each in agenda["goals"]] == [
        ("Signed shops", "Behind", "50")
    ]
    assert [(each["revenue"], each["leads"]) for each in agenda["results"]] == [("1,200.00 EUR", 7)]
    assert (agenda["tasks"]["open"], agenda["tasks"]["late"]) == (1, 1)
    assert [line["title"] for line in agenda["steps"]["lines"]] == ["Put our logo up"]
    assert (agenda["contact"]["calls"], agenda["days_since_touch"]) == (1, 0)
    assert agenda["site"] == {
        "changes": 1,
        "lines": [{"what": "Page gone", "title": "https://x.example/a", "url": "https://x.example/a"}],
    }

    later = today() + timedelta(days=90)
    write(session, review, manager, notes="Good talk", decisions="Two webinars", next_on=later.isoformat())
    service.finish_review(session, review, partnership, actor=manager)
    report_checkpoint(session, goal, Report(value="100"), Doer(manager.id))
    session.expire(review)
    assert review.agenda["goals"][0]["label"] == "Behind"
    assert {key: review.agenda[key] for key in ("tasks", "contact", "site")} == {
        key: agenda[key] for key in ("tasks", "contact", "site")
    }
    for forbidden in (
        lambda: write(session, review, manager, notes="Better"),
        lambda: service.finish_review(session, review, partnership, actor=manager),
        lambda: service.call_off_review(session, review, actor=manager),
    ):
        with pytest.raises(Conflict, match="finished"):
            forbidden()
    following = session.scalars(select(BusinessReview).where(BusinessReview.state == ReviewState.PLANNED)).one()
    assert (following.held_on, following.since_on, following.rhythm) == (later, review.held_on, review.rhythm)


def test_partner_sees_the_summary_once_it_is_shared_and_nothing_else(
    session: Session, partnership: Partnership, manager: User
) -> None:
    review = make_review(session, partnership, manager)
    write(session, review, manager, notes="They may leave", decisions="Lower the fee", summary="We go on together")
    with pytest.raises(Conflict, match="finished review"):
        service.share_review(session, review, partnership, actor=manager)
    service.finish_review(session, review, partnership, actor=manager)
    assert shared_reviews(session, partnership.id) == ()
    assert service.share_review(session, review, partnership, actor=manager)
    (seen,) = shared_reviews(session, partnership.id)
    assert (seen.summary, seen.held_on) == ("We go on together", today())
    mail = session.scalars(select(Notice).order_by(Notice.id.desc()).limit(1)).one()
    assert "on your page, under Goals" in mail.text
    assert "fee" not in mail.text + mail.subject
    service.unshare_review(session, review, actor=manager)
    assert shared_reviews(session, partnership.id) == ()


def test_each_reads_of_a_summary_in_their_own_language_or_that_of_their_country(
    session: Session, partnership: Partnership, manager: User
) -> None:
    [ada] = people_of(session, partnership.id)
    ada.language = "pl"
    add_person(session, partnership, NewPerson(name="Bea", email="bea@p.example"), provenance=Provenance.HAND)
    company_id = session.get_one(Prospect, partnership.prospect_id).company_id
    session.get_one(Company, company_id).country = "DE"
    review = make_review(session, partnership, manager)
    write(session, review, manager, summary="We go on together")
    service.finish_review(session, review, partnership, actor=manager)
    assert service.share_review(session, review, partnership, actor=manager)
    mails = session.scalars(select(Notice).where(Notice.kind == "partner_message").order_by(Notice.id)).all()
    assert [("Podsumowanie" in mail.text, "Zusammenfassung" in mail.text) for mail in mails] == [
        (True, False),
        (False, True),
    ]
    assert "Guten Tag Bea" in mails[1].text
    assert "Podsumowanie" in session.scalars(select(Activity.body).order_by(Activity.id.desc()).limit(1)).one()


def test_those_who_want_no_mail_get_none_and_whoever_writes_is_told(
    session: Session, partnership: Partnership, manager: User
) -> None:
    review = make_review(session, partnership, manager)
    write(session, review, manager, summary="We go on together")
    service.finish_review(session, review, partnership, actor=manager)
    (person,) = people_of(session, partnership.id)
    new = NewPerson(name="Bo Lind", email="bo@other.example")
    second = add_person(session, partnership, new, provenance=Provenance.HAND)
    suppress(session, person.email, reason=SuppressionReason.OPT_OUT)
    assert write_to_partner(session, partnership, "Hello", author=manager) == 1
    assert session.scalars(select(Notice.to_address).where(Notice.kind == "partner_message")).all() == [second.email]
    suppress(session, second.email, reason=SuppressionReason.OPT_OUT)
    assert not service.share_review(session, review, partnership, actor=manager)
    with pytest.raises(InvalidInput, match="asked for no mail"):
        write_to_partner(session, partnership, "Hello", author=manager)
    assert not mail_person(session, person, "welcome")
    mail_link_asked_for(session, person)
    assert session.scalars(select(Notice.to_address).where(Notice.kind == "partner_link")).all() == [person.email]


def test_one_review_is_planned_at_a_time(session: Session, partnership: Partnership, manager: User) -> None:
    review = make_review(session, partnership, manager)
    service.call_off_review(session, review, actor=manager)
    second = make_review(session, partnership, manager)
    assert second.id != review.id
    with pytest.raises(InvalidInput) as refused:
        service.plan_review(session, partnership, rhythm="weekly", held_on="2020-01-01", actor=manager)
    assert set(refused.value.fields) == {"rhythm", "held_on"}
    other, _ = make_partner(session, make_program(session, manager), None)
    with pytest.raises(NotFound):
        service.review_in(session, other, review.id)
    with pytest.raises(Conflict, match="planned with this partner already"):
        make_review(session, partnership, manager)


def test_stale_form_overwrites_nothing_and_a_day_to_come_cannot_be_finished(
    session: Session, partnership: Partnership, manager: User
) -> None:
    review = make_review(session, partnership, manager)
    stale = TypedReview(held_on=review.held_on.isoformat(), notes="Mine", version=review.version)
    tomorrow = (today() + timedelta(days=1)).isoformat()
    write(session, review, manager, notes="Theirs", held_on=tomorrow)
    with pytest.raises(InvalidInput, match="while you wrote"):
        service.write_review(session, review, stale, actor=manager)
    assert review.notes == "Theirs"
    with pytest.raises(InvalidInput, match="still to come"):
        service.finish_review(session, review, partnership, actor=manager)
    with time_machine.travel(now() + timedelta(days=2), tick=False):
        service.finish_review(session, review, partnership, actor=manager)
    assert review.state is ReviewState.FINISHED


def test_erased_person_is_blotted_out_of_reviews_and_goals(
    session: Session, partnership: Partnership, manager: User
) -> None:
    goal = make_goal(session, partnership, manager)
    report_checkpoint(session, goal, Report(value="20", note="Ada Byrne counted"), Doer(manager.id))
    task = Task(program_id=partnership.program_id, prospect_id=partnership.prospect_id, title="Call Ada Byrne")
    session.add(task)
    review = make_review(session, partnership, manager)
    write(session, review, manager, notes="Ada Byrne was late", summary="Thanks to Ada Byrne")
    service.finish_review(session, review, partnership, actor=manager)
    contact = session.scalars(select(Contact)).one()
    erase_person(session, contact, typed=contact.key, program_id=partnership.program_id, actor=manager)
    session.expire_all()
    assert (review.notes, review.summary) == ("[erased] was late", "Thanks to [erased]")
    assert review.agenda["tasks"]["lines"][0]["title"] == "Call [erased]"


def test_a_month_that_is_too_short_ends_on_its_last_day() -> None:
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2026, 11, 30), 3) == date(2027, 2, 28)
