"""What people do with received mail."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.models import (
    MatchedBy,
    Message,
    MessageKind,
    MessageState,
    Prospect,
    ReceivedMail,
    ReplyMark,
    Stage,
    SuppressionReason,
    User,
)
from app.queries.conversation import conversation
from app.queries.inbox import Tab, inbox_page, tab_counts
from app.services import replies
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.suppressions import suppress
from tests.mail_world import mail_bytes, make_message, receive
from tests.outreach_world import make_contact, make_enrollment, make_sender, make_sequence
from tests.world import make_program, make_prospect, make_user


@pytest.fixture
def actor(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def message(session: Session, actor: User) -> Message:
    program = make_program(session, actor)
    prospect = make_prospect(session, program, "agency.example", stage=Stage.CONTACTED)
    sender = make_sender(session, program, signature="Theo\nPartner team")
    contact = make_contact(session, prospect, "ola@agency.example")
    enrollment = make_enrollment(session, prospect, contact, make_sequence(session, program, sender), sender)
    return make_message(session, enrollment, references=["<before@mail.example>"])


@pytest.fixture
def mail(session: Session, message: Message) -> ReceivedMail:
    return receive(session, mail_bytes(In_Reply_To=message.internet_id, Message_ID="<in1@agency.example>"))


def tabs(session: Session, message: Message) -> dict[Tab, int]:
    return {tab: number for tab, number in tab_counts(session, message.program_id).items() if number}


def test_an_answer_goes_out_in_the_thread_from_the_same_sender(
    session: Session, message: Message, mail: ReceivedMail, actor: User
) -> None:
    sent = replies.answer(session, mail, text="Great,\r\nThursday?", actor=actor)
    assert (sent.kind, sent.state, sent.sender_id) == (MessageKind.ANSWER, MessageState.PLANNED, message.sender_id)
    assert (sent.to_address, sent.subject) == ("ola@agency.example", "Re: A partner idea")
    assert sent.in_reply_to == "<in1@agency.example>"
    assert sent.references == ["<before@mail.example>", message.internet_id, "<in1@agency.example>"]
    assert sent.text == "Great,\nThursday?\n\nTheo\nPartner team"
    letters = conversation(session, mail).letters
    assert [letter.is_incoming for letter in letters] == [False, True, False]


def test_a_second_press_of_the_button_sends_no_second_answer(session: Session, mail: ReceivedMail, actor: User) -> None:
    sent = replies.answer(session, mail, text="Great, Thursday?", actor=actor)
    assert replies.answer(session, mail, text=" Great, Thursday?\r\n", actor=actor) is sent
    other = replies.answer(session, mail, text="Or Friday?", actor=actor)
    with time_machine.travel(now() + timedelta(minutes=11), tick=True):
        again = replies.answer(session, mail, text="Or Friday?", actor=actor)
    assert len({sent.id, other.id, again.id}) == 3


def test_an_empty_answer_and_one_to_the_suppressed_are_refused(
    session: Session, mail: ReceivedMail, actor: User
) -> None:
    with pytest.raises(InvalidInput):
        replies.answer(session, mail, text=" \n", actor=actor)
    suppress(session, mail.from_address, reason=SuppressionReason.OPT_OUT)
    with pytest.raises(Conflict, match="must not be mailed"):
        replies.answer(session, mail, text="Hi", actor=actor)
    assert session.scalar(select(Message).where(Message.kind == MessageKind.ANSWER)) is None


def test_done_snoozed_and_back(session: Session, message: Message, mail: ReceivedMail, actor: User) -> None:
    assert tabs(session, message) == {Tab.TO_DO: 1}
    second = receive(session, mail_bytes("And one more thing."))
    assert tabs(session, message) == {Tab.TO_DO: 1}
    assert [row.mail_id for row in inbox_page(session, message.program_id, Tab.TO_DO).rows] == [second.id]
    replies.snooze(session, second, until=now() + timedelta(days=1), actor=actor)
    assert tabs(session, message) == {Tab.SNOOZED: 1}
    replies.finish(session, second, actor=actor)
    assert tabs(session, message) == {Tab.DONE: 1}
    session.refresh(mail)
    assert mail.handled_by_id == actor.id
    replies.reopen(session, mail, actor=actor)
    assert tabs(session, message) == {Tab.TO_DO: 1}
    with pytest.raises(InvalidInput):
        replies.snooze(session, mail, until=now() - timedelta(days=1), actor=actor)


def test_a_new_answer_brings_a_finished_conversation_back(
    session: Session, message: Message, mail: ReceivedMail, actor: User
) -> None:
    replies.finish(session, mail, actor=actor)
    receive(session, mail_bytes("Me again."))
    assert tabs(session, message)[Tab.TO_DO] == 1


def test_marks_move_the_prospect(session: Session, message: Message, mail: ReceivedMail, actor: User) -> None:
    prospect = session.get_one(Prospect, message.prospect_id)
    assert replies.mark(session, mail, as_=ReplyMark.INTERESTED, actor=actor) is None
    assert prospect.stage is Stage.ENGAGED
    with pytest.raises(InvalidInput):
        replies.mark(session, mail, as_=ReplyMark.NOT_NOW, actor=actor, wake_up_on=today())
    wake = today() + timedelta(days=90)
    move = replies.mark(session, mail, as_=ReplyMark.NOT_NOW, actor=actor, wake_up_on=wake)
    assert move is not None
    assert (prospect.stage, prospect.wake_up_on) == (Stage.DORMANT, wake)
    assert mail.handled_at is not None


def test_no_takes_it_off_the_board(session: Session, message: Message, mail: ReceivedMail, actor: User) -> None:
    replies.mark(session, mail, as_=ReplyMark.NO, actor=actor)
    assert session.get_one(Prospect, message.prospect_id).stage is Stage.WITHDRAWN


def test_a_mail_matched_by_hand_does_what_a_reply_does(session: Session, message: Message, actor: User) -> None:
    mail = receive(session, mail_bytes(From="ola.private@home.example"))
    assert tabs(session, message) == {Tab.TRIAGE: 1}
    with pytest.raises(InvalidInput, match="no prospect of this program"):
        replies.match_by_hand(session, mail, program_id=message.program_id, domain="other.example", actor=actor)
    domain = "https://www.agency.example/contact"
    prospect = replies.match_by_hand(session, mail, program_id=message.program_id, domain=domain, actor=actor)
    assert (mail.matched_by, prospect.stage) == (MatchedBy.HAND, Stage.ENGAGED)
    assert tabs(session, message) == {Tab.TO_DO: 1}
    with pytest.raises(Conflict):
        replies.match_by_hand(session, mail, program_id=message.program_id, domain=domain, actor=actor)


def test_a_mail_of_another_program_is_not_there(session: Session, mail: ReceivedMail) -> None:
    stranger = make_user(session)
    other = make_program(session, stranger)
    with pytest.raises(NotFound):
        replies.mail_for(session, stranger, other.slug, mail.id)
