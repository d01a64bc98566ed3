"""Enrolling many after a preview, by rule, taken back; approving first mails; the campaign's numbers."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    Company,
    Contact,
    CountryRule,
    Enrollment,
    EnrollmentBatch,
    EnrollmentState,
    FitState,
    Message,
    MessageState,
    Program,
    Prospect,
    Sender,
    SenderTransport,
    Sequence,
    Stage,
    User,
)
from app.queries.approvals import waiting_mails
from app.queries.campaign import Share, StepFunnel, campaign, verdict_of
from app.queries.candidates import candidates
from app.queries.prospect_filter import ProspectFilter
from app.queries.sequence_people import enrolled_people
from app.services.approving import approval_case, approve_mail
from app.services.country_rules import set_quiet_days
from app.services.enrolling import EnrollPreview, choose_quote, enroll_one, preview_enrolling, record_page_bases
from app.services.enrollment_batches import run_batch_chunk, start_batch, undo_batch
from app.services.enrollment_rules import apply_rule, set_rule
from app.services.errors import Conflict, InvalidInput
from app.services.outreach_panel import outreach_panel
from tests.outreach_world import CONTENT, allow_cold_mail, make_contact, make_page, make_sender, make_sequence
from tests.world import make_program, make_prospect, make_user


class World:
    """A program with a sender, a published sequence and prospects with a contact each."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.actor: User = make_user(session)
        self.program: Program = make_program(session, self.actor)
        self.sender: Sender = make_sender(session, self.program)
        self.sequence: Sequence = make_sequence(session, self.program, self.sender)

    def prospect(self, email: str = "", *, score: float = 80, country: str = "PL") -> Prospect:
        row = make_prospect(
            self.session,
            self.program,
            fit_state=FitState.SCORED,
            fit_score=score,
            fit_sort=score,
            stage=Stage.QUALIFIED,
        )
        self.session.get_one(Company, row.company_id).country = country
        if email:
            make_contact(self.session, row, email)
        self.session.flush()
        return row

    def allowed(self, email: str, **values: float) -> Prospect:
        row = self.prospect(email, **values)  # type: ignore[arg-type]
        contact = self.preview_of(row).contacts[0]
        if self.session.scalar(select(CountryRule.id).where(CountryRule.program_id == self.program.id)) is None:
            allow_cold_mail(self.session, self.program, self.session.get_one(Contact, contact.id))
        else:
            record_page_bases(self.session, self.program, [contact.id], legal_basis="li", actor=self.actor)
        return row

    def preview_of(self, row: Prospect):  # type: ignore[no-untyped-def]
        found = candidates(self.session, self.program.id, ProspectFilter(), stages=[Stage.QUALIFIED])
        return next(each for each in found if each.prospect_id == row.id)

    def preview(self) -> EnrollPreview:
        found = candidates(self.session, self.program.id, ProspectFilter(), stages=[Stage.QUALIFIED])
        return preview_enrolling(
            self.session, self.program, found, sequence_id=self.sequence.id, sender_id=self.sender.id
        )

    def enrolled(self) -> list[Enrollment]:
        return list(self.session.scalars(select(Enrollment).order_by(Enrollment.id)))

    def start(self, ids: list[int]):  # type: ignore[no-untyped-def]
        return start_batch(
            self.session,
            self.program,
            ids,
            sequence_id=self.sequence.id,
            sender_id=self.sender.id,
            actor=self.actor,
        )


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


def test_the_preview_says_who_is_left_out_and_why(world: World) -> None:
    ready = world.allowed("ola@one.example")
    world.prospect("piotr@two.example")
    world.prospect("info@three.example")
    world.prospect()
    preview = world.preview()
    assert [each.prospect_id for each in preview.ready] == [ready.id]
    codes = [set(each.codes) for each in preview.skipped]
    assert {"no_address"} in codes
    assert {"no_legal_basis", "no_source"} in codes
    assert {"role_address", "no_legal_basis", "no_source"} in codes
    assert len(preview.lacks_basis) == 1
    record_page_bases(world.session, world.program, preview.lacks_basis, legal_basis="li", actor=world.actor)
    assert len(world.preview().ready) == 2


