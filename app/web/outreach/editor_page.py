"""What every page of the editor shows around its form: the steps, what is wrong with them, when they would happen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Program, Sender, SequenceVersion
from app.models import Sequence as SequenceRow
from app.queries.mail_data import FIELDS
from app.queries.sequence_content import StepWords, own_days_of
from app.queries.sequences import PreviewPerson, ShownStep, preview_people, steps_of, times_of
from app.services.composing import Addressee, Composed, compose
from app.services.sequence_drafts import draft_of
from app.services.sequences import DraftProblem, draft_problems, newest_version
from outreach.countries import zone_of_country


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorPage:
    """The values of the editor's pages; templates call it `page`."""

    program: Program
    sequence: SequenceRow
    draft: SequenceVersion
    steps: Sequence[ShownStep]
    problems: Sequence[DraftProblem]
    published: SequenceVersion | None
    people: Sequence[PreviewPerson]
    person: PreviewPerson | None
    times: Mapping[str, datetime]
    fields: Any = FIELDS

    @property
    def has_changes(self) -> bool:
        """Say whether the draft differs from what is published."""
        return self.published is None or self.published.content != self.draft.content

    def problems_of(self, step_id: str) -> list[DraftProblem]:
        """Return what is wrong with one step."""
        return [problem for problem in self.problems if problem.step == step_id]


def load_editor(session: Session, program: Program, sequence: SequenceRow) -> EditorPage:
    """Read what the editor's pages show; `person` is whom the preview is made for (?contact=ID)."""
    draft = draft_of(session, sequence.id)
    people = preview_people(session, program.id)
    wanted = request.values.get("contact", "")
    person = next((each for each in people if str(each.contact_id) == wanted), people[0] if people else None)
    country = person.country if person else None
    sender = session.get(Sender, sequence.sender_id) if sequence.sender_id else None
    own = own_days_of(program.own_days, sender.id if sender else None)
    times = times_of(draft, zone=zone_of_country(country), country=country, sender=sender, now=now(), own=own)
    return EditorPage(
        program=program,
        sequence=sequence,
        draft=draft,
        steps=steps_of(draft.content),
        problems=draft_problems(draft.content),
        published=newest_version(session, sequence.id),
        people=people,
        person=person,
        times=times,
    )


def previews_of(
    session: Session, page: EditorPage, wordings: Sequence[tuple[str, str, str]]
) -> list[tuple[str, Composed]]:
    """Return each wording (name, subject, body) as the chosen person would get it; empty without person or sender."""
    if page.person is None or page.sequence.sender_id is None:
        return []
    to = Addressee(
        program_id=page.program.id,
        prospect_id=page.person.prospect_id,
        contact_id=page.person.contact_id,
        sender_id=page.sequence.sender_id,
    )
    first = next((step.variants[0].subject for step in page.steps if step.variants), "")
    return [
        (name, compose(session, to, StepWords(subject or (f"Re: {first}" if first else ""), body)))
        for name, subject, body in wordings
    ]
