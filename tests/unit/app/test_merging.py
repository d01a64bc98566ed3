"""Merging two companies: nothing is lost, nobody is written to twice, and undo gives back what was."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.models import (
    Activity,
    ActivityKind,
    AuditEvent,
    Company,
    Contact,
    ContactValue,
    Enrollment,
    EnrollmentState,
    ImportRow,
    Prospect,
    RowVerdict,
    Stage,
    Stop,
    Task,
)
from app.models.merge import Merge, MergeStep
from app.models.tag import ProspectTag
from app.services.companies import find_or_add_company
from app.services.erasing import erase_person
from app.services.errors import Conflict
from app.services.imports.batches import Upload, add_batch, start_batch
from app.services.imports.reading import read_table
from app.services.imports.running import run_batch
from app.services.merging.merging import Wanted, merge_companies
from app.services.merging.planning import Side
from app.services.merging.undoing import undo_merge
from app.services.retention import forget_old
from tests.merge_world import Pair, everything, make_pair
from tests.onboarding_world import make_partner
from tests.outreach_world import make_contact
from tests.world import make_program, make_prospect, make_user


@pytest.fixture
def pair(session: Session) -> Pair:
    return make_pair(session)


def do_merge(session: Session, pair: Pair, **choices: Side) -> Merge:
    kept_id, gone_id = pair.company_ids
    wanted = Wanted(kept_id=kept_id, gone_id=gone_id, choices=choices)
    return merge_companies(session, pair.program, wanted, by_user_id=pair.actor.id)


def count(session: Session, kind: type, *conditions: object) -> int:
    return session.scalar(select(func.count()).select_from(kind).where(*conditions)) or 0


def test_everything_of_the_gone_one_comes_over_once(session: Session, pair: Pair) -> None:
    gone_id, kept_id, company_id = pair.gone.id, pair.kept.id, pair.kept.company_id
    merge = do_merge(session, pair)
    assert session.get(Prospect, gone_id) is None
    kept = session.get_one(Prospect, kept_id)
    assert (kept.stage, kept.extra) == (Stage.ENGAGED, {"size": "10", "fair": "Berlin"})
    assert kept.owner_id == pair.actor.id
    for kind in (Activity, Task):
        assert count(session, kind, kind.prospect_id == kept_id) == 1, kind
    assert count(session, ProspectTag, ProspectTag.prospect_id == kept_id) == 2
    assert count(session, Stop, Stop.company_id == company_id) == 1
    assert session.scalars(select(ImportRow.prospect_id)).one() is None, "undo of the import would remove the kept one"
    people = set(session.scalars(select(Contact.key).where(Contact.company_id == company_id)))
    assert people == {"ola@northwind.example", "max@northwind.example"}
    values = session.scalars(select(ContactValue.value).where(ContactValue.contact_id == pair.same_kept.id))
    assert sorted(values) == ["Ola N.", "Ola Nowak", "ola@northwind.example"]
    assert session.get_one(Prospect, pair.elsewhere.id).company_id == company_id
    assert merge.counts["activities"] == 1
    assert count(session, AuditEvent, AuditEvent.action == "company.merged") == 1


def test_nobody_is_in_two_running_sequences_afterwards(session: Session, pair: Pair) -> None:
    do_merge(session, pair)
    states = {each.id: each.state for each in session.scalars(select(Enrollment))}
    assert states[pair.running_kept.id] is EnrollmentState.ACTIVE
    assert states[pair.running_gone.id] is EnrollmentState.STOPPED
    assert states[pair.running_only.id] is EnrollmentState.ACTIVE
    assert session.get_one(Enrollment, pair.running_only.id).prospect_id == pair.kept.id


def test_off_the_board_nobody_is_written_to_any_more(session: Session, pair: Pair) -> None:
    pair.kept.stage = Stage.DECLINED
    do_merge(session, pair, stage=Side.KEPT)
    open_ones = count(session, Enrollment, Enrollment.state == EnrollmentState.ACTIVE)
    assert open_ones == 0


def test_undo_gives_every_row_back(session: Session, pair: Pair) -> None:
    for enrollment in (pair.running_gone,):
        enrollment.state = EnrollmentState.FINISHED  # what a merge ends stays ended
    before = everything(session)
    merge = do_merge(session, pair, name=Side.GONE, owner=Side.GONE, stage=Side.GONE)
    assert everything(session) != before
    parted = undo_merge(session, merge, by_user_id=pair.actor.id)
    assert parted.stayed == 0
    assert everything(session) == before


def test_undo_keeps_what_was_done_since(session: Session, pair: Pair) -> None:
    merge = do_merge(session, pair, stage=Side.GONE)
    kept = session.get_one(Prospect, pair.kept.id)
    kept.stage = Stage.QUALIFIED
    moved = session.scalars(select(Task)).one()
    session.delete(moved)
    session.add(Activity(prospect_id=kept.id, kind=ActivityKind.NOTE, body="Since"))
    added = make_contact(session, kept, "new@northwind.example")
    parted = undo_merge(session, merge, by_user_id=pair.actor.id)
    assert parted.stayed == 2, "the stage and the task"
    session.expire_all()
    assert session.get_one(Prospect, pair.kept.id).stage is Stage.QUALIFIED
    assert session.get_one(Contact, added.id).company_id == pair.kept.company_id
    bodies = dict(session.execute(select(Activity.body, Activity.prospect_id)).all())
    assert bodies == {"Met in Berlin": pair.gone.id, "Since": pair.kept.id}
    with pytest.raises(Conflict, match="undone already"):
        undo_merge(session, merge, by_user_id=pair.actor.id)


def test_undo_ends_after_thirty_days(session: Session, pair: Pair) -> None:
    merge = do_merge(session, pair)
    merge.at = clock.now() - timedelta(days=31)
    session.flush()
    with pytest.raises(Conflict, match="for 30 days"):
        undo_merge(session, merge, by_user_id=pair.actor.id)


def test_the_gone_domain_leads_to_the_kept_company_until_it_is_undone(session: Session, pair: Pair) -> None:
    merge = do_merge(session, pair)
    assert find_or_add_company(session, domain="northwind.test").id == pair.kept.company_id
    with pytest.raises(Conflict, match="merged into another company already"):
        do_merge(session, pair)
    undo_merge(session, merge, by_user_id=pair.actor.id)
    assert find_or_add_company(session, domain="northwind.test").id != pair.kept.company_id


def test_an_erased_person_is_in_no_journal_and_old_journals_are_forgotten(session: Session, pair: Pair) -> None:
    merge = do_merge(session, pair)
    address = "ola@northwind.example"
    erase_person(session, pair.same_kept, typed=address, program_id=pair.program.id, actor=pair.actor)
    kept = session.scalars(select(MergeStep)).all()
    assert kept
    assert not [each.id for each in kept if "ola@" in f"{each.before}{each.after}" or "Ola Nowak" in f"{each.before}"]
    undo_merge(session, merge, by_user_id=pair.actor.id)
    assert session.scalar(select(ContactValue.id).where(ContactValue.value == address)) is None
    merge.at = clock.now() - timedelta(days=31)
    session.flush()
    forget_old(session)
    assert count(session, MergeStep) == 0


def test_a_list_with_the_gone_domain_adds_to_the_kept_company(session: Session, pair: Pair) -> None:
    do_merge(session, pair)
    content = b"domain,name\nnorthwind.test,Northwind\n"
    program_id, actor_id = pair.program.id, pair.actor.id
    upload = Upload(
        program_id=program_id, filename="a.csv", content=content, table=read_table(content), uploaded_by_id=actor_id
    )
    batch = add_batch(session, upload, in_background=False)

    def run() -> None:
        run_batch(lambda: nullcontext(session), batch.id)

    run()
    row = session.scalars(select(ImportRow).where(ImportRow.batch_id == batch.id)).one()
    assert row.verdict is RowVerdict.KNOWN
    start_batch(session, batch, by_user_id=actor_id, in_background=False)
    run()
    assert row.prospect_id == pair.kept.id


def test_two_partners_are_never_made_one_and_a_partner_is_the_one_that_stays(session: Session) -> None:
    actor = make_user(session)
    program = make_program(session, actor)
    first, second = (make_partner(session, program, None)[0] for _ in range(2))
    plain = make_prospect(session, program)
    partner = session.get_one(Prospect, first.prospect_id)
    both = session.get_one(Prospect, second.prospect_id)
    for gone, kept, words in ((both, partner, "are both partners"), (partner, plain, "keep .* instead")):
        wanted = Wanted(kept_id=kept.company_id, gone_id=gone.company_id, choices={})
        with pytest.raises(Conflict, match=words):
            merge_companies(session, program, wanted, by_user_id=actor.id)
    wanted = Wanted(kept_id=partner.company_id, gone_id=plain.company_id, choices={"stage": Side.GONE})
    merge_companies(session, program, wanted, by_user_id=actor.id)
    assert session.get_one(Prospect, partner.id).stage is Stage.APPROVED
    assert count(session, Company) == 3