def test_a_batch_leaves_out_whom_something_hinders_meanwhile_and_is_taken_back(world: World) -> None:
    world.allowed("ola@one.example")
    world.allowed("jan@two.example")
    ids = [each.contact_id for each in world.preview().ready]
    enroll_one(
        world.session,
        world.program,
        ids[0],
        sequence_id=world.sequence.id,
        sender_id=world.sender.id,
        actor=world.actor,
    )
    batch = world.start(ids)
    assert not run_batch_chunk(world.session, batch.id)
    assert (batch.enrolled_count, batch.done_count) == (1, 2)
    assert "in a sequence already" in batch.skipped[str(ids[0])]
    assert undo_batch(world.session, batch, actor=world.actor) == (1, 0)
    assert [each.state for each in world.enrolled()] == [EnrollmentState.ACTIVE, EnrollmentState.STOPPED]
    with pytest.raises(Conflict, match="taken back already"):
        undo_batch(world.session, batch, actor=world.actor)


def mail_sent(world: World, enrollment: Enrollment) -> None:
    """Let the first mail of an enrollment be gone, whether or not its hours have let it be planned."""
    sent = world.session.scalar(select(Message).where(Message.enrollment_id == enrollment.id)) or Message(
        program_id=world.program.id,
        enrollment_id=enrollment.id,
        contact_id=enrollment.contact_id,
        step="first",
        sender_id=world.sender.id,
        to_address="ola@one.example",
        due_at=now(),
        not_before_at=now(),
    )
    sent.state, sent.accepted_at = MessageState.ACCEPTED, now()
    world.session.add(sent)
    world.session.flush()


def test_whoever_has_mail_already_stays_when_a_batch_is_taken_back(world: World) -> None:
    world.allowed("ola@one.example")
    batch = world.start([each.contact_id for each in world.preview().ready])
    run_batch_chunk(world.session, batch.id)
    enrollment = world.enrolled()[0]
    mail_sent(world, enrollment)
    assert undo_batch(world.session, batch, actor=world.actor) == (0, 1)
    assert enrollment.state is EnrollmentState.ACTIVE


def test_a_person_at_two_companies_is_written_to_once(world: World) -> None:
    first, second = world.allowed("ola@one.example"), world.allowed("ola@one.example")
    preview = world.preview()
    assert [each.codes for each in preview.skipped] == [("same_person",)]
    contacts = world.session.scalars(select(Contact.id).order_by(Contact.id)).all()
    batch = world.start(contacts)
    run_batch_chunk(world.session, batch.id)
    [enrollment] = world.enrolled()
    assert enrollment.prospect_id == first.id
    assert batch.skipped == {str(contacts[1]): "This contact is in a sequence already."}
    mail_sent(world, enrollment)
    enrollment.state = EnrollmentState.FINISHED
    world.session.flush()
    assert {each.prospect_id: each.codes for each in world.preview().skipped}[second.id] == ("contacted_lately",)
    set_quiet_days(world.session, world.program, "0", actor=world.actor)
    assert {each.prospect_id: each.codes for each in world.preview().skipped}[second.id] == ("same_person",)


def test_a_rule_enrolls_who_reaches_the_score_once(world: World) -> None:
    high, low = world.allowed("ola@one.example", score=81), world.allowed("jan@two.example", score=60)
    set_rule(world.session, world.sequence, is_on=True, min_score=70, stages=[Stage.QUALIFIED], actor=world.actor)
    assert apply_rule(world.session, world.sequence.id) == 1
    world.session.refresh(world.sequence)
    run_batch_chunk(world.session, world.session.scalars(select(EnrollmentBatch.id)).one())
    assert [each.prospect_id for each in world.enrolled()] == [high.id]
    assert apply_rule(world.session, world.sequence.id) == 0
    assert low.id not in {each.prospect_id for each in world.enrolled()}


