"""Senders: sealed passwords, the lock of an unchecked domain, rules on cold mail, legal bases."""

import socket
import time
from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.clock import now
from app.config import Settings
from app.models import Sender, SenderDay, SenderTransport
from app.queries.senders import cap_on, list_senders, shown_rules
from app.queries.sending_rules import rules_of, sending_lock
from app.services import keys
from app.services.contact_bases import Basis, record_basis
from app.services.country_rules import set_country_rule, set_lane_override
from app.services.errors import Conflict, InvalidInput
from app.services.preflight import look_up, override_preflight, record_preflight, withdraw_override
from app.services.sender_changes import SenderDetails, ServerDetails, change_sender, connect_sender, create_sender
from app.services.senders import Mailbox as OwnMailbox
from app.services.senders import imap_of, smtp_server_of, transport_for
from outreach.transports.message import Accepted, Mailbox, Message, NotSent
from outreach.transports.smtp import SmtpServer, SmtpTransport
from tests.outreach_world import make_contact, make_sender
from tests.unit.outreach.test_preflight import GOOD, resolver
from tests.world import make_program, make_prospect, make_user

DETAILS = SenderDetails(name="Theo", address="theo@agency.example", postal_address="12 Harbor Street")
MAIL = Message(sender=Mailbox("a@agency.example"), to=Mailbox("b@agency.example"), subject="s", text="t")


def smtp_sender(session: Session) -> Sender:
    program = make_program(session)
    sender = make_sender(session, program, transport=SenderTransport.SMTP, address="theo@agency.example")
    sender.connection = {"dkim_selectors": ["s1"]}
    return sender


def test_passwords_are_sealed_kept_when_left_empty_and_useless_with_another_key(session: Session) -> None:
    sender, actor = smtp_sender(session), make_user(session)
    server = ServerDetails(host="smtp.agency.example", port=587, username="theo", password="hunter2")
    box = ServerDetails(host="imap.agency.example", port=993, username="theo", password="hunter3")
    connect_sender(session, sender, smtp=server, imap=box, actor=actor)
    assert "hunter" not in str(sender.connection)
    again = ServerDetails(host="smtp2.agency.example", port=465, username="theo", uses_tls_from_start=True)
    connect_sender(session, sender, smtp=again, imap=box, actor=actor)
    assert (smtp_server_of(sender).host, smtp_server_of(sender).password) == ("smtp2.agency.example", "hunter2")
    account = imap_of(sender)
    assert account is not None
    assert (account.password, account.folder) == ("hunter3", "INBOX")
    keys.configure("another secret")
    with pytest.raises(NotSent, match="SECRET_KEY was changed"):
        transport_for(sender, Settings()).send(MAIL)


def test_mail_waits_for_a_server_as_long_as_the_settings_say(session: Session) -> None:
    sender = smtp_sender(session)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        sender.connection = {"smtp": {"host": "127.0.0.1", "port": silent.getsockname()[1]}}
        began = time.monotonic()
        with pytest.raises(NotSent, match="timed out"):
            transport_for(sender, Settings(mail_timeout_s=0.2)).send(MAIL)
        assert time.monotonic() - began < 20


def test_a_sender_without_its_way_out_says_what_is_missing(session: Session) -> None:
    sender = smtp_sender(session)
    with pytest.raises(NotSent, match="SMTP server was never entered"):
        transport_for(sender, Settings()).send(MAIL)
    sender.transport = SenderTransport.SENDGRID
    with pytest.raises(NotSent, match="SENDGRID_API_KEY is not set"):
        transport_for(sender, Settings()).send(MAIL)


def test_a_domain_locks_until_green_or_overridden(session: Session) -> None:
    sender, actor = smtp_sender(session), make_user(session)
    assert "has not passed its check" in sending_lock(sender)
    assert not record_preflight(session, sender, look_up(sender.address, ["s1"], resolver({})), actor=actor)
    assert sender.checks["spf"]["verdict"] == "bad"
    with pytest.raises(InvalidInput, match="Say why"):
        override_preflight(session, sender, reason=" ", actor=actor)
    override_preflight(session, sender, reason="Our relay signs for us", actor=actor)
    assert sending_lock(sender) == ""
    withdraw_override(session, sender, actor=actor)
    assert sending_lock(sender) != ""
    assert record_preflight(session, sender, look_up(sender.address, ["s1"], resolver(GOOD)), actor=actor)
    assert sending_lock(sender) == ""


