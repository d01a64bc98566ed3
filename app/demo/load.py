"""Load the demo into an empty database: people, programs, profiles, imports, and a board that was worked on.

Only use-cases of the product are called, so the demo takes the way every row takes: the imports ask for crawls, the
real crawler reads the demo's sites, and scores come in while somebody looks at the board.
"""

from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.demo.access import open_to_others
from app.demo.applications import open_to_strangers, take_applications
from app.demo.board import CARDS, IMPORT_FILES, DemoCard
from app.demo.care import look_after_partners
from app.demo.days import fill_the_day
from app.demo.discover import search_and_name
from app.demo.duplicates import leave_duplicates
from app.demo.fields import add_own_fields
from app.demo.house_rules import set_house_rules, set_reasons
from app.demo.keeping import keep_partners
from app.demo.onboarding import onboard_partners
from app.demo.outreach import begin_outreach
from app.demo.partner_updates import change_what_has_begun
from app.demo.people import DEMO_PASSWORD, PEOPLE
from app.demo.program import PROGRAMS, DemoProgram
from app.demo.received import receive_mail
from app.demo.telling import tell_each_other
from app.demo.tiers import add_tiers
from app.demo.views import tag_and_keep_views
from app.demo.waves import move_partners
from app.models import (
    Activity,
    ActivityKind,
    BatchState,
    Company,
    DecisionOutcome,
    MoveEvent,
    Program,
    ProgramType,
    Prospect,
    Role,
    Stage,
    StageChange,
    User,
)
from app.services.accounts import NewUser, count_users, create_user
from app.services.activities import add_activity
from app.services.decisions import Verdict, decide
from app.services.errors import Conflict
from app.services.imports.batches import Upload, add_batch, load_batch, start_batch
from app.services.imports.reading import read_table
from app.services.imports.running import run_batch
from app.services.moves import move_prospect
from app.services.passwords import hash_password
from app.services.profiles import save_profile
from app.services.programs import ProgramDetails, add_member, create_program

_WAKE_UP_IN = timedelta(days=45)


def load_demo(session: Session) -> int:
    """Fill an empty database with the demo, all or nothing, and return the number of prospects.

    Raises Conflict where anybody has an account already: demo people with a known password must never be added to
    somebody's real installation.
    """
    if count_users(session):
        raise Conflict("The demo only loads into an empty database, and this one has accounts already.")
    people = _add_people(session, hash_password(DEMO_PASSWORD))
    count = 0
    for demo in PROGRAMS:
        program = _add_program(session, demo, people)
        set_reasons(session, program, director=people["director@example.com"])
        _import_prospects(session, program, people["theo@example.com"])
        count += _work_the_board(session, program, CARDS.get(demo.slug, ()), people)
        count += leave_duplicates(session, program, people["amara@example.com"])
        tag_and_keep_views(session, program, people["theo@example.com"])
        search_and_name(session, program, people["theo@example.com"])
        begin_outreach(
            session,
            program,
            director=people["director@example.com"],
            specialist=people["theo@example.com"],
            writer=people["amara@example.com"],
        )
        receive_mail(session, program)
        take_applications(
            session, program, director=people["director@example.com"], reviewer=people["amara@example.com"]
        )
        onboard_partners(session, program, recruiter=people["theo@example.com"], manager=people["joanna@example.com"])
        change_what_has_begun(session, program, manager=people["joanna@example.com"])
        add_tiers(session, program, director=people["director@example.com"])
        keep_partners(session, program, manager=people["joanna@example.com"])
        open_to_strangers(session, program, director=people["director@example.com"])
        move_partners(session, program, director=people["director@example.com"], manager=people["joanna@example.com"])
        look_after_partners(
            session, program, director=people["director@example.com"], manager=people["joanna@example.com"]
        )
        add_own_fields(session, program, admin=people["admin@example.com"], specialist=people["theo@example.com"])
        set_house_rules(session, program, people)
        open_to_others(session, program, admin=people["admin@example.com"])
    fill_the_day(session, people)
    tell_each_other(session, people)
    return count


def _add_people(session: Session, password_hash: str) -> dict[str, User]:
    return {
        person.email: create_user(
            session,
            NewUser(email=person.email, name=person.name, role=Role(person.role), password_hash=password_hash),
            actor_id=None,
        )
        for person in PEOPLE
    }


