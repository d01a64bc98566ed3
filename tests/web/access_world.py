"""Two programs with a row of every kind each, a person of every role in the first, and addresses to all of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.clock import now
from app.db import transaction
from app.models import (
    Activity,
    ActivityKind,
    Backtest,
    BacktestState,
    BatchState,
    Competitor,
    Contact,
    Crawl,
    CrawlState,
    Decision,
    DecisionOutcome,
    Discovery,
    ImportBatch,
    Invitation,
    MailState,
    MatchedBy,
    MoveEvent,
    Notice,
    Page,
    Program,
    Prospect,
    ReceivedMail,
    Role,
    Stage,
    StageChange,
    Suppression,
    SuppressionReason,
    Task,
    User,
)
from app.models.api_token import ApiToken
from app.models.contact_change import ContactChange, ContactDeed
from app.models.merge import DuplicatePair, Merge
from app.models.prospect_file import ProspectFile
from app.services.document_store import judge, keep
from app.services.sessions import Browser, start_session
from tests.application_world import application_values
from tests.bulk_world import bulk_values
from tests.onboarding_world import onboarding_values
from tests.outreach_world import outreach_values
from tests.settings_world import settings_values
from tests.view_world import view_values
from tests.wave_world import wave_values
from tests.web.route_map import Route
from tests.world import make_profile, make_program, make_prospect, make_user

# From the role that may least to the one that may most, so that what is allowed comes after what is not.
ROLES = (
    Role.DATA_ANALYST,
    Role.CREATIVE,
    Role.ASSOCIATE,
    Role.ACCOUNT_MANAGER,
    Role.RECRUITMENT_SPECIALIST,
    Role.DIRECTOR,
    Role.ADMIN,
)
_WORDS = {
    "external_id": "A-17",
    "logo_key": "x" * 32,
    "month": "2026-03",
    "name": "funnel",
    "notification_id": 1,
    "half_name": "prospects",
    "help_page": "index",
    "partner_id": 1,
    "rest": "nowhere",
    "batch": "x" * 16,
    "secret": "x" * 43,
    "token": "x" * 43,
    "filename": "css/account.css",
}
_numbers = count(1)
COOKIE_KEY = "_user_id"


@dataclass(frozen=True, slots=True)
class AccessWorld:
    """Signed-in browsers by role, and what stands for each part of an address in their own and the other program."""

    clients: Mapping[Role, FlaskClient]
    tokens: Mapping[Role, str]
    own: Mapping[str, Any]
    other: Mapping[str, Any]

    def with_new_browsers(self, app: Flask) -> "AccessWorld":
        """Return the same world in browsers that no test has used yet."""
        return replace(self, clients={role: browser(app, token) for role, token in self.tokens.items()})

    def path(self, route: Route, *, slug_of: str = "own", ids_of: str = "own") -> str:
        """Fill a route's address; a part nobody described stands for the first row of its kind."""
        values = dict(getattr(self, ids_of)) | {"slug": getattr(self, slug_of)["slug"]}
        path = route.rule
        for name, kind in route.arguments:
            value = values.get(name, 1 if kind == "int" else "x")
            for form in (f"<{name}>", f"<int:{name}>", f"<path:{name}>", f"<string:{name}>"):
                path = path.replace(form, str(value))
        return path


def make_access_world(app: Flask) -> AccessWorld:
    """Add a fresh world to the database and sign everyone in."""
    with transaction() as session:
        people = {role: make_user(session, role) for role in ROLES}
        own = _program_values(session, *people.values())
        other = _program_values(session, make_user(session))
        tokens = {role: start_session(session, user, browser=Browser()) for role, user in people.items()}
    return AccessWorld({}, tokens, own, other).with_new_browsers(app)


def browser(app: Flask, token: str) -> FlaskClient:
    """Return a browser that is signed in by the token of a session."""
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie[COOKIE_KEY] = token
        cookie.permanent = True
    return client


