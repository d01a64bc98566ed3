"""One mail for one person: what it says around the words, what it refuses, and what it quotes."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ContactValue, Enrollment, FitScore, Message, MessageState, Program, Provenance
from app.services.apply_links import enrollment_behind
from app.services.composing import Composed, compose_step, recheck
from tests.application_world import make_open_page
from tests.mail_world import make_message
from tests.outreach_world import CONTENT, make_contact, make_enrollment, make_page, make_sender, make_sequence
from tests.world import make_profile, make_program, make_prospect

SAID = "We build online shops that merchants can run without us."


def written(session: Session, *, body: str | None = None, step: str = "first", **options: object) -> Composed:
    program = make_program(session)
    prospect = make_prospect(session, program, "agency.example")
    content = {**CONTENT, "words": {**CONTENT["words"], "first": {"": {"subject": "Hello", "body": body or "Hi."}}}}
    sender = make_sender(session, program, **options.get("sender", {}))  # type: ignore[arg-type]
    contact = make_contact(session, prospect, name=str(options.get("name", "Ola Nowak")))
    if options.get("page"):
        make_page(session, prospect, str(options["page"]))
    if options.get("cites"):
        citation = {"url": "https://agency.example/work", "quote": options["cites"], "points": 3.0}
        session.add(
            FitScore(
                prospect_id=prospect.id,
                profile_id=make_profile(session, program).id,
                score=80,
                parts=[{"id": "shops", "label": "Online shops", "points": 3.0, "citations": [citation]}],
                model_id="m",
            )
        )
    sequence = make_sequence(session, program, sender, content if body else None)
    quote = options.get("quote", {})
    enrollment = make_enrollment(session, prospect, contact, sequence, sender, quote=quote)
    return compose_step(session, enrollment, step_id=step, variant_id="")


def test_a_mail_has_the_words_the_signature_and_a_footer(session: Session) -> None:
    mail = written(session)
    assert mail.problems == []
    assert mail.subject == "Agency and us"
    body, footer = mail.text.split("\n-- \n")
    assert body == "Hello Ola,\n\nshall we talk?\n\nTheo Brandvold\nPartner team\n"
    assert "12 Harbor Street, Portland" in footer
    assert "Your address is from https://agency.example/contact" in footer
    assert "Unsubscribe: http://127.0.0.1:8000/u/" in footer
    assert "<p>Hello Ola,</p>" in mail.html
    assert '">Unsubscribe</a>' in mail.html


def test_a_follow_up_answers_the_first_mail(session: Session) -> None:
    mail = written(session, step="second")
    assert mail.subject == "Agency and us"  # nothing left before it, so there is nothing to answer
    enrollment = session.scalars(select(Enrollment)).one()
    make_message(session, enrollment, subject="Agency and us")
    assert compose_step(session, enrollment, step_id="second", variant_id="").subject == "Re: Agency and us"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Hi {{ contact.frist_name }}", "Text, line 1: there is no field 'contact.frist_name'"),
        ("Hi\n{% if %}", "Text, line 2"),
        ("Hi {{ contact.role }}", "contact.role has no value for this recipient"),
        ("See https://example.com/offer", "is a placeholder"),
        ("See [our terms](terms)", "must begin with https://"),
        ("Hi [insert name]", "was left to fill in"),
        ("{% for i in (1..1000000000) %}x{% endfor %}", "too long"),
        (" ", "it is empty"),
    ],
)
def test_what_must_not_leave_is_named_with_its_line(session: Session, body: str, said: str) -> None:
    problems = written(session, body=body).problems
    assert len(problems) == 1
    assert said in problems[0]


def test_a_sender_without_a_postal_address_is_refused(session: Session) -> None:
    mail = written(session, sender={"postal_address": " "})
    assert mail.problems == ["Footer: the sender has no postal address, and every mail must show one; add it"]


def test_no_value_of_a_recipient_becomes_markup_or_a_link_of_its_own(session: Session) -> None:
    name = "<b>Ola</b> [win](https://casino.example)"
    mail = written(session, body="Hi {{ contact.name }}", name=name)
    assert "<b>" not in mail.html
    assert ">win</a>" not in mail.html


def test_the_best_passage_of_the_site_is_quoted(session: Session) -> None:
    mail = written(session, body="You write: {{ site.quote }}", page=f"Hello. {SAID}", cites=SAID)
    assert mail.problems == []
    assert f"You write: {SAID}" in mail.text


def test_a_passage_that_is_no_longer_on_the_page_holds_the_step(session: Session) -> None:
    chosen = {"url": "https://agency.example/work", "text": SAID}
    mail = written(session, body="You write: {{ site.quote }}", page="We sell shoes now.", quote=chosen)
    assert mail.problems == [
        f"https://agency.example/work no longer says “{SAID}”. Choose another passage to quote, or skip the step."
    ]


def test_without_anything_to_quote_the_field_is_missing(session: Session) -> None:
    mail = written(session, body="You write: {{ site.quote }}", page="We sell shoes.", cites=SAID)
    assert "site.quote has no value for this recipient" in mail.problems[0]


def test_an_approved_mail_is_held_when_its_quote_is_gone(session: Session) -> None:
    program = make_program(session)
    prospect = make_prospect(session, program)
    sender = make_sender(session, program)
    contact = make_contact(session, prospect)
    page = make_page(session, prospect, SAID)
    enrollment = make_enrollment(
        session,
        prospect,
        contact,
        make_sequence(session, program, sender),
        sender,
        quote={"url": page.url, "text": SAID},
    )
    message = Message(text=f"You write: {SAID}", state=MessageState.PLANNED)
    assert recheck(session, enrollment, message) == []
    page.text = "Something else"
    session.flush()
    assert "no longer says" in recheck(session, enrollment, message)[0]


def test_an_imported_address_without_a_source_is_refused(session: Session) -> None:
    program = make_program(session)
    prospect = make_prospect(session, program)
    sender = make_sender(session, program)
    contact = make_contact(session, prospect)
    for value in session.scalars(select(ContactValue)):
        value.source, value.provenance = "list.csv", Provenance.IMPORT
    session.flush()
    enrollment = make_enrollment(session, prospect, contact, make_sequence(session, program, sender), sender)
    mail = compose_step(session, enrollment, step_id="first", variant_id="")
    assert "cannot say where the receiver's address is from" in mail.problems[0]


def test_a_task_is_written_without_signature_and_footer(session: Session) -> None:
    task = written(session, step="call")
    assert (task.subject, task.text, task.problems) == ("Call Agency", "Ask how they are.", [])


def test_the_link_to_the_form_says_who_came_and_is_missing_while_the_form_is_closed(session: Session) -> None:
    held = written(session, body="Apply: {{ program.apply_url }}")
    assert len(held.problems) == 1
    assert "program.apply_url has no value for this recipient" in held.problems[0]
    enrollment = session.scalars(select(Enrollment)).one()
    program = session.get_one(Program, enrollment.program_id)
    page = make_open_page(session, program, slug="harbor")
    mail = compose_step(session, enrollment, step_id="first", variant_id="")
    assert mail.problems == []
    via = mail.text.partition("http://127.0.0.1:8000/apply/harbor?via=")[2].split()[0]
    assert enrollment_behind(session, via, program_id=program.id) is enrollment
    page.is_open = False
    session.flush()
    assert compose_step(session, enrollment, step_id="first", variant_id="").problems == held.problems