def _add_program(session: Session, demo: DemoProgram, people: dict[str, User]) -> Program:
    admin = people["admin@example.com"]
    details = ProgramDetails(name=demo.name, type=ProgramType(demo.type), description=demo.summary, offer=demo.offer)
    program = create_program(session, details, slug=demo.slug, actor=admin)
    for person in PEOPLE:
        if demo.slug in person.programs:
            add_member(session, program, people[person.email].id, actor=admin)
    content = {
        "topics": [
            {"id": topic.id, "text": topic.text, "weight": topic.weight, "stance": topic.stance}
            for topic in demo.topics
        ],
        "exemplars": list(demo.exemplars),
        "languages": list(demo.languages),
        "countries": list(demo.countries),
    }
    save_profile(session, program, content, note="First version", base_version=0, actor=people["theo@example.com"])
    return program


def _import_prospects(session: Session, program: Program, importer: User) -> None:
    path = IMPORT_FILES[program.slug]
    content = path.read_bytes()
    upload = Upload(
        program_id=program.id,
        filename=path.name,
        content=content,
        table=read_table(content),
        uploaded_by_id=importer.id,
    )

    def same_transaction() -> AbstractContextManager[Session]:
        return nullcontext(session)

    batch = add_batch(session, upload, in_background=False)
    if run_batch(same_transaction, batch.id) is BatchState.CHECKED:
        start_batch(session, load_batch(session, batch.id), by_user_id=importer.id, in_background=False)
        run_batch(same_transaction, batch.id)
    if batch.state is not BatchState.DONE:
        raise Conflict(f"The demo's {path.name} was not imported: it ended as {batch.state}. {batch.detail}")


def _work_the_board(session: Session, program: Program, cards: tuple[DemoCard, ...], people: dict[str, User]) -> int:
    rows = session.execute(
        select(Company.domain, Prospect)
        .join(Company, Company.id == Prospect.company_id)
        .where(Prospect.program_id == program.id)
    ).all()
    prospects = dict(rows)
    for card in cards:
        _play_card(session, prospects[card.domain], card, people)
    return len(prospects)


def _play_card(session: Session, prospect: Prospect, card: DemoCard, people: dict[str, User]) -> None:
    owner = people[card.owner]
    prospect.owner_id = owner.id
    stage = Stage(card.stage)
    _move(session, prospect, stage, card.reason, owner)
    since = now() - timedelta(days=card.days_in_stage)
    prospect.stage_since_at = since
    for number, change in enumerate(_changes(session, prospect)):
        # The steps of one prospect keep their order: each a little before the day it got to where it stands.
        change.at = since if change.to_stage is stage else since - timedelta(days=20 - number)
    for activity in card.activities:
        _write_down(session, prospect, activity.kind, activity.body, people[activity.author], activity.days_ago)


def _move(session: Session, prospect: Prospect, stage: Stage, reason: str, owner: User) -> None:
    if stage in (Stage.APPROVED, Stage.ONBOARDING, Stage.ACTIVE):
        verdict = Verdict(outcome=DecisionOutcome.APPROVE, reason_codes=("right_audience",), note=reason)
        decide(session, prospect, verdict, by_user_id=owner.id)
        for step in (Stage.ONBOARDING, Stage.ACTIVE):
            if prospect.stage is not stage:
                move_prospect(session, prospect, to_stage=step, event=MoveEvent.HAND, by_user_id=owner.id)
        return
    move_prospect(
        session,
        prospect,
        to_stage=stage,
        event=MoveEvent.HAND,
        by_user_id=owner.id,
        reason=reason,
        wake_up_on=today() + _WAKE_UP_IN if stage is Stage.DORMANT else None,
    )


def _changes(session: Session, prospect: Prospect) -> list[StageChange]:
    return list(
        session.scalars(select(StageChange).where(StageChange.prospect_id == prospect.id).order_by(StageChange.id))
    )


def _write_down(session: Session, prospect: Prospect, kind: str, body: str, author: User, days_ago: int) -> Activity:
    activity = add_activity(session, prospect, kind=ActivityKind(kind), body=body, author=author)
    activity.at = now() - timedelta(days=days_ago)
    return activity