def _program_values(session: Session, *members: User) -> dict[str, Any]:
    extra = make_user(session)
    program = make_program(session, *members, extra)
    make_profile(session, program)
    prospect = make_prospect(session, program, owner_id=extra.id)
    number = next(_numbers)
    crawl = Crawl(company_id=prospect.company_id, state=CrawlState.DONE)
    change = StageChange(
        prospect_id=prospect.id, from_stage=None, to_stage=Stage.SOURCED, event=MoveEvent.HAND, by_user_id=extra.id
    )
    note = Activity(prospect_id=prospect.id, kind=ActivityKind.NOTE, body="A note", author_id=extra.id)
    batch = _import_batch(program, extra)
    contact = Contact(company_id=prospect.company_id, key=f"k{number}")
    task = Task(program_id=program.id, prospect_id=prospect.id, title="Call back")
    notice = Notice(kind="x", to_address="a@example.com", subject="s", text="t")
    invitation = _invitation(number)
    mail = _received_mail(prospect, number)
    suppression = Suppression(key=f"{number:064d}", reason=SuppressionReason.BY_HAND)
    session.add_all([mail, suppression, crawl, change, note, batch, contact, notice, invitation, task])
    session.flush()
    page = Page(company_id=prospect.company_id, crawl_id=crawl.id, url="https://a.example/", text="t", content_hash="h")
    session.add(page)
    backtest = Backtest(program_id=program.id, weekly_mails=5, result={"enough": False, "verdict": "Too few."})
    backtest.state = BacktestState.DONE
    decision = Decision(
        prospect_id=prospect.id, stage_change_id=change.id, outcome=DecisionOutcome.APPROVE, reason_codes=["strong_fit"]
    )
    session.add_all([backtest, decision])
    session.flush()
    return {
        "slug": program.slug,
        "prospect_id": prospect.id,
        "company_id": prospect.company_id,
        "page_id": page.id,
        "crawl_id": crawl.id,
        "change_id": change.id,
        "backtest_id": backtest.id,
        "activity_id": note.id,
        "note_id": note.id,
        "batch_id": batch.id,
        "contact_id": contact.id,
        "user_id": extra.id,
        "notice_id": notice.id,
        "task_id": task.id,
        "day_kind": "overdue",
        "day_row_id": task.id,
        "invitation_id": invitation.id,
        "session_id": 1,
        "stage_name": Stage.SOURCED.value,
        "suppression_id": suppression.id,
        "token_id": _token_id(session, extra, number),
        "mail_id": mail.id,
        "attachment_number": 1,
        **(_WORDS | onboarding_values(session, program, extra)),
        **_page_values(session, prospect, contact),
        **(_discover_values(session, program) | _duplicate_values(session, program, prospect)),
        **bulk_values(session, program, extra),
        **(view_values(session, program, extra) | settings_values(session, program)),
        **(application_values(session, program, prospect) | wave_values(session, program, extra)),
    } | outreach_values(session, program, prospect)


def _page_values(session: Session, prospect: Prospect, contact: Contact) -> dict[str, Any]:
    change = ContactChange(contact_id=contact.id, prospect_id=prospect.id, deed=ContactDeed.EDITED, after_hash="0" * 64)
    key = keep(session, judge(b"a", filename="a.txt"))
    file = ProspectFile(prospect_id=prospect.id, key=key, filename="a.txt", media_type="text/plain", size_bytes=1,
                        sha256="0" * 64)  # fmt: skip
    session.add_all([change, file])
    session.flush()
    return {"contact_change_id": change.id, "prospect_file_id": file.id}


def _token_id(session: Session, maker: User, number: int) -> int:
    token = ApiToken(name="Results", token_hash=f"{number:064d}", hint="sbt_x", scopes=["read"], created_by_id=maker.id)
    session.add(token)
    session.flush()
    return token.id


def _import_batch(program: Program, user: User) -> ImportBatch:
    return ImportBatch(
        program_id=program.id,
        created_by_id=user.id,
        filename="a.csv",
        content=b"domain\nexample.com\n",
        state=BatchState.CHECKED,
    )


def _invitation(number: int) -> Invitation:
    return Invitation(
        email=f"guest{number}@example.com", role=Role.CREATIVE, token_hash=f"{number:064d}", expires_at=now()
    )


def _received_mail(prospect: Prospect, number: int) -> ReceivedMail:
    return ReceivedMail(
        source="sendgrid",
        content_key=f"{number:064d}",
        raw=b"Content-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\na",
        state=MailState.READ,
        kind="reply",
        matched_by=MatchedBy.HAND,
        program_id=prospect.program_id,
        prospect_id=prospect.id,
    )


def _discover_values(session: Session, program: Program) -> dict[str, Any]:
    discovery = Discovery(program_id=program.id, address="https://list.example/")
    competitor = Competitor(program_id=program.id, domain="rival.example", name="Rival")
    session.add_all([discovery, competitor])
    session.flush()
    return {"discovery_id": discovery.id, "competitor_id": competitor.id}


def _duplicate_values(session: Session, program: Program, prospect: Prospect) -> dict[str, Any]:
    twin, former = make_prospect(session, program), make_prospect(session, program)
    pair = DuplicatePair(first_id=prospect.company_id, second_id=twin.company_id, reasons={"name": "x"}, confidence=0.7)
    merge = Merge(program_id=program.id, kept_id=twin.company_id, gone_id=former.company_id, gone_name="Former")
    session.delete(former)
    session.add_all([pair, merge])
    session.flush()
    return {"pair_id": pair.id, "merge_id": merge.id, "other_id": twin.id}
