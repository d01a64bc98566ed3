"""Two companies of one program that are the same, with rows of every kind that a merge has to do with."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Base
from app.models import (
    Activity,
    ActivityKind,
    Contact,
    ContactBasis,
    Decision,
    DecisionOutcome,
    Enrollment,
    FitScore,
    ImportBatch,
    ImportRow,
    MoveEvent,
    Program,
    Prospect,
    RowVerdict,
    Stage,
    StageChange,
    Stop,
    StopKind,
    Task,
    User,
)
from app.models.custom_field import CustomField, CustomValue, FieldKind
from app.models.tag import ProspectTag, Tag
from tests.outreach_world import make_contact, make_enrollment, make_sender, make_sequence
from tests.world import make_profile, make_program, make_prospect, make_user

# What a merge and its undo write about themselves.
OWN_TABLES = {"audit_events", "merges", "merge_steps", "stage_changes", "duplicate_pairs"}


@dataclass
class Pair:
    """Two prospects of one program, and the gone company in a second program too."""

    actor: User
    program: Program
    other: Program
    kept: Prospect
    gone: Prospect
    elsewhere: Prospect
    same_kept: Contact
    same_gone: Contact
    only_gone: Contact
    running_kept: Enrollment
    running_gone: Enrollment
    running_only: Enrollment
    # The companies' ids, kept first: the gone prospect's row cannot be asked once it is merged.
    company_ids: tuple[int, int]


def make_pair(session: Session) -> Pair:
    """Add the two with contacts, sequences, notes, tasks, tags, fields, scores, a decision and an imported row."""
    actor = make_user(session)
    program, other = make_program(session, actor), make_program(session, actor)
    kept = make_prospect(session, program, "northwind.example", extra={"size": "10"}, owner_id=actor.id)
    gone = make_prospect(session, program, "northwind.test", extra={"size": "9", "fair": "Berlin"}, stage=Stage.ENGAGED)
    elsewhere = Prospect(program_id=other.id, company_id=gone.company_id, stage=Stage.SOURCED, rank="m", extra={})
    session.add(elsewhere)
    sequence, sender = make_sequence(session, program), make_sender(session, program)
    same_kept = make_contact(session, kept, "ola@northwind.example")
    same_gone = make_contact(session, gone, "ola@northwind.example", name="Ola N.")
    only_gone = make_contact(session, gone, "max@northwind.example", name="Max Berg")
    running = [
        make_enrollment(session, prospect=prospect, contact=contact, sequence=sequence, sender=sender)
        for prospect, contact in ((kept, same_kept), (gone, same_gone), (gone, only_gone))
    ]
    ids = (kept.company_id, gone.company_id)
    pair = Pair(actor, program, other, kept, gone, elsewhere, same_kept, same_gone, only_gone, *running, ids)
    _write_down(session, pair)
    return pair


def _write_down(session: Session, pair: Pair) -> None:
    program, gone, kept = pair.program, pair.gone, pair.kept
    field = CustomField(program_id=program.id, kind=FieldKind.TEXT, label="Fair", position=1)
    batch = ImportBatch(program_id=program.id, created_by_id=pair.actor.id, filename="a.csv", content=b"domain\n")
    tag, second = (Tag(program_id=program.id, name=name, key=name) for name in ("a", "b"))
    profile = make_profile(session, program)
    session.add_all([field, batch, tag, second])
    session.flush()
    score = FitScore(prospect_id=gone.id, profile_id=profile.id, score=50.0, model_id="m")
    change = StageChange(prospect_id=gone.id, from_stage=Stage.SOURCED, to_stage=Stage.ENGAGED, event=MoveEvent.HAND)
    session.add_all([score, change])
    session.flush()
    for prospect in (kept, gone):
        session.add(ProspectTag(tag_id=tag.id, prospect_id=prospect.id))
        session.add(CustomValue(prospect_id=prospect.id, field_id=field.id, value="x", sort_key="x"))
    session.add_all(
        [
            ProspectTag(tag_id=second.id, prospect_id=gone.id),
            Activity(prospect_id=gone.id, kind=ActivityKind.NOTE, body="Met in Berlin", author_id=pair.actor.id),
            Task(program_id=program.id, prospect_id=gone.id, title="Call"),
            ImportRow(batch_id=batch.id, line=2, fields={}, verdict=RowVerdict.NEW, prospect_id=gone.id),
            Stop(company_id=gone.company_id, contact_id=None, program_id=None, kind=StopKind.BY_HAND, source="user:1"),
            ContactBasis(program_id=program.id, contact_id=pair.same_gone.id, legal_basis="interest"),
            Decision(
                prospect_id=gone.id,
                stage_change_id=change.id,
                outcome=DecisionOutcome.DECLINE,
                reason_codes=["off_topic"],
                fit_score_id=score.id,
            ),
        ]
    )
    session.flush()


def everything(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table but those that a merge writes about itself."""
    session.flush()
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in OWN_TABLES:
            rows = session.execute(select(table).order_by(*table.primary_key)).mappings()
            found[table.name] = [{name: value for name, value in row.items() if name != "version"} for row in rows]
    return found
