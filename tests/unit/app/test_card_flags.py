"""Flags of cards: each is on the card that has it, the filter finds the same ones, and no card of a neighbor has it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.clock import now
from app.models import (
    ChangeKind,
    Company,
    Contact,
    ContactField,
    ContactValue,
    Crawl,
    CrawlState,
    MailState,
    Program,
    Prospect,
    Provenance,
    ReceivedMail,
    Signal,
    SiteChange,
    Suppression,
    SuppressionReason,
    Task,
    TaskState,
)
from app.models.merge import DuplicatePair
from app.queries.board import cards_by_id
from app.queries.card_flags import CardFlag
from app.queries.prospect_conditions import Look
from app.queries.prospect_filter import conditions, read_filter
from tests.world import make_program, make_prospect


def reply(session: Session, prospect: Prospect) -> None:
    session.add(_mail(prospect, "reply"))


def overdue(session: Session, prospect: Prospect) -> None:
    late = now() - timedelta(days=1)
    session.add(Task(program_id=prospect.program_id, prospect_id=prospect.id, title="Call", due_at=late))


def site_opted_out(session: Session, prospect: Prospect) -> None:
    session.get_one(Company, prospect.company_id).opted_out_at = now()


def person_opted_out(session: Session, prospect: Prospect) -> None:
    _address(session, prospect, "mia@harbor.example")
    session.add(Suppression(key="1" * 64, value="mia@harbor.example", reason=SuppressionReason.OPT_OUT))


def domain_complained(session: Session, prospect: Prospect) -> None:
    domain = session.get_one(Company, prospect.company_id).domain
    session.add(Suppression(key="2" * 64, value=domain, is_domain=True, reason=SuppressionReason.COMPLAINT))


def risky(session: Session, prospect: Prospect) -> None:
    crawl = _crawl(session, prospect)
    session.add(Signal(company_id=prospect.company_id, crawl_id=crawl.id, name="kind_of_site", value="gambling"))


def twice(session: Session, prospect: Prospect) -> None:
    other = make_prospect(session, session.get_one(Program, prospect.program_id), "twin.example")
    first, second = sorted((prospect.company_id, other.company_id))
    session.add(DuplicatePair(first_id=first, second_id=second, confidence=0.8))


def changed(session: Session, prospect: Prospect) -> None:
    session.add(_change(session, prospect, now() - timedelta(days=3)))


WAYS = [
    (CardFlag.REPLY, reply), (CardFlag.OVERDUE, overdue), (CardFlag.OPTED_OUT, site_opted_out),
    (CardFlag.OPTED_OUT, person_opted_out), (CardFlag.OPTED_OUT, domain_complained), (CardFlag.RISK, risky),
    (CardFlag.DUPLICATE, twice), (CardFlag.CHANGED, changed),
]  # fmt: skip


@pytest.mark.parametrize(("flag", "happens"), WAYS)
def test_a_flag_is_on_its_card_and_found_by_the_filter(
    session: Session, flag: CardFlag, happens: Callable[[Session, Prospect], None]
) -> None:
    program = make_program(session)
    prospect, neighbor = make_prospect(session, program), make_prospect(session, program)
    happens(session, prospect)
    session.flush()
    cards = cards_by_id(session, program.id, [prospect.id, neighbor.id])
    assert (cards[prospect.id].flags, cards[neighbor.id].flags) == ((flag,), ())
    for look in Look:
        assert prospect.id in found(session, program, f"flag={flag.value}", look)
        assert neighbor.id not in found(session, program, f"flag={flag.value}", look)


def test_what_is_over_or_somebody_elses_is_no_flag(session: Session) -> None:
    program, other = make_program(session), make_program(session)
    prospect = make_prospect(session, program, "harbor.example")
    stranger = make_prospect(session, other)
    session.add(Task(program_id=program.id, prospect_id=prospect.id, title="Done", due_at=now() - timedelta(days=1),
                     state=TaskState.DONE))  # fmt: skip
    session.add(_mail(prospect, "reply", handled_at=now()))
    session.add(_mail(prospect, "auto_reply"))
    session.add(_change(session, prospect, now() - timedelta(days=15)))
    _address(session, prospect, "mia@harbor.example")
    session.add(Suppression(key="3" * 64, value="mia@harbor.example", reason=SuppressionReason.HARD_BOUNCE))
    twin = make_prospect(session, program)
    session.add_all(
        [
            DuplicatePair(first_id=prospect.company_id, second_id=stranger.company_id, confidence=0.8),
            DuplicatePair(first_id=prospect.company_id, second_id=twin.company_id, confidence=0.8, dismissed_at=now()),
        ]
    )
    session.flush()
    assert cards_by_id(session, program.id, [prospect.id])[prospect.id].flags == ()
    for look in Look:
        assert found(session, program, "&".join(f"flag={flag.value}" for flag in CardFlag), look) == []


def test_several_flags_stand_in_one_order_and_any_of_them_passes(session: Session) -> None:
    program = make_program(session)
    both, one = make_prospect(session, program), make_prospect(session, program)
    changed(session, both)
    reply(session, both)
    changed(session, one)
    session.flush()
    assert cards_by_id(session, program.id, [both.id])[both.id].flags == (CardFlag.REPLY, CardFlag.CHANGED)
    assert found(session, program, "flag=reply&flag=changed", Look.SETS) == [both.id, one.id]
    assert found(session, program, "flag=reply", Look.SETS) == [both.id]


def found(session: Session, program: Program, query: str, look: Look) -> list[int]:
    args: MultiDict[str, str] = MultiDict([("flag", part.partition("=")[2]) for part in query.split("&")])
    chosen, problems = read_filter(args, user_id=1)
    assert problems == []
    rows = select(Prospect.id).where(Prospect.program_id == program.id, *conditions(chosen, look))
    return sorted(session.scalars(rows))


def _mail(prospect: Prospect, kind: str, **values: object) -> ReceivedMail:
    return ReceivedMail(
        **{"source": "sendgrid", "content_key": f"{prospect.id}-{kind}-{len(values)}".ljust(64, "0"), "raw": b"x",
           "state": MailState.READ, "kind": kind, "program_id": prospect.program_id, "prospect_id": prospect.id}
        | values
    )  # fmt: skip


def _crawl(session: Session, prospect: Prospect) -> Crawl:
    crawl = Crawl(company_id=prospect.company_id, state=CrawlState.DONE)
    session.add(crawl)
    session.flush()
    return crawl


def _change(session: Session, prospect: Prospect, at: object) -> SiteChange:
    crawl = _crawl(session, prospect)
    return SiteChange(
        company_id=prospect.company_id, crawl_id=crawl.id, kind=ChangeKind.PAGE_CHANGED, url="https://a.example/", at=at
    )


def _address(session: Session, prospect: Prospect, address: str) -> None:
    contact = Contact(company_id=prospect.company_id, key=address)
    session.add(contact)
    session.flush()
    session.add(
        ContactValue(contact_id=contact.id, field=ContactField.EMAIL, value=address, provenance=Provenance.HAND)
    )