@pytest.mark.parametrize(
    ("score", "stages", "said"), [(120, [Stage.SOURCED], "0 to 100"), (70, [], "at least one stage")]
)
def test_a_rule_that_cannot_work_is_refused(world: World, score: float, stages: list[Stage], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        set_rule(world.session, world.sequence, is_on=True, min_score=score, stages=stages, actor=world.actor)


def test_the_chosen_sender_decides_the_lane_not_the_sequences_own(world: World) -> None:
    world.sender.transport = SenderTransport.SENDGRID
    world.allowed("ola@one.example")
    assert [each.codes for each in world.preview().skipped] == [("lane",)]
    contact_id = world.session.scalars(select(Contact.id)).one()
    mailbox = make_sender(world.session, world.program)
    enroll_one(
        world.session,
        world.program,
        contact_id,
        sequence_id=world.sequence.id,
        sender_id=mailbox.id,
        actor=world.actor,
    )
    assert [each.sender_id for each in world.enrolled()] == [mailbox.id]


def test_a_quote_must_stand_on_the_page(world: World) -> None:
    row = world.allowed("ola@one.example")
    page = make_page(world.session, row, "We build shops for makers of tea and cups.")
    contact = world.preview().ready[0].contact_id
    enrollment = enroll_one(
        world.session,
        world.program,
        contact,
        sequence_id=world.sequence.id,
        sender_id=world.sender.id,
        actor=world.actor,
    )
    choose_quote(world.session, enrollment, {"url": page.url, "text": "We build  shops"}, actor=world.actor)
    assert enrollment.quote == {"url": page.url, "text": "We build shops"}
    with pytest.raises(InvalidInput, match="does not say this"):
        choose_quote(world.session, enrollment, {"url": page.url, "text": "We sell shoes"}, actor=world.actor)


def test_a_first_mail_waits_is_edited_and_approved(world: World) -> None:
    world.sequence.approve_first_mail = True
    row = world.allowed("ola@one.example")
    contact = world.preview().ready[0].contact_id
    enroll_one(
        world.session,
        world.program,
        contact,
        sequence_id=world.sequence.id,
        sender_id=world.sender.id,
        actor=world.actor,
    )
    waiting = waiting_mails(world.session, world.program.id)
    assert [mail.prospect_id for mail in waiting] == [row.id]
    [person] = enrolled_people(world.session, world.sequence.id)
    assert (person.waits_for_approval, person.next_at) == (True, waiting[0].due_at)
    case = approval_case(world.session, world.program, waiting[0].message_id)
    assert case.body == "Hello Ola,\n\nshall we talk?"
    with pytest.raises(InvalidInput, match="not filled in"):
        approve_mail(world.session, case, subject="Hi", body="Dear {{ contact.name }}", actor=world.actor)
    approve_mail(world.session, case, subject="Tea & shops", body="Dear Ola,\nshall we?", actor=world.actor)
    assert waiting_mails(world.session, world.program.id) == []
    assert not enrolled_people(world.session, world.sequence.id)[0].waits_for_approval
    world.session.refresh(case.message)
    assert case.message.subject == "Tea & shops"
    assert case.message.text.startswith("Dear Ola,\nshall we?\n\nTheo Brandvold")
    assert "/u/" in case.message.text
    panel = outreach_panel(world.session, row)
    assert [each.next_step for each in panel.enrollments] == ["‹company› and us"]
    assert [mail.history.subject for mail in panel.mails] == ["Tea & shops"]


def funnel(variant: str, sent: int, answered: int) -> StepFunnel:
    names = "planned delivered bounced opted_out complained doubtful skipped refused waiting interested".split()
    return StepFunnel(step="first", variant=variant, sent=sent, answered=answered, **dict.fromkeys(names, 0))


def test_shares_come_with_wilson_intervals() -> None:
    low, high = Share(10, 100).interval
    assert (round(low, 4), round(high, 4)) == (0.0552, 0.1744)
    assert Share(0, 0).interval == (0.0, 1.0)
    assert Share(0, 40).interval[0] == 0.0


def test_variants_are_compared_only_when_there_are_enough() -> None:
    assert "Too few to say: 20 more" in verdict_of((funnel("a", 10, 5), funnel("b", 200, 2)))
    assert verdict_of((funnel("a", 200, 60), funnel("b", 200, 10))).startswith("Variant A gets more answers")
    assert verdict_of((funnel("a", 100, 10), funnel("b", 100, 12))).startswith("No difference")


def test_the_campaign_counts_people_and_steps(world: World) -> None:
    world.allowed("ola@one.example")
    batch = world.start([each.contact_id for each in world.preview().ready])
    run_batch_chunk(world.session, batch.id)
    numbers = campaign(world.session, world.sequence.id, CONTENT)
    assert numbers.people == {EnrollmentState.ACTIVE: 1}
    assert [each.shown.id for each in numbers.steps] == ["first", "call", "second"]
    assert numbers.answers.of == 0
