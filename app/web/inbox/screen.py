"""What the inbox puts on screen: the list, and beside it one conversation with its prospect."""

from dataclasses import dataclass, field

from flask import render_template, request
from flask_login import current_user
from markupsafe import Markup

from app.db import reading
from app.models import Program
from app.queries.contact_facts import ContactFacts, contact_facts
from app.queries.conversation import Conversation, conversation, kind_words
from app.queries.inbox import InboxPage, Tab, inbox_page, tab_counts
from app.queries.prospect import ProspectHeader, prospect_header
from app.queries.senders import usable_senders
from app.services.access import program_for
from app.services.ledger.next_step import NextStep, next_steps
from app.services.replies import mail_for, sender_of_thread
from app.web.inbox.forms import AnswerForm, MarkForm, MatchForm, SnoozeForm
from app.whole_numbers import MAX_ID


@dataclass(slots=True)
class Forms:
    """The forms beside a conversation; one that was refused replaces its empty twin."""

    answer: AnswerForm = field(default_factory=lambda: AnswerForm(formdata=None))
    snooze: SnoozeForm = field(default_factory=lambda: SnoozeForm(formdata=None))
    mark: MarkForm = field(default_factory=lambda: MarkForm(formdata=None))
    match: MatchForm = field(default_factory=lambda: MatchForm(formdata=None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One state of the inbox; the parts about a conversation are None where none is open."""

    program: Program
    tab: Tab
    page: InboxPage
    counts: dict[Tab, int]
    open: Conversation | None = None
    prospect: ProspectHeader | None = None
    contact: ContactFacts | None = None
    next_step: NextStep | None = None
    from_sender: str = ""
    forms: Forms


def chosen_tab() -> Tab:
    """Return the tab that the address names, the first one where it names none."""
    named = request.args.get("tab", "")
    return Tab(named) if named in set(Tab) else Tab.TO_DO


def show(slug: str, mail_id: int | None = None, forms: Forms | None = None) -> str:
    """Draw the inbox, with a conversation open or without. Raises NotFound for a mail of another program."""
    forms = forms or Forms()
    before = request.args.get("before", type=int)
    with reading() as session:
        program = program_for(session, current_user, slug)
        tab = chosen_tab()
        mail = mail_for(session, current_user, slug, mail_id) if mail_id is not None else None
        opened = conversation(session, mail) if mail is not None else None
        sender = sender_of_thread(session, mail) if mail is not None else None
        forms.answer.offer([] if sender is not None else usable_senders(session, program.id))
        enrollment = opened.enrollment if opened else None
        contacts = contact_facts(session, [mail.contact_id]) if mail is not None and mail.contact_id else {}
        screen = Screen(
            program=program,
            tab=tab,
            page=inbox_page(session, program.id, tab, before=min(before, MAX_ID) if before else None),
            counts=tab_counts(session, program.id),
            open=opened,
            prospect=prospect_header(session, mail.prospect_id) if mail is not None and mail.prospect_id else None,
            contact=contacts.get(mail.contact_id) if mail is not None and mail.contact_id else None,
            next_step=next_steps(session, [enrollment.id]).get(enrollment.id) if enrollment else None,
            from_sender=f"{sender.name} <{sender.address}>" if sender else "",
            forms=forms,
        )
    # The HTML was cleaned by nh3 when the mail was read (outreach.inbound.htmlclean): no other text is marked safe.
    return render_template(
        "inbox/page.html", screen=screen, program=program, tabs=list(Tab), cleaned=Markup, kind_words=kind_words
    )