def test_another_domain_has_to_pass_anew_and_a_stale_form_is_refused(session: Session) -> None:
    program, actor = make_program(session), make_user(session)
    sender = create_sender(session, program, DETAILS, actor=actor)
    sender.is_cleared = True
    moved = SenderDetails(name="Theo", address="theo@other.example", postal_address="12 Harbor Street")
    change_sender(session, sender, moved, version=sender.version, actor=actor)
    assert not sender.is_cleared
    with pytest.raises(Conflict):
        change_sender(session, sender, moved, version=1, actor=actor)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"address": "theo@agency.example\r\nBcc: all@agency.example"}, "address"),
        ({"address": f"{'x' * 400}@agency.example"}, "address"),
        ({"name": ""}, "name"),
        ({"name": "Theo\r\nBcc: all@agency.example"}, "name"),
        ({"postal_address": " "}, "postal_address"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ],
)
def test_what_cannot_send_is_refused_by_field(session: Session, changes: dict[str, str], field: str) -> None:
    values = {"name": "Theo", "address": "theo@agency.example", "postal_address": "12 Harbor Street"} | changes
    with pytest.raises(InvalidInput) as error:
        create_sender(session, make_program(session), SenderDetails(**values), actor=make_user(session))  # type: ignore[arg-type]
    assert list(error.value.fields) == [field]


def test_a_ramp_grows_day_by_day_up_to_the_cap(session: Session) -> None:
    sender = make_sender(
        session, make_program(session), daily_cap=25, ramp_since_on=date(2026, 3, 1), ramp_start=10, ramp_per_day=5
    )
    assert [cap_on(sender, date(2026, 3, day)) for day in (1, 2, 9)] == [10, 15, 25]
    today, other = now().date(), make_sender(session, make_program(session))
    for row, day, number in ((sender, today, 7), (sender, date(2026, 3, 1), 3), (other, today, 9)):
        session.add(SenderDay(sender_id=row.id, day=day, handed_over=number))
    session.flush()
    assert [row.sent_today for row in list_senders(session, sender.program_id)] == [7]


def test_no_country_allows_cold_mail_until_somebody_says_why(session: Session) -> None:
    program, actor = make_program(session), make_user(session)
    assert rules_of(session, program.id).cold_countries == frozenset()
    with pytest.raises(InvalidInput, match="on what ground"):
        set_country_rule(session, program, "PL", allows=True, note="", actor=actor)
    set_country_rule(session, program, "pl", allows=True, note="B2B", actor=actor)
    set_lane_override(session, program, is_on=True, note="Agreed with counsel", actor=actor)
    rules = rules_of(session, program.id)
    assert (rules.cold_countries, rules.cold_override) == (frozenset({"PL"}), True)
    shown = shown_rules(session, program.id)
    assert ([each.name for each in shown.countries], shown.override is not None) == (["Poland"], True)
    set_country_rule(session, program, "PL", allows=False, note="", actor=actor)
    assert rules_of(session, program.id).cold_countries == frozenset()


def test_a_basis_takes_the_page_as_its_source_and_consent_needs_a_word(session: Session) -> None:
    program, actor = make_program(session), make_user(session)
    prospect = make_prospect(session, program)
    contact = make_contact(session, prospect)
    row = record_basis(session, prospect, contact.id, Basis(legal_basis="legitimate interest"), actor=actor)
    assert row.source_url == "https://agency.example/contact"
    with pytest.raises(InvalidInput, match="Name the legal basis"):
        record_basis(session, prospect, contact.id, Basis(), actor=actor)
    agreed = record_basis(session, prospect, contact.id, Basis(has_consented=True, note="On the phone"), actor=actor)
    assert (agreed.id, agreed.has_consented) == (row.id, True)


def test_a_refused_password_leads_to_the_sender(session: Session) -> None:
    class Refusing(SmtpTransport):
        def send(self, message: Message) -> Accepted:
            raise NotSent("smtp:587 did not accept user name and password (535). Check SMTP_URL.")

    mailbox = OwnMailbox(Refusing(SmtpServer(host="smtp", port=587)), "theo@agency.example")
    with pytest.raises(NotSent) as error:
        mailbox.send(MAIL)
    assert "SMTP_URL" not in str(error.value)
    assert "Open Senders, theo@agency.example, and type the new one in." in str(error.value)
